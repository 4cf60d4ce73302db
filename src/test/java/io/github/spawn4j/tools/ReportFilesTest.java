// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.tools.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a report are written once, and the numbers are not lost with the page. */
class ReportFilesTest {
    @TempDir private Path directory;

    private static Report report() throws Exception {
        return new Machine().report("report", List.of(), List.of());
    }

    @Test
    void writesThemOnce() throws Exception {
        Path html = directory.resolve("page.html");
        Path json = directory.resolve("numbers.json");
        ReportFiles files = new ReportFiles(html, json);

        assertThat(files.write(report())).isTrue();
        assertThat(files.write(report())).isFalse();

        assertThat(html).isNotEmptyFile();
        assertThat(json).isNotEmptyFile();
    }

    @Test
    void keepsTheNumbersOfAPageThatCannotBeWritten() throws Exception {
        Path folder = directory.resolve("folder");
        Path json = directory.resolve("numbers.json");
        ReportFiles files = new ReportFiles(folder.resolve("page.html"), json);

        assertThatThrownBy(() -> files.write(report())).isInstanceOf(IOException.class);
        assertThat(json).isNotEmptyFile();

        Files.createDirectory(folder);
        assertThat(files.write(report())).as("written by the next who tries").isTrue();
    }
}
