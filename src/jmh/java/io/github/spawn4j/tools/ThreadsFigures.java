// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import io.github.spawn4j.tools.spawners.Contender;
import io.github.spawn4j.tools.spawners.Streams;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report's figure of starts by many threads at once. */
final class ThreadsFigures {
    private ThreadsFigures() {}

    static List<Plot> measure(
            List<Integer> numbers, int rounds, int roundMs, NativePrograms programs)
            throws IOException, InterruptedException {
        List<Crowd> crowds = new ArrayList<>();
        for (Contender contender : Contender.values()) {
            for (int number : numbers) {
                String program = programs.path("noop");
                crowds.add(new Crowd(contender, program, Streams.DISCARDED, number));
            }
            new Crowd(contender, programs.path("noop"), Streams.DISCARDED, 4)
                    .burst(2 * roundMs, programs);
        }
        Map<Crowd, double[]> perSecond = new LinkedHashMap<>();
        crowds.forEach(crowd -> perSecond.put(crowd, new double[rounds]));
        Rounds turns = new Rounds(rounds, rounds, Duration.ZERO, System.nanoTime());
        for (int round = 0; round < rounds; round++) {
            for (Crowd crowd : turns.next(crowds)) {
                Crowd once =
                        new Crowd(
                                crowd.contender(),
                                crowd.program(),
                                crowd.streams(),
                                crowd.threads());
                once.burst(roundMs, programs);
                perSecond.get(crowd)[round] = once.perSecond();
            }
        }
        Map<Contender, Series> series = new EnumMap<>(Contender.class);
        perSecond.forEach(
                (crowd, speeds) ->
                        series.computeIfAbsent(
                                        crowd.contender(), each -> new Series(each.toString()))
                                .add(
                                        Point.of(
                                                numbers.indexOf(crowd.threads()),
                                                Bootstrap.ofFigures(speeds).orElseThrow(),
                                                rounds)));
        return List.of(
                new Plot(
                        "threads",
                        Shape.LINES,
                        "Starts by many threads at once",
                        "How many children a program can start in a second if it does nothing else."
                                + " The floor is as many C programs as there are threads.",
                        "Medians of " + rounds + " rounds of " + roundMs + " ms.",
                        Spread.CONFIDENCE,
                        Axis.steps("threads", numbers.stream().map(Object::toString).toList()),
                        Axis.linear("starts a second, of all threads together"),
                        List.copyOf(series.values())));
    }
}
