// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.Ratio;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** The results of {@code agent-tools}, as tables or for JSON. */
final class AgentToolsTables {
    private static final int PERCENT = 100;

    private final AgentTools.Results results;

    AgentToolsTables(AgentTools.Results results) {
        this.results = results;
    }

    /** The tables, each below what its numbers are. */
    String text() {
        return "Calls of all tools. \"of jdk\": calls a second, and processor time, divided by"
                + " ProcessBuilder's in the same turn.\n"
                + "In brackets what it is with a certainty of 95 %; ~ means: cannot be told apart,"
                + " and (?): too few turns to know.\n"
                + "\"kernel proposal's\": what its author gained in calls a second, over his own"
                + " launch path.\n\n"
                + bySplit()
                + "\nEach tool alone, "
                + results.bySplit().keySet().iterator().next()
                + ": calls a second, divided by ProcessBuilder's. \"start\" is the share of"
                + " ProcessBuilder's processor\n"
                + "time for a call that a program takes which does nothing. A way to start cannot"
                + " save more: the rest is the tool's.\n\n"
                + byTool(Result::speed)
                + "\nThe same of processor time: below 1 is less.\n\n"
                + byTool(Result::cpu);
    }

    private Table bySplit() {
        Table table =
                new Table("llrrrrrrrr")
                        .row(
                                "split",
                                "way",
                                "calls",
                                "calls/s",
                                "of jdk",
                                "CPU",
                                "of jdk",
                                "caller's",
                                "left out",
                                "kernel proposal's");
        results.bySplit()
                .forEach(
                        (split, ways) ->
                                ways.forEach(
                                        (way, result) -> row(table, split, way, result, ways)));
        return table;
    }

    private static void row(
            Table table, Split split, Way way, Result result, Map<Way, Result> ways) {
        Result jdk = ways.get(Way.JDK);
        Double proposal = split.proposalPercent();
        table.row(
                split.toString(),
                way.toString(),
                Integer.toString(result.calls()),
                format("%.1f", result.perSecond()),
                ofJdk(way, result, jdk, Result::speed),
                format("%.0f", result.cpuMicros()),
                ofJdk(way, result, jdk, Result::cpu),
                format("%.0f %%", result.ownShare() * PERCENT),
                Integer.toString(result.rejected()),
                way != Way.TEMPLATE || proposal == null ? "" : format("%+.2f %%", proposal));
    }

    private static String ofJdk(
            Way way, Result result, Result jdk, BiFunction<Result, Result, Optional<Ratio>> ratio) {
        return way == Way.JDK || jdk == null
                ? ""
                : ratio.apply(result, jdk).map(Ratio::toString).orElse("-");
    }

    /** A line for each tool. */
    private String byTool(BiFunction<Result, Result, Optional<Ratio>> ratio) {
        Map<Way, Result> nothing = results.byTool().get(Workload.NOTHING);
        List<String> heading = new ArrayList<>(List.of("", "calls", "CPU of jdk's call", "start"));
        nothing.keySet().stream()
                .filter(way -> way != Way.JDK)
                .forEach(way -> heading.add(way.toString()));
        Table table = new Table("l" + "r".repeat(heading.size() - 1));
        table.row(heading.toArray(String[]::new));
        results.byTool()
                .forEach(
                        (tool, ways) -> {
                            Result jdk = ways.get(Way.JDK);
                            List<String> row = new ArrayList<>();
                            row.add(tool);
                            row.add(Integer.toString(ways.values().iterator().next().calls()));
                            row.add(jdk == null ? "" : format("%.0f", jdk.cpuMicros()));
                            row.add(
                                    jdk == null
                                            ? ""
                                            : format("%.0f %%", startShare(tool) * PERCENT));
                            ways.forEach(
                                    (way, result) -> {
                                        if (way != Way.JDK) {
                                            row.add(ofJdk(way, result, jdk, ratio));
                                        }
                                    });
                            table.row(row.toArray(String[]::new));
                        });
        return table.toString();
    }

    /** Of the processor time of ProcessBuilder's call, the part that is the start's. */
    private double startShare(String tool) {
        return results.byTool().get(Workload.NOTHING).get(Way.JDK).cpuMicros()
                / results.byTool().get(tool).get(Way.JDK).cpuMicros();
    }

    /** For JSON. */
    Map<String, Object> entries() {
        List<Object> bySplit = new ArrayList<>();
        results.bySplit()
                .forEach(
                        (split, ways) -> {
                            Map<String, Object> entry = new LinkedHashMap<>();
                            entry.put("split", split);
                            entry.put("proposalPercent", split.proposalPercent());
                            entry.put("ways", entries(ways));
                            bySplit.add(entry);
                        });
        List<Object> byTool = new ArrayList<>();
        results.byTool()
                .forEach(
                        (tool, ways) -> {
                            Map<String, Object> entry = new LinkedHashMap<>();
                            entry.put("tool", tool);
                            entry.put(
                                    "startPercent",
                                    ways.containsKey(Way.JDK)
                                            ? (Long) Math.round(startShare(tool) * PERCENT)
                                            : null);
                            entry.put("ways", entries(ways));
                            byTool.add(entry);
                        });
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("results", bySplit);
        entries.put("tools", byTool);
        return entries;
    }

    private static List<Object> entries(Map<Way, Result> ways) {
        List<Object> entries = new ArrayList<>();
        ways.forEach((way, result) -> entries.add(entry(way, result, ways.get(Way.JDK))));
        return entries;
    }

    private static Map<String, Object> entry(Way way, Result result, Result jdk) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("way", way);
        entry.put("calls", result.calls());
        entry.put("perSecond", result.perSecond());
        entry.put("cpuMicros", result.cpuMicros());
        entry.put("callerPercent", Math.round(result.ownShare() * PERCENT));
        entry.put("rejectedSlices", result.rejected());
        entry.put("perSecondOfJdk", ratio(jdk == null ? Optional.empty() : result.speed(jdk)));
        entry.put("cpuOfJdk", ratio(jdk == null ? Optional.empty() : result.cpu(jdk)));
        return entry;
    }

    private static Map<String, Object> ratio(Optional<Ratio> ratio) {
        return ratio.map(Ratio::entry).orElse(null);
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
