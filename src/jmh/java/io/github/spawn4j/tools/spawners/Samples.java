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

    /** For each place that was told, 1 if the child's was not the starter's. */
    private final Numbers apart = new Numbers();

    public void add(long startNs, long totalNs) {
        starts.add(startNs);
        totals.add(totalNs);
    }

    /** Tells how many bytes the starting thread has allocated for a start and its wait. */
    void addAllocated(long bytes) {
        allocated.add(bytes);
    }

    /**
     * Tells where a start and its child ran.
     *
     * @param starter the number of the starter's processor between the start and the wait
     * @param exitCode the child's; it says where it ran only if the program is {@code noop_cpu}
     */
    public void addPlaces(int starter, int exitCode) {
        apart.add(starter % CODES == exitCode ? 0 : 1);
    }

    public void addAll(Samples others) {
        starts.addAll(others.starts);
        totals.addAll(others.totals);
        allocated.addAll(others.allocated);
        apart.addAll(others.apart);
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
    public OptionalDouble apartShare() {
        return apart.size() == 0
                ? OptionalDouble.empty()
                : OptionalDouble.of((double) apart.sum() / apart.size());
    }
}
