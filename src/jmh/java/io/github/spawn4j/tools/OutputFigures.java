// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Estimate;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The report's figure of what children print. */
final class OutputFigures {
    private static final double MIB = 1 << 20;
    private static final double NS_PER_S = 1e9;

    private OutputFigures() {}

    static List<Plot> measure(int mib, int rounds) throws IOException, InterruptedException {
        Map<Starter, double[]> speeds = new EnumMap<>(Starter.class);
        Rounds turns = new Rounds(rounds, rounds, Duration.ZERO, System.nanoTime());
        for (Starter starter : Starter.values()) {
            speeds.put(starter, new double[rounds]);
            read(starter, mib);
        }
        for (int round = 0; round < rounds; round++) {
            for (Starter starter : turns.next(speeds.keySet())) {
                speeds.get(starter)[round] = read(starter, mib);
            }
        }
        List<String> steps = new ArrayList<>();
        Series series = new Series("MiB/s");
        speeds.forEach(
                (starter, each) -> {
                    Estimate speed = Bootstrap.ofFigures(each).orElseThrow();
                    series.add(Point.of(steps.size(), speed, rounds));
                    steps.add(starter.toString());
                });
        return List.of(
                new Plot(
                        "output",
                        Shape.BARS,
                        "Output of a child",
                        "How fast what a child prints comes into the JVM; most programs print less"
                                + " than a pipe holds, and do not care.",
                        mib
                                + " MiB from head -c, read in pieces of 64 KiB. Medians of "
                                + rounds
                                + " rounds.",
                        Spread.CONFIDENCE,
                        Axis.steps("", steps),
                        Axis.linear("MiB a second"),
                        List.of(series)));
    }

    /** Returns MiB a second. */
    private static double read(Starter starter, int mib) throws IOException, InterruptedException {
        long size = (long) (mib * MIB);
        long beganNs = System.nanoTime();
        Process process = starter.start(List.of("head", "-c", Long.toString(size), "/dev/zero"));
        long left = size;
        try (InputStream stream = process.getInputStream()) {
            byte[] bytes = new byte[1 << 16];
            int count;
            while ((count = stream.read(bytes)) >= 0) {
                left -= count;
            }
        }
        process.waitFor();
        if (left != 0) {
            throw new IOException(left + " bytes of output are missing");
        }
        return mib * NS_PER_S / (System.nanoTime() - beganNs);
    }
}
