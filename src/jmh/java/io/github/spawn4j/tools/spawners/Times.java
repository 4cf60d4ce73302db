// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

/** Measured times. One thread at a time. */
public final class Times {
    private static final double NS_PER_US = 1e3;

    private final Numbers timesNs = new Numbers();

    public void add(long timeNs) {
        timesNs.add(timeNs);
    }

    void addAll(Times others) {
        timesNs.addAll(others.timesNs);
    }

    long get(int index) {
        return timesNs.get(index);
    }

    public int size() {
        return timesNs.size();
    }

    /**
     * Microseconds that were not exceeded in {@code share} of all cases; 1 for the longest time.
     */
    public double micros(double share) {
        return timesNs.percentile(share) / NS_PER_US;
    }

    long sumNs() {
        return timesNs.sum();
    }
}
