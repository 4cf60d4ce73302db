// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Figures of the calls of real tools, where ProcessBuilder's are there to compare them with. */
final class AgentToolsFigures {
    private static final int PERCENT = 100;
    private static final String ZERO = "Where the spread holds 0, there may be no difference.";

    private static final Set<Way> OURS =
            EnumSet.of(Way.BUILDER, Way.TEMPLATE, Way.WARM, Way.PARKED);

    private AgentToolsFigures() {}

    static List<Plot> of(AgentTools.Results results) {
        boolean comparable =
                results.bySplit().values().stream().allMatch(ways -> ways.containsKey(Way.JDK));
        return comparable ? List.of(bySplit(results), byTool(results)) : List.of();
    }

    private static Plot bySplit(AgentTools.Results results) {
        List<Series> series =
                gains(results.bySplit().values(), EnumSet.allOf(Way.class), Result::speed);
        Series proposal = new Series("kernel proposal");
        List<String> steps = new ArrayList<>();
        for (Split split : results.bySplit().keySet()) {
            if (split.proposalPercent() != null) {
                proposal.add(Point.exact(steps.size(), split.proposalPercent(), 0));
            }
            steps.add(split.toString());
        }
        if (!proposal.points().isEmpty()) {
            series.add(proposal);
        }
        return new Plot(
                "agent-tools",
                Shape.BARS,
                "Real tools, as a coding agent calls them",
                "How many more calls of grep, git, python3 and others a second are made than with"
                        + " ProcessBuilder, beside what the kernel proposal gained over its author's"
                        + " own launch path. The tools themselves take most of the time, which no"
                        + " way to start can save.",
                ZERO + " Python is not Java: its subprocess module calls the same tools.",
                Spread.CONFIDENCE,
                Axis.steps("workers x calls that each has in flight", steps),
                Axis.linear("% more calls a second than ProcessBuilder"),
                series);
    }

    private static Plot byTool(AgentTools.Results results) {
        List<Series> series = gains(results.byTool().values(), OURS, Result::cpu);
        return new Plot(
                "agent-tools-cpu",
                Shape.BARS,
                "Which tools gain",
                "The less a tool does itself, the more of a call is its start: \"nothing\" is a"
                        + " program that only exits. Below 0 a call takes less processor time than"
                        + " with ProcessBuilder, which leaves it to others.",
                ZERO + " agent-tools prints the other ways, too.",
                Spread.CONFIDENCE,
                Axis.steps("", List.copyOf(results.byTool().keySet())),
                Axis.linear("% more processor time for a call than ProcessBuilder"),
                series);
    }

    /** Of each way, what it has more than ProcessBuilder. */
    private static List<Series> gains(
            Collection<Map<Way, Result>> steps,
            Set<Way> shown,
            BiFunction<Result, Result, Optional<Ratio>> comparison) {
        Map<Way, Series> series = new EnumMap<>(Way.class);
        int step = 0;
        for (Map<Way, Result> ways : steps) {
            for (Map.Entry<Way, Result> each : ways.entrySet()) {
                int x = step;
                comparison
                        .apply(each.getValue(), ways.get(Way.JDK))
                        .filter(ratio -> each.getKey() != Way.JDK)
                        .filter(ratio -> shown.contains(each.getKey()))
                        .map(ratio -> ratio.estimate().scaled(PERCENT, -PERCENT))
                        .ifPresent(
                                gain ->
                                        series.computeIfAbsent(
                                                        each.getKey(),
                                                        way -> new Series(way.toString()))
                                                .add(Point.of(x, gain, each.getValue().kept())));
            }
            step++;
        }
        return series.values().stream().collect(Collectors.toCollection(ArrayList::new));
    }
}
