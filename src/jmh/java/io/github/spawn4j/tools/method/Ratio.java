// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One figure divided by another, with an interval that holds the true ratio in 95 of 100 runs.
 *
 * @param value the ratio
 * @param low the lower end of the interval, or NaN after too few rounds to tell
 * @param high its upper end, or NaN
 * @param rounds how many rounds it was made of
 */
public record Ratio(double value, double low, double high, int rounds) {
    private static final double THOUSAND = 1000;

    static Ratio of(Estimate estimate) {
        return new Ratio(estimate.value(), estimate.low(), estimate.high(), estimate.rounds());
    }

    /** Whether the two differ for sure; if not, nothing can be said about which is larger. */
    public boolean isTelling() {
        return low > 1 || high < 1;
    }

    /** How much larger the upper end is than the lower one: 0.03 for 3 %. Infinite if unknown. */
    public double width() {
        return Double.isNaN(low) ? Double.POSITIVE_INFINITY : high / low - 1;
    }

    public Estimate estimate() {
        return new Estimate(value, low, high, rounds);
    }

    /** For JSON; what is unknown is null. */
    public Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("ratio", round(value));
        entry.put("low", Double.isNaN(low) ? null : round(low));
        entry.put("high", Double.isNaN(high) ? null : round(high));
        entry.put("rounds", rounds);
        return entry;
    }

    private static Double round(double number) {
        return Math.round(number * THOUSAND) / THOUSAND;
    }

    /** The ratio and its interval; with a tilde if the two cannot be told apart. */
    @Override
    public String toString() {
        return Double.isNaN(low)
                ? String.format(Locale.ROOT, "%.2f (?)", value)
                : String.format(
                        Locale.ROOT,
                        "%s%.2f (%.2f-%.2f)",
                        isTelling() ? "" : "~",
                        value,
                        low,
                        high);
    }
}
