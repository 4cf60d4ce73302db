package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Launcher;
import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.ProcessorTimes;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.spawners.CpuClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The calls of {@code agent-tools}, made in several ways that take turns in random order. */
final class AgentTools {
    /** How many calls are made in one way before it is another's turn. */
    private static final int SLICE = 64;

    private static final int WARM_UP = 64;
    private static final double NS_PER_S = 1e9;

    private final List<String> tools;
    private final int calls;
    private final PrintWriter err;
    private final int processors = Runtime.getRuntime().availableProcessors();
    private final Map<Way, Launcher> launchers = new EnumMap<>(Way.class);
    private List<String> missing = List.of();

    /**
     * @param tools the only ones that are called
     * @param calls how many are made in each way and split
     */
    AgentTools(List<String> tools, int calls, PrintWriter err) {
        this.tools = tools;
        this.calls = calls;
        this.err = err;
    }

    /** The tools that are not installed, once it was measured. */
    List<String> missing() {
        return missing;
    }

    Map<Split, Map<Way, Result>> measure(List<Split> splits, Collection<Way> ways)
            throws IOException, InterruptedException {
        Map<Split, Map<Way, Result>> results = new LinkedHashMap<>();
        try (Workload workload = new Workload(tools)) {
            missing = workload.missing();
            missing.forEach(tool -> err.println(LeftOut.inWords(tool)));
            for (Way way : ways) {
                launchers.put(way, way.open(workload));
            }
            warmUp(workload, splits);
            long all = (long) launchers.size() * calls * splits.size();
            try (Progress progress = new Progress("agent-tools", all)) {
                for (Split split : splits) {
                    results.put(split, measure(workload, split, progress));
                }
            }
        } finally {
            launchers.values().forEach(Launcher::close);
        }
        return results;
    }

    private void warmUp(Workload workload, List<Split> splits)
            throws IOException, InterruptedException {
        int count = Math.min(WARM_UP, calls);
        long tookNs = 0;
        for (Launcher launcher : launchers.values()) {
            tookNs += splits.get(0).run(launcher, workload, 0, count);
        }
        err.printf(
                Locale.ROOT,
                "agent-tools: this will take about %.0f s%n",
                tookNs / NS_PER_S / count * calls * splits.size());
    }

    private Map<Way, Result> measure(Workload workload, Split split, Progress progress)
            throws IOException, InterruptedException {
        Map<Way, Result> results = new EnumMap<>(Way.class);
        launchers.keySet().forEach(way -> results.put(way, new Result()));
        int most = (calls + SLICE - 1) / SLICE;
        Rounds rounds = new Rounds(most, most, Duration.ZERO, System.nanoTime());
        for (int first = 0; first < calls; first += SLICE) {
            int count = Math.min(SLICE, calls - first);
            for (Way way : rounds.next(launchers.keySet())) {
                results.get(way).add(slice(workload, split, launchers.get(way), first, count));
                progress.add(count);
            }
        }
        return results;
    }

    private Result.Slice slice(
            Workload workload, Split split, Launcher launcher, int first, int count)
            throws IOException, InterruptedException {
        ProcessorTimes before = ProcessorTimes.now();
        long toolsNs = CpuClock.childrenNs();
        long jvmNs = CpuClock.jvmNs(); // last, as to ask for the children's takes some itself
        long elapsedNs = split.run(launcher, workload, first, count);
        jvmNs = CpuClock.jvmNs() - jvmNs;
        toolsNs = CpuClock.childrenNs() - toolsNs;
        double others =
                jvmNs + toolsNs == 0
                        ? 0
                        : ProcessorTimes.now()
                                .othersSince(before, jvmNs + toolsNs, elapsedNs, processors);
        return new Result.Slice(count, elapsedNs, jvmNs, toolsNs, others);
    }
}
