// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One figure of the report.
 *
 * @param id a word, by which the page and files name it
 * @param shape how the series are drawn
 * @param title what it shows
 * @param meaning a sentence or two: what it means for a user
 * @param notes how it was measured, and what could mislead
 * @param spread what the spread of its points is
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param series what is drawn; those without points are left out
 */
public record Plot(
        String id,
        Shape shape,
        String title,
        String meaning,
        String notes,
        Spread spread,
        Axis x,
        Axis y,
        List<Series> series) {
    /** How series are drawn. */
    public enum Shape {
        LINES,
        BARS
    }

    /** What is between the low and the high end of a point. */
    public enum Spread {
        CONFIDENCE("The spread holds the true figure in 95 of 100 runs."),
        RANGE("Points are medians; their spread leads from the 10th to the 90th percentile."),
        NONE("");

        private final String sentence;

        Spread(String sentence) {
            this.sentence = sentence;
        }
    }

    /** How it was measured, what the spread is, and of how many measurements a point is. */
    String explanation() {
        return Stream.of(notes, spread.sentence, samples())
                .map(String::strip)
                .filter(sentence -> !sentence.isEmpty())
                .collect(Collectors.joining(" "));
    }

    private String samples() {
        IntSummaryStatistics samples =
                series.stream()
                        .flatMap(each -> each.points().stream())
                        .mapToInt(Point::samples)
                        .filter(number -> number > 0)
                        .summaryStatistics();
        if (samples.getCount() == 0) {
            return "";
        }
        String least = Numbers.inWords(samples.getMin());
        String most = Numbers.inWords(samples.getMax());
        return "Measurements for each number: "
                + (least.equals(most) ? least : least + " to " + most)
                + ".";
    }

    /** The series with this name; empty if there is none. */
    public Optional<Series> series(String name) {
        return series.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    public Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("id", id);
        entry.put("shape", shape);
        entry.put("title", title);
        entry.put("meaning", meaning);
        entry.put("notes", notes);
        entry.put("spread", spread);
        entry.put("explanation", explanation());
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

    static Plot of(JsonObject entry) {
        List<Series> series = new ArrayList<>();
        for (JsonElement each : entry.getAsJsonArray("series")) {
            series.add(Series.of(each.getAsJsonObject()));
        }
        return new Plot(
                entry.get("id").getAsString(),
                Shape.valueOf(entry.get("shape").getAsString()),
                entry.get("title").getAsString(),
                entry.get("meaning").getAsString(),
                entry.get("notes").getAsString(),
                Spread.valueOf(entry.get("spread").getAsString()),
                Axis.of(entry.getAsJsonObject("x")),
                Axis.of(entry.getAsJsonObject("y")),
                series);
    }
}
