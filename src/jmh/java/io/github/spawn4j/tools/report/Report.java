// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.github.spawn4j.tools.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Figures, and all that one has to know of them.
 *
 * @param began when the measurement began, as ISO 8601 has it
 * @param command by which it is repeated
 * @param versions of what was compared, by library
 * @param machine what it was measured on, by what it is
 * @param warnings what could make the figures say less than they seem to, a sentence each
 * @param leftOut what could not be measured, and why
 * @param plots the figures
 */
public record Report(
        String began,
        String command,
        Map<String, Object> versions,
        Map<String, Object> machine,
        List<String> warnings,
        List<String> leftOut,
        List<Plot> plots) {
    /** Facts of the machine that are others each time. */
    private static final Set<String> WEATHER = Set.of("loadBefore", "stolenPercent");

    /** The figure with this id; empty if it was not measured. */
    public Optional<Plot> plot(String id) {
        return plots.stream().filter(plot -> plot.id().equals(id)).findFirst();
    }

    /** What the two were not measured with alike, though they should have been: a line each. */
    public List<String> unlike(Report other) {
        Map<String, Object> facts = new TreeMap<>(machine);
        facts.putAll(versions);
        Map<String, Object> others = new TreeMap<>(other.machine);
        others.putAll(other.versions);
        return facts.keySet().stream()
                .filter(fact -> others.containsKey(fact) && !WEATHER.contains(fact))
                .filter(fact -> !text(facts, fact).equals(text(others, fact)))
                .map(
                        fact ->
                                fact
                                        + " was "
                                        + text(facts, fact)
                                        + " in the first, and "
                                        + text(others, fact)
                                        + " in the second")
                .toList();
    }

    /** When it was measured, and what the machine was busy with besides. */
    public String weather() {
        return began
                + ", load before it "
                + text(machine, "loadBefore")
                + ", stolen "
                + text(machine, "stolenPercent")
                + " %";
    }

    private static String text(Map<String, Object> facts, String fact) {
        return String.valueOf(facts.get(fact));
    }

    public String json() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("began", began);
        document.put("command", command);
        document.put("versions", versions);
        document.put("machine", machine);
        document.put("warnings", warnings);
        document.put("leftOut", leftOut);
        document.put("figures", plots.stream().map(Plot::entry).collect(Collectors.toList()));
        return Json.write(document);
    }

    /**
     * One that was written before.
     *
     * @throws IOException if it cannot be read, or is none
     */
    public static Report read(Path json) throws IOException {
        try {
            return of(JsonParser.parseString(Files.readString(json)).getAsJsonObject());
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new IOException(json + " is not the JSON of a report", e);
        }
    }

    private static Report of(JsonObject document) {
        List<Plot> plots = new ArrayList<>();
        for (JsonElement figure : document.getAsJsonArray("figures")) {
            plots.add(Plot.of(figure.getAsJsonObject()));
        }
        return new Report(
                document.get("began").getAsString(),
                document.get("command").getAsString(),
                values(document.getAsJsonObject("versions")),
                values(document.getAsJsonObject("machine")),
                strings(document, "warnings"),
                strings(document, "leftOut"),
                plots);
    }

    private static Map<String, Object> values(JsonObject object) {
        Map<String, Object> values = new LinkedHashMap<>();
        object.entrySet().forEach(entry -> values.put(entry.getKey(), value(entry.getValue())));
        return values;
    }

    private static Object value(JsonElement value) {
        if (value.getAsJsonPrimitive().isBoolean()) {
            return value.getAsBoolean();
        }
        return value.getAsJsonPrimitive().isNumber() ? value.getAsNumber() : value.getAsString();
    }

    private static List<String> strings(JsonObject document, String name) {
        List<String> strings = new ArrayList<>();
        document.getAsJsonArray(name).forEach(text -> strings.add(text.getAsString()));
        return strings;
    }
}
