package io.github.spawn4j.tools.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One figure of the report.
 *
 * @param id a word, by which the page and files name it
 * @param shape how the series are drawn
 * @param title what it shows
 * @param meaning a sentence or two: what it means for a user
 * @param spread what the spread of its points is, and what could mislead
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series what is drawn; those without points are left out
 */
public record Plot(
        String id,
        Shape shape,
        String title,
        String meaning,
        String spread,
        Axis x,
        Axis y,
        List<Series> series) {
    /** How series are drawn. */
    public enum Shape {
        LINES,
        BARS
    }

    public Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", id);
        entry.put("shape", shape);
        entry.put("title", title);
        entry.put("meaning", meaning);
        entry.put("spread", spread);
        entry.put("x", x.entry());
        entry.put("y", y.entry());
        entry.put(
                "series",
                series.stream()
                        .filter(each -> !each.points().isEmpty())
                        .map(Series::entry)
                        .collect(Collectors.toList()));
        return entry;
    }
}
