// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.warm.Cost;
import io.github.spawn4j.tools.warm.Costs;
import io.github.spawn4j.tools.warm.HelperCost;
import io.github.spawn4j.tools.warm.ShortCommand;
import io.github.spawn4j.tools.warm.Way;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
            "The ways take turns in batches of random order, with LC_ALL=C and output to a pipe."
                    + " \"CPU\" is the processor time of a start in microseconds, of child, helper and"
                    + " all threads of this JVM, with 16 in flight and one after the other."
                    + " \"blocked\" is how long a start holds up its caller, \"total\" the time until"
                    + " output and process have ended, both in microseconds. Figures are medians of"
                    + " the batches; those during which others used more than a tenth of the machine"
                    + " are left out and counted.",
            "A ratio is clone3's figure divided by the other way's in the same round: 2 means half"
                    + " as much. In brackets what it is with a certainty of 95 %%, and ~ means: cannot"
                    + " be told apart.",
            "Then what it costs to keep each program warm: microseconds of processor time to make"
                    + " and end its helper, and KiB of anonymous memory of the helper, alone and"
                    + " with 8 children that wait; what they share counts once."
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

    @Mixin JsonOption json;

    private final Map<ShortCommand, Map<Way, Costs>> results = new LinkedHashMap<>();
    private final Map<ShortCommand, HelperCost> helpers = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || starts < 2) {
            throw new ParameterException(spec.commandLine(), "there must be rounds and starts");
        }
        List<ShortCommand> commands = commands();
        Machine machine = new Machine();
        try (Workload workload = new Workload();
                Progress progress = new Progress("warm", commands.size())) {
            commands.get(0).measure(workload, WARM_UP, starts);
            for (ShortCommand command : commands) {
                measure(command, workload);
                progress.add(1);
            }
        }
        json.print(
                spec.commandLine().getOut(),
                () -> document(machine),
                () -> tables() + machine.text());
        return 0;
    }

    private List<ShortCommand> commands() {
        List<ShortCommand> all = ShortCommand.all();
        Set<String> known =
                all.stream()
                        .map(ShortCommand::program)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!known.containsAll(programs)) {
            throw new ParameterException(
                    spec.commandLine(), "--programs can be " + String.join(", ", known));
        }
        return all.stream()
                .filter(it -> programs.isEmpty() || programs.contains(it.program()))
                .toList();
    }

    private void measure(ShortCommand command, Workload workload) throws InterruptedException {
        try {
            Map<Way, Costs> costs = command.measure(workload, rounds, starts);
            helpers.put(command, command.helper(workload));
            results.put(command, costs);
        } catch (IOException e) {
            spec.commandLine().getErr().println("left out: " + command + ": " + e.getMessage());
        }
    }

    private String tables() {
        return Stream.of(Cost.values()).map(this::table).collect(Collectors.joining("\n"))
                + "\n"
                + helperTable()
                + "\nBatches left out, of "
                + rounds
                + " of each way: "
                + results.values().stream()
                        .flatMap(costs -> costs.values().stream())
                        .mapToInt(Costs::rejected)
                        .sum()
                + ".\n";
    }

    private String table(Cost cost) {
        Table table =
                new Table("lrrrrrrr")
                        .row(
                                cost.heading(),
                                "clone3",
                                "refused",
                                "ratio",
                                "warm",
                                "ratio",
                                "parked",
                                "ratio");
        results.forEach(
                (command, costs) -> {
                    List<String> row = new ArrayList<>();
                    row.add(command.toString());
                    costs.forEach(
                            (way, its) -> {
                                row.add(format("%.0f", its.estimate(cost).value()));
                                if (way != Way.CLONE3) {
                                    row.add(ratio(costs, way, cost).toString());
                                }
                            });
                    table.row(row.toArray(new String[0]));
                });
        return table.row(means(cost)).toString();
    }

    private Table helperTable() {
        Table table =
                new Table("lrrr")
                        .row(
                                "to keep it warm",
                                "CPU",
                                "KiB",
                                "KiB with " + HelperCost.CHILDREN + " waiting");
        helpers.forEach(
                (command, cost) ->
                        table.row(
                                command.toString(),
                                format("%.0f", cost.makeMicros()),
                                Long.toString(cost.kib()),
                                Long.toString(cost.parkedKib())));
        return table;
    }

    private String[] means(Cost cost) {
        List<String> row = new ArrayList<>(List.of("geometric mean", ""));
        for (Way way : Way.values()) {
            if (way != Way.CLONE3) {
                row.add("");
                row.add(format("%.2f", mean(way, cost)));
            }
        }
        return row.toArray(new String[0]);
    }

    private double mean(Way way, Cost cost) {
        return Math.exp(
                results.values().stream()
                        .mapToDouble(costs -> Math.log(ratio(costs, way, cost).value()))
                        .average()
                        .orElse(0));
    }

    private static Ratio ratio(Map<Way, Costs> costs, Way way, Cost cost) {
        return costs.get(Way.CLONE3)
                .ratio(costs.get(way), cost)
                .orElse(new Ratio(Double.NaN, Double.NaN, Double.NaN, 0));
    }

    private Map<String, Object> document(Machine machine) {
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (command, costs) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("command", command);
                    costs.forEach((way, its) -> entry.put(way.toString(), entry(costs, way)));
                    entry.put("helper", entry(helpers.get(command)));
                    entries.add(entry);
                });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rounds", rounds);
        document.put("starts", starts);
        machine.describe(document);
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> entry(Map<Way, Costs> costs, Way way) {
        Map<String, Object> entry = new LinkedHashMap<>();
        Map<String, Object> ratios = new LinkedHashMap<>();
        for (Cost cost : Cost.values()) {
            entry.put(cost.key(), costs.get(way).estimate(cost).value());
            ratios.put(cost.key(), ratio(costs, way, cost).entry());
        }
        entry.put("rejectedTurns", costs.get(way).rejected());
        if (way != Way.CLONE3) {
            entry.put("clone3Divided", ratios);
        }
        return entry;
    }

    private static Map<String, Object> entry(HelperCost cost) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("makeMicros", cost.makeMicros());
        entry.put("kib", cost.kib());
        entry.put("parkedKib", cost.parkedKib());
        return entry;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
