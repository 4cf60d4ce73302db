// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Percentiles of measured times as JSON has them: {@code p50}, {@code p99}, {@code max}. */
final class Percentiles {
    static final double LOW = 0.1;
    static final double MEDIAN = 0.5;
    static final double HIGH = 0.9;
    static final double TAIL = 0.99;
    static final double ALL = 1;

    private Percentiles() {}

    /**
     * By their names, in this order.
     *
     * @param time what was not exceeded in a share of all cases, from 0 to 1
     */
    static Map<String, Object> of(DoubleUnaryOperator time, double... shares) {
        Map<String, Object> percentiles = new LinkedHashMap<>();
        for (double share : shares) {
            percentiles.put(name(share), time.applyAsDouble(share));
        }
        return percentiles;
    }

    private static String name(double share) {
        return share == ALL ? "max" : "p" + Math.round(100 * share);
    }
}
