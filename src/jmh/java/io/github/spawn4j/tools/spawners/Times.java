package io.github.spawn4j.tools.spawners;

import java.util.Arrays;

/** Measured times. One thread at a time. */
public final class Times {
    private static final double NS_PER_US = 1e3;

    private long[] timesNs = new long[1];
    private int size;

    public void add(long timeNs) {
        if (size == timesNs.length) {
            timesNs = Arrays.copyOf(timesNs, 2 * size);
        }
        timesNs[size++] = timeNs;
    }

    void addAll(Times others) {
        for (int i = 0; i < others.size; i++) {
            add(others.timesNs[i]);
        }
    }

    public int size() {
        return size;
    }

    /**
     * Microseconds that were not exceeded in {@code share} of all cases; 1 for the longest time.
     */
    public double micros(double share) {
        long[] sorted = Arrays.copyOf(timesNs, size);
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * size) - 1] / NS_PER_US;
    }

    long sumNs() {
        return Arrays.stream(timesNs, 0, size).sum();
    }
}
