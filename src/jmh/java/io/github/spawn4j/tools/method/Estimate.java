// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

/**
 * A figure, with an interval that holds the true one in 95 of 100 runs.
 *
 * @param value the figure
 * @param low the lower end of the interval, or NaN after too few rounds to tell
 * @param high its upper end, or NaN
 * @param rounds how many rounds it was made of
 */
public record Estimate(double value, double low, double high, int rounds) {
    /** The same in another unit, or seen from another zero. */
    public Estimate scaled(double factor, double offset) {
        return new Estimate(
                value * factor + offset, low * factor + offset, high * factor + offset, rounds);
    }
}
