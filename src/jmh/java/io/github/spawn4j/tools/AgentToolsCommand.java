package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.Ratio;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
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
    private static final int PERCENT = 100;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description =
                    "Calls per split and way. Default: ${DEFAULT-VALUE}; the proposal's: 6144.")
    int calls = 1024;

    @Option(
            names = "--tools",
            paramLabel = "NAME",
            split = ",",
            description = "Only calls of these, separated by commas. Default: all.")
    List<String> tools = Workload.tools();

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

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (calls < 1) {
            throw new ParameterException(spec.commandLine(), "--calls must be positive");
        }
        if (!Workload.tools().containsAll(tools)) {
            throw new ParameterException(
                    spec.commandLine(), "--tools can be " + String.join(", ", Workload.tools()));
        }
        Machine machine = new Machine();
        Set<Way> ways =
                warm ? EnumSet.allOf(Way.class) : EnumSet.complementOf(EnumSet.of(Way.WARM));
        AgentTools calling = new AgentTools(tools, calls, spec.commandLine().getErr());
        Map<Split, Map<Way, Result>> results = calling.measure(splits, ways);
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                json
                        ? Json.write(document(results, calling.missing(), machine)) + "\n"
                        : table(results) + machine.text());
        out.flush();
        return 0;
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
