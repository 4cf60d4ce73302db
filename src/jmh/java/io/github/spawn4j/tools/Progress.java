// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/** A bar on standard error while something runs, where standard error is a terminal. */
final class Progress implements AutoCloseable {
    private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

    /** Whether there is one bar for many tasks, whose own are not shown. */
    private static boolean covered;

    /** Null where nobody would see it. */
    private final ProgressBar bar;

    Progress(String task, long steps) {
        bar =
                isTerminal() && !covered
                        ? new ProgressBarBuilder()
                                .setTaskName(task)
                                .setInitialMax(steps)
                                .clearDisplayOnFinish()
                                .build()
                        : null;
    }

    /** {@link System#console()} tells about the other two streams. */
    private static boolean isTerminal() {
        try {
            String file = Files.readSymbolicLink(STANDARD_ERROR).toString();
            return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    boolean isShown() {
        return bar != null;
    }

    /** Has this be the only bar until it is closed. */
    Progress cover() {
        covered = true;
        return this;
    }

    void add(long steps) {
        if (bar != null) {
            bar.stepBy(steps);
        }
    }

    @Override
    public void close() {
        covered = false;
        if (bar != null) {
            bar.close();
        }
    }
}
