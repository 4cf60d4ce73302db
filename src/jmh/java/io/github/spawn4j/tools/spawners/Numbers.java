// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.util.Arrays;

/** Measured numbers. One thread at a time. */
final class Numbers {
    private long[] numbers = new long[1];
    private int size;

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    void addAll(Numbers others) {
        for (int i = 0; i < others.size; i++) {
            add(others.numbers[i]);
        }
    }

    long get(int index) {
        return numbers[index];
    }

    int size() {
        return size;
    }

    /** What was not exceeded in {@code share} of all cases; 1 for the largest. Not of none. */
    long percentile(double share) {
        long[] sorted = Arrays.copyOf(numbers, size);
        Arrays.sort(sorted);
        return sorted[(int) Math.ceil(share * size) - 1];
    }

    long sum() {
        return Arrays.stream(numbers, 0, size).sum();
    }
}
