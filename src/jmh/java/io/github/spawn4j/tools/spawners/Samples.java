// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.PrintStream;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What starts were measured to take: times until the start returned and until the exit was known,
 * and, where they are told, memory and processors. One thread at a time.
 */
public final class Samples {
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_US = 1e3;
    private static final double MEDIAN = 0.5;

    /** Of an exit code, which a program that exits with the number of its processor says. */
    private static final int CODES = 256;

    private final Times starts = new Times();
    private final Times totals = new Times();
    private final Numbers allocated = new Numbers();

    /** Of those that have said where they ran: the starter's processor, and the exit code. */
    private final Numbers places = new Numbers();

    private final Numbers codes = new Numbers();

    /** Of those whose child ran on another processor. */
    private final Times elsewhereStarts = new Times();

    private final Times elsewhereTotals = new Times();
    private int placed;
    private long cpuNs;

    public void add(long startNs, long totalNs) {
        starts.add(startNs);
        totals.add(totalNs);
    }

    /** Tells how many bytes the starting thread has allocated for a start and its wait. */
    void addAllocated(long bytes) {
        allocated.add(bytes);
    }

    /**
     * As {@link #add(long, long)}, and tells where the start and its child ran.
     *
     * @param starter the number of the starter's processor between the start and the wait
     * @param exitCode the child's; it says where it ran only if the program is {@code noop_cpu}
     */
    public void add(long startNs, long totalNs, int starter, int exitCode) {
        add(startNs, totalNs);
        placed++;
        places.add(starter);
        codes.add(exitCode);
        if (starter % CODES != exitCode) {
            elsewhereStarts.add(startNs);
            elsewhereTotals.add(totalNs);
        }
    }

    /** Tells how much processor time some starts and their children have used. */
    void addCpu(long ns) {
        cpuNs += ns;
    }

    public void addAll(Samples others) {
        starts.addAll(others.starts);
        totals.addAll(others.totals);
        allocated.addAll(others.allocated);
        elsewhereStarts.addAll(others.elsewhereStarts);
        elsewhereTotals.addAll(others.elsewhereTotals);
        placed += others.placed;
        cpuNs += others.cpuNs;
    }

    public int size() {
        return totals.size();
    }

    /** Microseconds until the start had returned in {@code share} of all cases. */
    public double startMicros(double share) {
        return starts.micros(share);
    }

    /** Microseconds until the exit was known in {@code share} of all cases. */
    public double totalMicros(double share) {
        return totals.micros(share);
    }

    /** How many a second makes, one after the other. */
    public double perSecond() {
        return size() * NS_PER_S / totals.sumNs();
    }

    /** Nanoseconds that all of them took together. */
    public long sumNs() {
        return totals.sumNs();
    }

    /** Microseconds of processor time for each, user and system; 0 where it is not known. */
    public double cpuMicros() {
        return cpuNs / NS_PER_US / size();
    }

    /** Nanoseconds of processor time that all of them used together; 0 where it is not known. */
    public long cpuNs() {
        return cpuNs;
    }

    /**
     * Writes a line for each start: when it had returned, when the exit was known, both in
     * nanoseconds, the processors of the starter and of the child, -1 if unknown, and bytes.
     */
    public void writeTo(PrintStream lines) {
        for (int i = 0; i < size(); i++) {
            lines.println(
                    starts.get(i)
                            + " "
                            + totals.get(i)
                            + " "
                            + (placed == 0 ? "-1 0" : places.get(i) + " " + codes.get(i))
                            + " "
                            + allocated.get(i));
        }
    }

    /** The median of the bytes that the starting thread allocated for each, where it is known. */
    public OptionalLong allocatedBytes() {
        return allocated.size() == 0
                ? OptionalLong.empty()
                : OptionalLong.of(allocated.percentile(MEDIAN));
    }

    /**
     * The share of children that ran on another processor than their starter, from 0 to 1, where it
     * is known; of programs other than {@code noop_cpu} it means nothing.
     */
    public OptionalDouble elsewhereShare() {
        return placed == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) elsewhereStarts.size() / placed);
    }

    /** The times of starts whose child ran on another processor, alone. */
    public Samples elsewhere() {
        Samples elsewhere = new Samples();
        elsewhere.starts.addAll(elsewhereStarts);
        elsewhere.totals.addAll(elsewhereTotals);
        return elsewhere;
    }
}
