// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** The status files of /proc, by key. */
public final class ProcStatus {
    private ProcStatus() {}

    /** That of the calling thread. */
    public static Map<String, String> ofThread() {
        return of(Path.of("/proc/thread-self/status"));
    }

    /** Whether a process is there that has not ended. */
    public static boolean runs(long pid) {
        return runs(Path.of("/proc", Long.toString(pid), "status"));
    }

    private static boolean runs(Path status) {
        return !state(status).matches("[ZX].*");
    }

    /**
     * The same of any of its threads: the first may have ended before the others, which looks as if
     * the process had.
     */
    public static boolean runsAnyThread(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.anyMatch(thread -> runs(thread.resolve("status")));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    public static boolean isStopped(long pid) {
        return state(Path.of("/proc", Long.toString(pid), "status")).startsWith("T");
    }

    /** A letter and what it stands for, as proc(5) has it; X where there is no such process. */
    private static String state(Path status) {
        try {
            return of(status).getOrDefault("State", "X");
        } catch (UncheckedIOException e) {
            return "X";
        }
    }

    public static Map<String, String> of(Path file) {
        try {
            Map<String, String> values = new LinkedHashMap<>();
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                values.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
