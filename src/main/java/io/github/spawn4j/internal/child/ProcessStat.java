// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What /proc says that a process uses.
 *
 * @param userTime CPU time in user mode, its own and that of the children it has waited for
 * @param systemTime the same in the kernel
 * @param residentBytes what is resident; 0 of one that is ending
 */
public record ProcessStat(Duration userTime, Duration systemTime, long residentBytes) {
    /** USER_HZ is 100 wherever Linux runs. */
    private static final long MILLIS_PER_TICK = 10;

    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int CHILDREN = 2;
    private static final int FIELDS = 16;
    private static final String RESIDENT = "VmRSS:";

    /** Returns null if the process is gone. */
    public static ProcessStat read(int pid) throws IOException {
        Path process = Path.of("/proc", Integer.toString(pid));
        try {
            String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
            // Behind the name, which may contain anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", FIELDS);
            return new ProcessStat(
                    ticks(fields, USER_TICKS), ticks(fields, SYSTEM_TICKS), resident(process));
        } catch (IOException e) {
            if (Files.exists(process)) {
                throw e; // not because it is gone
            }
            return null;
        }
    }

    private static Duration ticks(String[] fields, int field) {
        long ticks = Long.parseLong(fields[field]) + Long.parseLong(fields[field + CHILDREN]);
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    private static long resident(Path process) throws IOException {
        for (String line :
                Files.readAllLines(process.resolve("status"), StandardCharsets.ISO_8859_1)) {
            if (line.startsWith(RESIDENT)) {
                String amount = line.substring(RESIDENT.length(), line.lastIndexOf(' ')).strip();
                return Long.parseLong(amount) * 1024;
            }
        }
        return 0;
    }
}
