// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Figures of starts in many ways, one after the other. */
final class StartFigures {
    static final String TOTAL = "µs from a start to the known exit";

    private static final int PERCENT = 100;

    /** Of a distribution's curve, in percent; the last ones are of the tail. */
    private static final List<Double> SHARES =
            List.of(
                    1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0,
                    65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 92.0, 94.0, 96.0, 97.0, 98.0, 99.0, 99.5,
                    99.9);

    private StartFigures() {}

    /**
     * Distributions, ratios to the JDK's where it was measured, and processor time.
     *
     * @param placesKnown whether the children have said on which processors they ran
     */
    static List<Plot> of(Map<SpawnerType, Measurement> results, boolean placesKnown) {
        List<Series> curves = new ArrayList<>();
        results.forEach((type, result) -> curves.add(curve(type, result.all())));
        Plot distributions =
                new Plot(
                        "distributions",
                        Shape.LINES,
                        "How long starts take, from the quickest to the slowest",
                        "The further left a curve, the quicker; the steeper, the more alike are its"
                                + " starts. What lies to the right of floor-equal, a C program that"
                                + " does the same work, is the price of Java and of each way.",
                        "One program, started again and again by a JVM for each way, in turns. "
                                + (placesKnown ? elsewhere(results) : ""),
                        Spread.NONE,
                        Axis.logarithmic(TOTAL),
                        Axis.linear("% of starts that took no longer"),
                        curves);
        return results.containsKey(SpawnerType.JDK)
                ? List.of(distributions, ratios(results), cpu(results))
                : List.of(distributions, cpu(results));
    }

    private static Series curve(SpawnerType type, Samples samples) {
        Series curve = new Series(type.toString());
        for (double share : SHARES) {
            double micros = samples.totalMicros(share / PERCENT);
            curve.add(Point.exact(micros, share, samples.size()));
        }
        return curve;
    }

    /** Empty where no child has said where it ran. */
    static String elsewhere(Map<SpawnerType, Measurement> results) {
        String shares =
                results.entrySet().stream()
                        .filter(entry -> entry.getValue().all().elsewhereShare().isPresent())
                        .map(
                                entry ->
                                        String.format(
                                                Locale.ROOT,
                                                "%s %.0f %%",
                                                entry.getKey(),
                                                entry.getValue()
                                                                .all()
                                                                .elsewhereShare()
                                                                .getAsDouble()
                                                        * PERCENT))
                        .collect(Collectors.joining(", "));
        return shares.isEmpty()
                ? ""
                : "Children that ran on another processor than their starter, which takes longer: "
                        + shares
                        + ".";
    }

    private static Plot ratios(Map<SpawnerType, Measurement> results) {
        Measurement jdk = results.get(SpawnerType.JDK);
        List<String> steps = new ArrayList<>();
        Series start = new Series("until the start returns");
        Series total = new Series("until the exit is known");
        Series cpu = new Series("processor time");
        results.forEach(
                (type, result) -> {
                    if (type != SpawnerType.JDK) {
                        add(start, steps.size(), result, jdk, Figure.START);
                        add(total, steps.size(), result, jdk, Figure.TOTAL);
                        add(cpu, steps.size(), result, jdk, Figure.CPU);
                        steps.add(type.toString());
                    }
                });
        return new Plot(
                "ratios",
                Shape.BARS,
                "Starts, compared with ProcessBuilder's",
                "Below 1 is less than ProcessBuilder needs, 0.1 a tenth. Processor time is what a busy machine"
                        + " has left for others, and what other programs disturb least. NuProcess's"
                        + " run, commons-exec and SmallRye return only when the exit is known.",
                "The medians of the rounds' ratios. Where the spread holds 1, the two cannot be told"
                        + " apart.",
                Spread.CONFIDENCE,
                Axis.steps("", steps),
                Axis.logarithmic("divided by ProcessBuilder's"),
                List.of(start, total, cpu));
    }

    private static void add(
            Series series, int step, Measurement result, Measurement jdk, Figure figure) {
        result.ratio(jdk, figure)
                .ifPresent(
                        ratio -> series.add(Point.of(step, ratio.estimate(), result.all().size())));
    }

    private static Plot cpu(Map<SpawnerType, Measurement> results) {
        Series cpu = new Series("user and system");
        List<String> steps = new ArrayList<>();
        results.forEach(
                (type, result) -> {
                    result.estimate(Figure.CPU)
                            .ifPresent(
                                    micros -> {
                                        int starts = result.all().size();
                                        cpu.add(Point.of(steps.size(), micros, starts));
                                        steps.add(type.toString());
                                    });
                });
        return new Plot(
                "cpu",
                Shape.BARS,
                "The processor time of a start",
                "What a start takes from the machine, whoever waits for it: the starting process"
                        + " with all its threads, and the child from its birth to its exit.",
                "Medians of the rounds.",
                Spread.CONFIDENCE,
                Axis.steps("", steps),
                Axis.linear("µs of processor time"),
                List.of(cpu));
    }
}
