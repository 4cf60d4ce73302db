// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a probe has seen of itself. Immutable. */
public final class ProbeReport {
    /**
     * An open descriptor.
     *
     * @param kind pipe, file, chr, dir, socket
     * @param access r, w, rw
     * @param flags c for close-on-exec, n for non-blocking, a for appending, or a dash
     * @param target what /proc says it leads to
     */
    public record Descriptor(String kind, String access, String flags, String target) {}

    private final Map<String, String> values = new LinkedHashMap<>();

    public ProbeReport(byte[] text) {
        for (String line : new String(text, StandardCharsets.US_ASCII).split("\n")) {
            int equals = line.indexOf('=');
            assertThat(equals).as("position of '=' in line of report: " + line).isPositive();
            values.put(line.substring(0, equals), line.substring(equals + 1));
        }
        assertThat(values).as("complete report").containsKey("end");
    }

    /** The value as text, in UTF-8. */
    public String text(String key) {
        return new String(bytes(key), StandardCharsets.UTF_8);
    }

    public int number(String key) {
        return Integer.parseInt(text(key));
    }

    public byte[] bytes(String key) {
        assertThat(values).as("report").containsKey(key);
        return unescape(values.get(key));
    }

    public List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < number("argc"); i++) {
            arguments.add(text("argv." + i));
        }
        return arguments;
    }

    /** All entries, as they are: each byte is a character. */
    public List<String> rawEnvironment() {
        List<String> entries = new ArrayList<>();
        for (int i = 0; values.containsKey("env." + i); i++) {
            entries.add(new String(bytes("env." + i), StandardCharsets.ISO_8859_1));
        }
        return entries;
    }

    public Map<String, String> environment() {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; values.containsKey("env." + i); i++) {
            String[] entry = text("env." + i).split("=", 2);
            variables.put(entry[0], entry[1]);
        }
        return variables;
    }

    /** The open descriptors, by number. */
    public SortedMap<Integer, Descriptor> descriptors() {
        SortedMap<Integer, Descriptor> descriptors = new TreeMap<>();
        values.forEach(
                (key, value) -> {
                    if (key.startsWith("fd.")) {
                        String[] parts = value.split(" ", 4);
                        String target = new String(unescape(parts[3]), StandardCharsets.UTF_8);
                        descriptors.put(
                                Integer.valueOf(key.substring(3)),
                                new Descriptor(parts[0], parts[1], parts[2], target));
                    }
                });
        return descriptors;
    }

    /** Where the descriptors above stderr lead to. */
    public SortedMap<Integer, String> targetsAbove2() {
        SortedMap<Integer, String> targets = new TreeMap<>();
        descriptors()
                .tailMap(3)
                .forEach((number, descriptor) -> targets.put(number, descriptor.target()));
        return targets;
    }

    /** A signal set: bit n - 1 is signal n. */
    public long signals(String key) {
        return Long.parseUnsignedLong(text(key), 16);
    }

    private static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\') {
                bytes.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
                i += 3;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
