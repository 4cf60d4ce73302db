package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.warm.Costs;
import io.github.spawn4j.tools.warm.ShortCommand;
import io.github.spawn4j.tools.warm.Way;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what it is worth to keep programs warm. */
@Command(
        name = "warm",
        description = {
            "Starts short commands again and again: by a builder (clone3), by a warm template whose"
                    + " starts are refused and so cold, by one whose helper clones a child for each"
                    + " start (warm), and by one with 8 children waiting (parked).",
            "The ways take turns in batches, with LC_ALL=C and output to a pipe. \"CPU\" is the"
                    + " processor time of a start in microseconds, of child, helper and all threads of"
                    + " this JVM: the median of the batches, with 16 in flight and one after the"
                    + " other. \"blocked\" is how long a start holds up its caller, \"total\" the time"
                    + " until output and process have ended: medians in microseconds.",
            "A ratio is clone3's figure divided by the other way's: 2 means half as much."
        })
final class WarmCommand implements Callable<Integer> {
    /** Turns that are not measured: the JVM compiles what it runs often, in their time. */
    private static final int WARM_UP = 20;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--programs",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Only commands of these programs, separated by commas. Default: true, sh, cat,"
                            + " sed, grep, find, awk, bash, git, gcc, ls, perl and rg.")
    List<String> programs = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Turns of each way. Default: ${DEFAULT-VALUE}.")
    int rounds = 9;

    @Option(
            names = "--starts",
            paramLabel = "N",
            description =
                    "Starts in a turn with 16 in flight, and twice as many as in one after the other."
                            + " Default: ${DEFAULT-VALUE}.")
    int starts = 96;

    @Option(names = "--json", description = "Prints JSON instead of tables.")
    boolean json;

    private final Map<ShortCommand, Map<Way, Costs>> results = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || starts < 2) {
            throw new ParameterException(spec.commandLine(), "there must be rounds and starts");
        }
        List<ShortCommand> commands = commands();
        try (Workload workload = new Workload();
                Progress progress = new Progress("warm", commands.size())) {
            commands.get(0).measure(workload, WARM_UP, starts);
            for (ShortCommand command : commands) {
                measure(command, workload);
                progress.add(1);
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(document()) + "\n" : tables());
        out.flush();
        return 0;
    }

    private List<ShortCommand> commands() {
        List<ShortCommand> commands =
                ShortCommand.all().stream()
                        .filter(it -> programs.isEmpty() || programs.contains(it.program()))
                        .collect(Collectors.toList());
        if (commands.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--programs names no program that is measured");
        }
        return commands;
    }

    private void measure(ShortCommand command, Workload workload) throws InterruptedException {
        try {
            results.put(command, command.measure(workload, rounds, starts));
        } catch (IOException e) {
            spec.commandLine().getErr().println("left out: " + command + ": " + e.getMessage());
        }
    }

    private String tables() {
        return table("CPU, 16 in flight", Costs::crowdMicros)
                + table("CPU, one after the other", Costs::aloneMicros)
                + table("blocked, 16 in flight", Costs::crowdBlockedMicros)
                + table("blocked, one after the other", Costs::blockedMicros)
                + table("total, one after the other", Costs::totalMicros);
    }

    private String table(String heading, ToDoubleFunction<Costs> cost) {
        Table table =
                new Table("lrrrrrrr")
                        .row(
                                heading, "clone3", "refused", "ratio", "warm", "ratio", "parked",
                                "ratio");
        results.forEach(
                (command, costs) -> {
                    List<String> row = new ArrayList<>();
                    row.add(command.toString());
                    costs.forEach(
                            (way, its) -> {
                                row.add(format("%.0f", cost.applyAsDouble(its)));
                                if (way != Way.CLONE3) {
                                    row.add(format("%.2f", ratio(costs, way, cost)));
                                }
                            });
                    table.row(row.toArray(new String[0]));
                });
        return table.row(means(cost)) + "\n";
    }

    private String[] means(ToDoubleFunction<Costs> cost) {
        List<String> row = new ArrayList<>(List.of("geometric mean", ""));
        for (Way way : Way.values()) {
            if (way != Way.CLONE3) {
                row.add("");
                row.add(format("%.2f", mean(way, cost)));
            }
        }
        return row.toArray(new String[0]);
    }

    private double mean(Way way, ToDoubleFunction<Costs> cost) {
        return Math.exp(
                results.values().stream()
                        .mapToDouble(costs -> Math.log(ratio(costs, way, cost)))
                        .average()
                        .orElse(0));
    }

    private static double ratio(Map<Way, Costs> costs, Way way, ToDoubleFunction<Costs> cost) {
        return cost.applyAsDouble(costs.get(Way.CLONE3)) / cost.applyAsDouble(costs.get(way));
    }

    private Map<String, Object> document() {
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (command, costs) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("command", command);
                    costs.forEach((way, its) -> entry.put(way.toString(), entry(its)));
                    entries.add(entry);
                });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rounds", rounds);
        document.put("starts", starts);
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> entry(Costs costs) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("crowdMicros", costs.crowdMicros());
        entry.put("aloneMicros", costs.aloneMicros());
        entry.put("crowdBlockedMicros", costs.crowdBlockedMicros());
        entry.put("blockedMicros", costs.blockedMicros());
        entry.put("totalMicros", costs.totalMicros());
        return entry;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
