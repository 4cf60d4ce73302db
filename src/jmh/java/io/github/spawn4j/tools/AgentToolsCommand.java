package io.github.spawn4j.tools;

import io.github.spawn4j.Warm;
import io.github.spawn4j.tools.agent.JdkLauncher;
import io.github.spawn4j.tools.agent.Launcher;
import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.TemplateLauncher;
import io.github.spawn4j.tools.agent.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
                    + " thread. Output is captured from pipes and checked. ProcessBuilder and"
                    + " templates take turns."
        })
final class AgentToolsCommand implements Callable<Integer> {
    /** How many calls are made in one way before it is the other's turn. */
    private static final int PARKED = 8;

    private static final int SLICE = 128;

    private static final int WARM_UP = 64;

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
            description = "The templates keep their programs warm, with 8 children waiting each.")
    boolean warm;

    @Option(names = "--json", description = "Prints JSON instead of a table.")
    boolean json;

    private Workload workload;
    private Launcher jdk;
    private Launcher templates;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (calls < 1) {
            throw new ParameterException(spec.commandLine(), "--calls must be positive");
        }
        List<Result> results = new ArrayList<>();
        List<String> missing;
        try (Workload made = new Workload();
                Launcher one = new JdkLauncher(made);
                Launcher other =
                        new TemplateLauncher(made, warm ? Warm.on().parked(PARKED) : null);
                Progress progress = new Progress("agent-tools", 2L * calls * splits.size())) {
            workload = made;
            jdk = one;
            templates = other;
            missing = workload.missing();
            missing.forEach(tool -> err().println("left out: " + tool + " (not installed)"));
            warmUp();
            for (Split split : splits) {
                results.add(measure(split, progress));
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(document(results, missing)) + "\n" : table(results));
        out.flush();
        return 0;
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private void warmUp() throws IOException, InterruptedException {
        for (Launcher launcher : List.of(jdk, templates)) {
            splits.get(0).run(launcher, workload, 0, Math.min(WARM_UP, calls));
        }
    }

    private Result measure(Split split, Progress progress)
            throws IOException, InterruptedException {
        long jdkNs = 0;
        long templateNs = 0;
        for (int first = 0; first < calls; first += SLICE) {
            int count = Math.min(SLICE, calls - first);
            jdkNs += split.run(jdk, workload, first, count);
            progress.add(count);
            templateNs += split.run(templates, workload, first, count);
            progress.add(count);
        }
        return new Result(split, calls, jdkNs, templateNs);
    }

    private static String table(List<Result> results) {
        Table table =
                new Table("lrrrrr")
                        .row(
                                "split",
                                "calls",
                                "jdk calls/s",
                                "template calls/s",
                                "difference",
                                "kernel proposal's");
        for (Result result : results) {
            Double proposal = result.split().proposalPercent();
            table.row(
                    result.split().toString(),
                    Integer.toString(result.calls()),
                    format("%.2f", result.jdkPerSecond()),
                    format("%.2f", result.templatePerSecond()),
                    format("%+.2f %%", result.differencePercent()),
                    proposal == null ? "" : format("%+.2f %%", proposal));
        }
        return table.toString();
    }

    private static Map<String, Object> document(List<Result> results, List<String> missing) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("leftOut", missing);
        document.put(
                "results",
                results.stream().map(AgentToolsCommand::entry).collect(Collectors.toList()));
        return document;
    }

    private static Map<String, Object> entry(Result result) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("split", result.split());
        entry.put("calls", result.calls());
        entry.put("jdkPerSecond", result.jdkPerSecond());
        entry.put("templatePerSecond", result.templatePerSecond());
        entry.put("differencePercent", result.differencePercent());
        entry.put("proposalPercent", result.split().proposalPercent());
        return entry;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
