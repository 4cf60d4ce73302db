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
        try {
            return !of(Path.of("/proc", Long.toString(pid), "status"))
                    .getOrDefault("State", "X")
                    .matches("[ZX].*");
        } catch (UncheckedIOException e) {
            return false;
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
