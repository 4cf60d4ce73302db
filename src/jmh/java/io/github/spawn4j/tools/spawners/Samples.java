package io.github.spawn4j.tools.spawners;

import java.util.Arrays;

/** Measured times of starts: until the start returned, and until the exit was known. */
public final class Samples {
    private static final double NS_PER_US = 1e3;
    private static final double NS_PER_S = 1e9;

    private long[] startNs = new long[1];
    private long[] totalNs = new long[1];
    private int size;

    public void add(long start, long total) {
        if (size == startNs.length) {
            startNs = Arrays.copyOf(startNs, 2 * size);
            totalNs = Arrays.copyOf(totalNs, 2 * size);
        }
        startNs[size] = start;
        totalNs[size++] = total;
    }

    public int size() {
        return size;
    }

    /** Microseconds until the start had returned in {@code share} of all cases. */
    public double startMicros(double share) {
        return percentileMicros(startNs, share);
    }

    /** Microseconds until the exit was known in {@code share} of all cases. */
    public double totalMicros(double share) {
        return percentileMicros(totalNs, share);
    }

    /** How many a second makes, one after the other. */
    public double perSecond() {
        return size * NS_PER_S / Arrays.stream(totalNs, 0, size).sum();
    }

    private double percentileMicros(long[] timesNs, double share) {
        long[] sorted = Arrays.copyOf(timesNs, size);
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * size) - 1] / NS_PER_US;
    }
}
