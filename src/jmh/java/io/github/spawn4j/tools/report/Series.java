// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Points that belong together; one thread at a time. */
public final class Series {
    private final String name;
    private final List<Point> points = new ArrayList<>();

    /**
     * @param name has the same colour in all figures
     */
    public Series(String name) {
        this.name = name;
    }

    public Series add(Point point) {
        points.add(point);
        return this;
    }

    public String name() {
        return name;
    }

    public List<Point> points() {
        return points;
    }

    Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("points", points.stream().map(Point::entry).collect(Collectors.toList()));
        return entry;
    }

    static Series of(JsonObject entry) {
        Series series = new Series(entry.get("name").getAsString());
        for (JsonElement point : entry.getAsJsonArray("points")) {
            series.add(Point.of(point.getAsJsonObject()));
        }
        return series;
    }
}
