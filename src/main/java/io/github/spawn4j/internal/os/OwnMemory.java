// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What this JVM has resident. */
public final class OwnMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String PEAK = "VmHWM:";

    /** The kernel's counters of a process: files, anonymous memory, shared memory. */
    private static final int COUNTERS = 3;

    private static final int LEAST_BATCH = 32;
    private static final long LARGEST_PAGE = 64 * 1024;
    private static final long USUAL_PAGE = 4096;

    private OwnMemory() {}

    /**
     * A bound of what the kernel has ever taken for our peak, in bytes; empty where /proc does not
     * tell.
     *
     * <p>It only grows. So whatever a child has been charged of ours before its exec is not more
     * than what is asked for after its exit.
     */
    public static OptionalLong peakBound() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(PEAK)) {
                    String amount =
                            line.substring(PEAK.length(), line.lastIndexOf(' ')).strip(); // kB
                    return OptionalLong.of(withUncertainty(Long.parseLong(amount) * 1024));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // Not mounted, or of another pid namespace: nobody can tell.
        }
        return OptionalLong.empty();
    }

    /**
     * The kernel reads a counter without adding up what each processor has not handed in yet, which
     * is a batch at most; before Linux 6.2 it was 64 pages of each thread. So two readings of the
     * same memory may differ.
     */
    private static long withUncertainty(long peak) {
        long processors = Runtime.getRuntime().availableProcessors();
        long batch = Math.max(LEAST_BATCH, 2 * processors);
        boolean hasSmallPages = !"aarch64".equals(System.getProperty("os.arch"));
        long page = hasSmallPages ? USUAL_PAGE : LARGEST_PAGE;
        return peak + peak / 8 + 2 * COUNTERS * processors * batch * page;
    }
}
