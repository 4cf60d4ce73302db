package io.github.spawn4j.tools.spawners;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What starts were measured to take: times until the start returned and until the exit was known,
 * and, where they are told, memory and processors. One thread at a time.
 */
public final class Samples {
    private static final double NS_PER_S = 1e9;
    private static final double MEDIAN = 0.5;

    /** Of an exit code, which a program that exits with the number of its processor says. */
    private static final int CODES = 256;

    private final Times starts = new Times();
    private final Times totals = new Times();
    private final Numbers allocated = new Numbers();

    /** Of those whose child ran on another processor. */
    private final Times elsewhereStarts = new Times();

    private final Times elsewhereTotals = new Times();
    private int placed;

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
        if (starter % CODES != exitCode) {
            elsewhereStarts.add(startNs);
            elsewhereTotals.add(totalNs);
        }
    }

    public void addAll(Samples others) {
        starts.addAll(others.starts);
        totals.addAll(others.totals);
        allocated.addAll(others.allocated);
        elsewhereStarts.addAll(others.elsewhereStarts);
        elsewhereTotals.addAll(others.elsewhereTotals);
        placed += others.placed;
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
