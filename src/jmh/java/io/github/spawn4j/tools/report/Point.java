package io.github.spawn4j.tools.report;

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
    Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("x", x);
        entry.put("y", y);
        entry.put("low", low);
        entry.put("high", high);
        entry.put("samples", samples);
        return entry;
    }
}
