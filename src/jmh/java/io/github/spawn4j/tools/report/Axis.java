package io.github.spawn4j.tools.report;

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

    Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("label", label);
        entry.put("scale", scale);
        entry.put("steps", steps);
        return entry;
    }
}
