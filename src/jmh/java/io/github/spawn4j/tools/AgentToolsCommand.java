package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Launcher;
import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.ProcessorTimes;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.spawners.CpuClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The kernel proposal's benchmark, with real tools on this machine. */
@Command(
        name = "agent-tools",
        description = {
            "Repeats the kernel proposal's benchmark with real tools on this machine.",
            "Calls rg, grep, sed, awk, cat, head, tail, find, stat, ls, git, python3, node, sh and"
                    + " bash, as a coding agent does, over source files and a git repository that it"
                    + " makes in a temporary directory.",
            "The same number of calls is always in flight, split among workers; a worker is one"
                    + " thread. Output is captured from pipes and checked. The ways take turns, in"
                    + " another order each time.",
            "\"of jdk\" divides calls per second, and processor time, by ProcessBuilder's in the"
                    + " same turn; in brackets what it is with a certainty of 95 %, and ~ means:"
                    + " cannot be told apart. \"CPU\" is microseconds of processor time for a call,"
                    + " the tool's included; \"JVM\" is the JVM's part of it, beyond which no way to"
                    + " start can save anything but before exec. \"kernel proposal's\" is what its"
                    + " author gained over his own launch path."
        })
final class AgentToolsCommand implements Callable<Integer> {
    /** How many calls are made in one way before it is another's turn. */
    private static final int SLICE = 64;

    private static final int WARM_UP = 64;
    private static final int PERCENT = 100;
    private static final double NS_PER_S = 1e9;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description =
                    "Calls per split and way. Default: ${DEFAULT-VALUE}; the proposal's: 6144.")
    int calls = 1024;

    @Option(
            names = "--split",
            paramLabel = "WxI",
            converter = SplitConverter.class,
            description =
                    "W workers with I calls in flight each. May be repeated. Default: 1x16, 2x8,"
                            + " 4x4 and 8x2.")
    List<Split> splits = Split.ofProposal();

    @Option(
            names = "--warm",
            description =
                    "Also templates that keep their programs warm, with 8 children waiting each.")
    boolean warm;

    @Option(names = "--json", description = "Prints JSON instead of a table.")
    boolean json;

    private final Map<Way, Launcher> launchers = new EnumMap<>(Way.class);
    private final int processors = Runtime.getRuntime().availableProcessors();
    private Workload workload;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (calls < 1) {
            throw new ParameterException(spec.commandLine(), "--calls must be positive");
        }
        Machine machine = new Machine();
        Map<Split, Map<Way, Result>> results = new LinkedHashMap<>();
        List<String> missing;
        Set<Way> ways =
                warm ? EnumSet.allOf(Way.class) : EnumSet.complementOf(EnumSet.of(Way.WARM));
        try (Workload made = new Workload()) {
            workload = made;
            missing = workload.missing();
            missing.forEach(tool -> err().println(LeftOut.inWords(tool)));
            for (Way way : ways) {
                launchers.put(way, way.open(workload));
            }
            warmUp();
            measure(results);
        } finally {
            launchers.values().forEach(Launcher::close);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                json
                        ? Json.write(document(results, missing, machine)) + "\n"
                        : table(results) + machine.text());
        out.flush();
        return 0;
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private void warmUp() throws IOException, InterruptedException {
        int count = Math.min(WARM_UP, calls);
        long tookNs = 0;
        for (Launcher launcher : launchers.values()) {
            tookNs += splits.get(0).run(launcher, workload, 0, count);
        }
        err().printf(
                        Locale.ROOT,
                        "this will take about %.0f s%n",
                        tookNs / NS_PER_S / count * calls * splits.size());
    }

    private void measure(Map<Split, Map<Way, Result>> results)
            throws IOException, InterruptedException {
        long all = (long) launchers.size() * calls * splits.size();
        try (Progress progress = new Progress("agent-tools", all)) {
            for (Split split : splits) {
                results.put(split, measure(split, progress));
            }
        }
    }

    private Map<Way, Result> measure(Split split, Progress progress)
            throws IOException, InterruptedException {
        Map<Way, Result> results = new EnumMap<>(Way.class);
        launchers.keySet().forEach(way -> results.put(way, new Result()));
        int most = (calls + SLICE - 1) / SLICE;
        Rounds rounds = new Rounds(most, most, Duration.ZERO, System.nanoTime());
        for (int first = 0; first < calls; first += SLICE) {
            int count = Math.min(SLICE, calls - first);
            for (Way way : rounds.next(launchers.keySet())) {
                results.get(way).add(slice(split, launchers.get(way), first, count));
                progress.add(count);
            }
        }
        return results;
    }

    private Result.Slice slice(Split split, Launcher launcher, int first, int count)
            throws IOException, InterruptedException {
        ProcessorTimes before = ProcessorTimes.now();
        long jvmNs = CpuClock.jvmNs();
        long toolsNs = CpuClock.childrenNs();
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

    private static String table(Map<Split, Map<Way, Result>> results) {
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
                                "JVM",
                                "left out",
                                "kernel proposal's");
        results.forEach(
                (split, ways) ->
                        ways.forEach((way, result) -> row(table, split, way, result, ways)));
        return table.toString();
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
                way == Way.JDK ? "" : result.speed(jdk).map(Ratio::toString).orElse("-"),
                format("%.0f", result.cpuMicros()),
                way == Way.JDK ? "" : result.cpu(jdk).map(Ratio::toString).orElse("-"),
                format("%.0f %%", result.jvmShare() * PERCENT),
                Integer.toString(result.rejected()),
                way != Way.TEMPLATE || proposal == null ? "" : format("%+.2f %%", proposal));
    }

    private static Map<String, Object> document(
            Map<Split, Map<Way, Result>> results, List<String> missing, Machine machine) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("leftOut", missing);
        machine.describe(document);
        List<Object> entries = new ArrayList<>();
        results.forEach((split, ways) -> entries.add(entry(split, ways)));
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> entry(Split split, Map<Way, Result> ways) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("split", split);
        entry.put("proposalPercent", split.proposalPercent());
        List<Object> entries = new ArrayList<>();
        ways.forEach((way, result) -> entries.add(entry(way, result, ways.get(Way.JDK))));
        entry.put("ways", entries);
        return entry;
    }

    private static Map<String, Object> entry(Way way, Result result, Result jdk) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("way", way);
        entry.put("calls", result.calls());
        entry.put("perSecond", result.perSecond());
        entry.put("cpuMicros", result.cpuMicros());
        entry.put("jvmPercent", Math.round(result.jvmShare() * PERCENT));
        entry.put("rejectedSlices", result.rejected());
        entry.put("perSecondOfJdk", result.speed(jdk).map(Ratio::entry).orElse(null));
        entry.put("cpuOfJdk", result.cpu(jdk).map(Ratio::entry).orElse(null));
        return entry;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
