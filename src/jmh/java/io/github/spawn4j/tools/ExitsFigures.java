// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import io.github.spawn4j.tools.spawners.ExitNotifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A figure of how soon exits are known. */
final class ExitsFigures {
    private ExitsFigures() {}

    static List<Plot> of(Map<ExitNotifier, Notices> results) {
        double[] shares = {Percentiles.MEDIAN, Percentiles.HIGH, Percentiles.TAIL};
        List<Series> series = new ArrayList<>();
        results.forEach(
                (notifier, notices) -> {
                    Series bars = new Series(notifier.toString());
                    for (int step = 0; step < shares.length; step++) {
                        bars.add(Point.of(step, notices.estimate(shares[step]), notices.size()));
                    }
                    series.add(bars);
                });
        return List.of(
                new Plot(
                        "exits",
                        Shape.LINES,
                        "How soon an exit is known",
                        "From the last moment of a child to the callback that tells of it: what a"
                                + " build or a pool of workers waits for in vain after each child.",
                        "The child says itself when it ends. NuProcess looks for exits every"
                                + " quarter of a second, unless the child closes its streams.",
                        Spread.CONFIDENCE,
                        Axis.steps("", List.of("median", "90 % sooner", "99 % sooner")),
                        Axis.logarithmic("µs from the end to the callback"),
                        series));
    }
}
