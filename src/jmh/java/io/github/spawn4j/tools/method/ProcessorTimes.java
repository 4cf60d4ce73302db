// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What all processors of the machine have done since it began, as the kernel counts it.
 *
 * @param busyNs the time that they worked, for whomever, those that lent us ours included
 * @param stolenNs the part of it that a hypervisor gave to others
 */
public record ProcessorTimes(long busyNs, long stolenNs) {
    private static final Path STAT = Path.of("/proc/stat");

    /** The unit of /proc, USER_HZ, is the same on all machines that this runs on. */
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int IDLE = 4;
    private static final int WAITING = 5;
    private static final int STOLEN = 8;

    /** Now; without a readable /proc, zero. */
    public static ProcessorTimes now() {
        try {
            List<String> lines = Files.readAllLines(STAT, StandardCharsets.ISO_8859_1);
            return parse(lines.get(0));
        } catch (IOException e) {
            return new ProcessorTimes(0, 0);
        }
    }

    /** Reads {@code cpu USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ...}, in ticks. */
    static ProcessorTimes parse(String line) {
        String[] fields = line.trim().split("\\s+");
        long busy = 0;
        for (int field = 1; field <= STOLEN; field++) {
            busy += field == IDLE || field == WAITING ? 0 : Long.parseLong(fields[field]);
        }
        return new ProcessorTimes(busy * TICK_NS, Long.parseLong(fields[STOLEN]) * TICK_NS);
    }

    /**
     * The share of the machine's time that others used since then, from 0 to 1. What the kernel's
     * clock is too coarse for is not held against them: a tick for each processor.
     *
     * @param ownNs the processor time that we have used ourselves since then
     * @param elapsedNs how long it is ago
     */
    public double othersSince(ProcessorTimes then, long ownNs, long elapsedNs, int processors) {
        long othersNs = busyNs - then.busyNs - ownNs - TICK_NS * processors;
        return Math.max(0, Math.min(1, (double) othersNs / elapsedNs / processors));
    }
}
