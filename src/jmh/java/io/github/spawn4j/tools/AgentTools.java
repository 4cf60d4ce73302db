// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Team;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.Rounds;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;

/** The calls of {@code agent-tools}, made in several ways that take turns in random order. */
final class AgentTools {
    /**
     * What came out.
     *
     * @param bySplit of calls of all tools, the same number in flight, split in several ways
     * @param byTool of calls of one tool, in the first split; {@link Workload#NOTHING} first
     */
    record Results(Map<Split, Map<Way, Result>> bySplit, Map<String, Map<Way, Result>> byTool) {}

    /** How many calls are made in one way before it is another's turn. */
    private static final int SLICE = 64;

    /** Of one tool there are fewer calls, but enough turns for an interval. */
    private static final int TURNS_OF_TOOL = 8;

    private static final int WARM_UP = 128;
    private static final double NS_PER_S = 1e9;

    private final List<String> tools;
    private final int calls;
    private final Remarks remarks;
    private final Map<Way, Team> teams = new EnumMap<>(Way.class);

    /**
     * @param tools the only ones that are called
     * @param calls how many are made in each way and split; of each tool an eighth of it
     */
    AgentTools(List<String> tools, int calls, Remarks remarks) {
        this.tools = tools;
        this.calls = calls;
        this.remarks = remarks;
    }

    Results measure(List<Split> splits, Collection<Way> ways)
            throws IOException, InterruptedException {
        try (Workload workload = new Workload(tools);
                NativePrograms programs = new NativePrograms()) {
            workload.missing().forEach(tool -> remarks.add(LeftOut.inWords(tool)));
            workload.prepare(calls, programs.path("noop"));
            long tookNs = 0;
            for (Way way : ways) {
                tookNs += openOrLeaveOut(way, workload, splits.get(0));
            }
            long ofTool = Math.max(1, calls / TURNS_OF_TOOL / TURNS_OF_TOOL) * TURNS_OF_TOOL;
            long all = (long) calls * splits.size() + ofTool * workload.called().size();
            announce(tookNs / Math.min(WARM_UP, calls) * all);
            try (Progress progress = new Progress("agent-tools", teams.size() * all)) {
                return new Results(
                        bySplit(workload, splits, progress),
                        byTool(workload, splits.get(0), (int) ofTool, progress));
            }
        } finally {
            teams.values().forEach(Team::close);
        }
    }

    /** Has it warm up. Returns how long that took, in nanoseconds; 0 if it cannot be had. */
    private long openOrLeaveOut(Way way, Workload workload, Split split) throws IOException {
        try {
            Team team = workload.team(way);
            teams.put(way, team);
            int count = Math.min(WARM_UP, calls);
            team.call(split, workload.choose(0, count));
            return team.call(split, workload.choose(0, count)).elapsedNs();
        } catch (IOException e) {
            if (!way.maybeMissing()) {
                throw e;
            }
            remarks.leftOut(way, e.getMessage());
            Team team = teams.remove(way);
            if (team != null) {
                team.close();
            }
            return 0;
        }
    }

    private void announce(double ns) {
        remarks.say(
                String.format(
                        Locale.ROOT, "agent-tools: this will take about %.0f s", ns / NS_PER_S));
    }

    private Map<Split, Map<Way, Result>> bySplit(
            Workload workload, List<Split> splits, Progress progress) throws IOException {
        Map<Split, Map<Way, Result>> results = new LinkedHashMap<>();
        for (Split split : splits) {
            int turns = (calls + SLICE - 1) / SLICE;
            IntFunction<List<Integer>> slices =
                    turn -> workload.choose(turn * SLICE, Math.min(SLICE, calls - turn * SLICE));
            results.put(split, measure(split, turns, slices, progress));
        }
        return results;
    }

    private Map<String, Map<Way, Result>> byTool(
            Workload workload, Split split, int count, Progress progress) throws IOException {
        Map<String, Map<Way, Result>> results = new LinkedHashMap<>();
        int slice = count / TURNS_OF_TOOL;
        for (String tool : workload.called()) {
            IntFunction<List<Integer>> slices = turn -> workload.choose(tool, turn * slice, slice);
            results.put(tool, measure(split, TURNS_OF_TOOL, slices, progress));
        }
        return results;
    }

    private Map<Way, Result> measure(
            Split split, int turns, IntFunction<List<Integer>> slices, Progress progress)
            throws IOException {
        Map<Way, Result> results = new EnumMap<>(Way.class);
        teams.keySet().forEach(way -> results.put(way, new Result()));
        Rounds rounds = new Rounds(turns, turns, Duration.ZERO, System.nanoTime());
        for (int turn = 0; turn < turns; turn++) {
            List<Integer> slice = slices.apply(turn);
            for (Way way : rounds.next(teams.keySet())) {
                results.get(way).add(teams.get(way).call(split, slice));
                progress.add(slice.size());
            }
        }
        return results;
    }
}
