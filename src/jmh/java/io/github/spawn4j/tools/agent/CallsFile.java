// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.spawn4j.tools.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Calls, where they work, and what each has to answer, as a file for the processes that make them.
 *
 * @param place where they work
 * @param calls the calls, which are known by their numbers
 */
record CallsFile(Place place, List<Call> calls) {
    /**
     * Writes some.
     *
     * @param outputs what each of the calls has answered once; the order of lines does not matter
     */
    static void write(Path file, Place place, List<Call> calls, List<String> outputs)
            throws IOException {
        List<Object> entries = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("tool", calls.get(i).tool());
            entry.put("args", calls.get(i).args());
            entry.put("output", sorted(outputs.get(i)));
            entries.add(entry);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("directory", place.directory());
        document.put("environment", place.environment());
        document.put("programs", place.programs());
        document.put("calls", entries);
        Files.writeString(file, Json.write(document));
    }

    static CallsFile read(Path file) throws IOException {
        JsonObject document = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        List<Call> calls = new ArrayList<>();
        for (JsonElement element : document.getAsJsonArray("calls")) {
            JsonObject entry = element.getAsJsonObject();
            List<String> args = new ArrayList<>();
            entry.getAsJsonArray("args").forEach(arg -> args.add(arg.getAsString()));
            String right = entry.get("output").getAsString();
            String tool = entry.get("tool").getAsString();
            calls.add(new Call(tool, args, output -> sorted(output).equals(right)));
        }
        Place place =
                new Place(
                        Path.of(document.get("directory").getAsString()),
                        strings(document.get("environment")),
                        strings(document.get("programs")));
        return new CallsFile(place, calls);
    }

    private static Map<String, String> strings(JsonElement object) {
        Map<String, String> strings = new LinkedHashMap<>();
        object.getAsJsonObject()
                .entrySet()
                .forEach(entry -> strings.put(entry.getKey(), entry.getValue().getAsString()));
        return strings;
    }

    private static String sorted(String output) {
        return output.lines().sorted().collect(Collectors.joining("\n"));
    }
}
