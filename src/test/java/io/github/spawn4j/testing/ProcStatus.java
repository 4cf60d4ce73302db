// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The status files of /proc, by key. */
public final class ProcStatus {
    private ProcStatus() {}

    /** That of the calling thread. */
    public static Map<String, String> ofThread() {
        return of(Path.of("/proc/thread-self/status"));
    }

    /** Whether a process is there that has not ended. */
    public static boolean runs(long pid) {
        return !state(pid).matches("[ZX].*");
    }

    public static boolean isStopped(long pid) {
        return state(pid).startsWith("T");
    }

    /** A letter and what it stands for, as proc(5) has it; X where there is no such process. */
    private static String state(long pid) {
        try {
            return of(Path.of("/proc", Long.toString(pid), "status")).getOrDefault("State", "X");
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
