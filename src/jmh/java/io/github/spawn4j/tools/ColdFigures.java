// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Series;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The report's figure of the first starts of JVMs. */
final class ColdFigures {
    private ColdFigures() {}

    static List<Plot> measure(int jvms, NativePrograms programs)
            throws IOException, InterruptedException {
        Map<ColdWay, ColdTimes> times = new EnumMap<>(ColdWay.class);
        Rounds rounds = new Rounds(jvms, jvms, Duration.ZERO, System.nanoTime());
        for (int i = 0; i < jvms; i++) {
            for (ColdWay way : rounds.next(List.of(ColdWay.values()))) {
                times.computeIfAbsent(way, each -> new ColdTimes())
                        .measure(way, programs.path("noop"));
            }
        }
        List<Series> series = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        times.forEach(
                (way, each) -> {
                    Series bars = new Series(way.toString());
                    steps.clear();
                    each.groups()
                            .forEach(
                                    (starts, samples) -> {
                                        bars.add(ReportStarts.point(steps.size(), samples));
                                        steps.add(starts.equals("1") ? "the first" : starts);
                                    });
                    series.add(bars);
                });
        return List.of(
                new Plot(
                        "cold",
                        Shape.BARS,
                        "The first starts of a JVM",
                        "A command-line program that starts a child or two never gets further than"
                                + " this: classes are loaded, and most code is interpreted.",
                        jvms + " new JVMs for each way, in turns.",
                        Spread.RANGE,
                        Axis.steps("starts", steps),
                        Axis.logarithmic("µs from a start to the known exit"),
                        series));
    }
}
