package io.github.spawn4j.tools.spawners;

/** Measured times of starts: until the start returned, and until the exit was known. */
public final class Samples {
    private static final double NS_PER_S = 1e9;

    private final Times starts = new Times();
    private final Times totals = new Times();

    public void add(long startNs, long totalNs) {
        starts.add(startNs);
        totals.add(totalNs);
    }

    public void addAll(Samples others) {
        starts.addAll(others.starts);
        totals.addAll(others.totals);
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
}
