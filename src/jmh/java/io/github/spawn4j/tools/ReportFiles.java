// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.tools.report.Page;
import io.github.spawn4j.tools.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The two files of a report. They are written once: at the end, or by who is told first that there
 * will be none. Thread-safe.
 */
final class ReportFiles {
    private final Path html;
    private final Path json;

    @GuardedBy("this")
    private boolean written;

    ReportFiles(Path html, Path json) {
        this.html = html;
        this.json = json;
    }

    /** Writes them, if nobody has before; returns whether this was so. */
    synchronized boolean write(Report report) throws IOException {
        if (written) {
            return false;
        }
        // First what cannot be made again: the page can be made of the numbers.
        Files.writeString(json, report.json() + "\n");
        Files.writeString(html, Page.of(report.json()));
        written = true;
        return true;
    }
}
