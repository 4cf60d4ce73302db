// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Estimate;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rounds;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Living children of one starter, in several rounds, each by a JVM of its own. */
final class LiveRounds {
    /** All its memory is there from the beginning, so that only its growth is not counted. */
    private static final List<String> OPTIONS =
            List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch");

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Starter starter;
    private final int children;
    private final List<LiveRound> rounds = new ArrayList<>();

    private LiveRounds(Starter starter, int children) {
        this.starter = starter;
        this.children = children;
    }

    /**
     * Measures in turns of random order.
     *
     * @param children how many each starter has; those with none are left out
     */
    static Map<Starter, LiveRounds> measure(Map<Starter, Integer> children, int rounds)
            throws IOException, InterruptedException {
        Map<Starter, LiveRounds> results = new EnumMap<>(Starter.class);
        children.forEach(
                (starter, count) -> {
                    if (count > 0) {
                        results.put(starter, new LiveRounds(starter, count));
                    }
                });
        Rounds turns = new Rounds(rounds, rounds, Duration.ZERO, System.nanoTime());
        try (Progress progress = new Progress("live", (long) rounds * results.size())) {
            for (int round = 0; round < rounds; round++) {
                for (LiveRounds each : turns.next(results.values())) {
                    each.measure();
                    progress.add(1);
                }
            }
        }
        return results;
    }

    private void measure() throws IOException, InterruptedException {
        List<String> command = Jvms.command(OPTIONS, LiveWorker.class, starter.name(), children);
        String line =
                PidfdProcess.builder(command.get(0))
                        .args(command.subList(1, command.size()))
                        .run(RunOptions.timeout(LIMIT).expectExit(0))
                        .stdout()
                        .text();
        rounds.add(LiveRound.parse(line));
    }

    int children() {
        return children;
    }

    int rounds() {
        return rounds.size();
    }

    /** The median of the rounds. */
    Estimate estimate(ToDoubleFunction<LiveRound> figure) {
        return Bootstrap.ofFigures(figures(figure)).orElseThrow();
    }

    /** Divided by the other's of the same round. */
    Ratio ratio(LiveRounds other, ToDoubleFunction<LiveRound> figure) {
        return Bootstrap.ofFigures(figures(figure), other.figures(figure))
                .orElse(new Ratio(Double.NaN, Double.NaN, Double.NaN, 0));
    }

    private double[] figures(ToDoubleFunction<LiveRound> figure) {
        return rounds.stream().mapToDouble(figure).toArray();
    }
}
