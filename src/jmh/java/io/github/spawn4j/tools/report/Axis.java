// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An axis of a figure.
 *
 * @param label what it shows, with its unit
 * @param scale how numbers become places
 * @param steps the places of a {@link Scale#STEPS} axis, in their order; empty for others
 */
public record Axis(String label, Scale scale, List<String> steps) {
    /** How numbers become places. */
    public enum Scale {
        /** From zero. */
        LINEAR,

        /** Each step is ten times the one before. */
        LOGARITHMIC,

        /** Named steps, with equal distances. */
        STEPS
    }

    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR, List.of());
    }

    public static Axis logarithmic(String label) {
        return new Axis(label, Scale.LOGARITHMIC, List.of());
    }

    public static Axis steps(String label, List<String> steps) {
        return new Axis(label, Scale.STEPS, List.copyOf(steps));
    }

    /** What stands there: the name of a step, or the number. */
    String place(double x) {
        return scale == Scale.STEPS ? steps.get((int) x) : Numbers.inWords(x);
    }

    Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("label", label);
        entry.put("scale", scale);
        entry.put("steps", steps);
        return entry;
    }

    static Axis of(JsonObject entry) {
        List<String> steps = new ArrayList<>();
        entry.getAsJsonArray("steps").forEach(step -> steps.add(step.getAsString()));
        return new Axis(
                entry.get("label").getAsString(),
                Scale.valueOf(entry.get("scale").getAsString()),
                steps);
    }
}
