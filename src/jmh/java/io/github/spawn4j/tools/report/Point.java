// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.spawn4j.tools.method.Estimate;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A point of a series, with its spread.
 *
 * @param x a number, or the index of a step
 * @param y the figure
 * @param low the lower end of its spread; NaN for none
 * @param high the upper end; NaN for none
 * @param samples how many measurements it stands for
 */
public record Point(double x, double y, double low, double high, int samples) {
    public static Point of(double x, Estimate estimate, int samples) {
        return new Point(x, estimate.value(), estimate.low(), estimate.high(), samples);
    }

    /** One without a spread. */
    public static Point exact(double x, double y, int samples) {
        return new Point(x, y, Double.NaN, Double.NaN, samples);
    }

    boolean hasSpread() {
        return !Double.isNaN(low) && !Double.isNaN(high);
    }

    Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("x", x);
        entry.put("y", y);
        entry.put("low", low);
        entry.put("high", high);
        entry.put("samples", samples);
        return entry;
    }

    static Point of(JsonObject entry) {
        return new Point(
                number(entry.get("x")),
                number(entry.get("y")),
                number(entry.get("low")),
                number(entry.get("high")),
                entry.get("samples").getAsInt());
    }

    /** JSON has null for NaN. */
    private static double number(JsonElement number) {
        return number.isJsonNull() ? Double.NaN : number.getAsDouble();
    }
}
