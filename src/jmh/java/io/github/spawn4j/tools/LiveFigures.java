// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Figures of children that only live. */
final class LiveFigures {
    private static final double KIB = 1024;

    private LiveFigures() {}

    static List<Plot> of(Map<Starter, LiveRounds> results) {
        return List.of(
                plot(
                        results,
                        "live-threads",
                        "Threads of a living child",
                        "ProcessBuilder has a thread of the operating system wait for each child;"
                                + " this library has one for all of them.",
                        "Without the JVM's compilers and collectors.",
                        "threads for each living child",
                        LiveRound::threads),
                plot(
                        results,
                        "live-memory",
                        "Memory of a living child",
                        "What the JVM, not the child, uses for each child that lives: its thread's"
                                + " stack, its buffers and its objects outside the heap.",
                        "Resident memory; the heap is there from the beginning and not counted.",
                        "KiB for each living child",
                        round -> round.residentBytes() / KIB));
    }

    private static Plot plot(
            Map<Starter, LiveRounds> results,
            String id,
            String title,
            String meaning,
            String notes,
            String label,
            ToDoubleFunction<LiveRound> figure) {
        Series series = new Series(label);
        List<String> steps = new ArrayList<>();
        results.forEach(
                (starter, rounds) -> {
                    series.add(Point.of(steps.size(), rounds.estimate(figure), rounds.rounds()));
                    steps.add(starter.toString());
                });
        return new Plot(
                id,
                Shape.BARS,
                title,
                meaning,
                children(results) + " " + notes,
                Spread.CONFIDENCE,
                Axis.steps("", steps),
                Axis.linear(label),
                List.of(series));
    }

    private static String children(Map<Starter, LiveRounds> results) {
        List<String> numbers = new ArrayList<>();
        results.forEach((starter, rounds) -> numbers.add(rounds.children() + " of " + starter));
        return "Children that sleep, with three pipes each: "
                + String.join(", ", numbers)
                + ", in a new JVM for each round. Medians of the rounds.";
    }
}
