// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Contender;
import io.github.spawn4j.tools.spawners.Streams;
import java.io.IOException;
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

/** Measures what becomes of starts when many threads make them at once. */
@Command(
        name = "threads",
        description = {
            "Starts a program again and again on more and more threads at once, with discarded"
                    + " streams and with three pipes: by ProcessBuilder, by a builder and a template"
                    + " of this library, and by as many processes of \"floor\", a C program that does"
                    + " clone3, execve and waitid in a loop.",
            "The ways take turns, after a warm-up. \"per second\" counts the starts of all threads"
                    + " together whose exits are known; \"of best\" divides it by the best with fewer"
                    + " threads or as many, \"of floor\" by that of the floors, which have no pipes."
                    + " \"start\" is the time until the start has returned, in microseconds."
        })
final class ThreadsCommand implements Callable<Integer> {
    private static final double MEDIAN = Percentiles.MEDIAN;
    private static final double TAIL = Percentiles.TAIL;
    private static final double ALL = Percentiles.ALL;

    private static final String[] COLUMNS = {
        "", "threads", "per second", "of best", "of floor", "start p50", "p99", "max"
    };

    /** In rounds. */
    private static final int WARM_UP = 4;

    private static final int WARM_UP_THREADS = 4;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            description = "Threads at once, separated by commas. Default: ${DEFAULT-VALUE}.")
    List<Integer> threads = List.of(1, 2, 4, 8, 16, 64, 128);

    @Option(
            names = "--program",
            paramLabel = "PROGRAM",
            split = ",",
            description =
                    "Paths, or names that are searched in PATH, separated by commas; they get no"
                            + " arguments. Default: a static program that only exits, and true.")
    List<String> programs = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Turns of each way. Default: ${DEFAULT-VALUE}.")
    int rounds = 5;

    @Option(
            names = "--round-ms",
            paramLabel = "MS",
            description = "Milliseconds of a turn. Default: ${DEFAULT-VALUE}.")
    int roundMs = 400;

    @Mixin JsonOption json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (rounds < 1 || roundMs < 1 || threads.stream().anyMatch(number -> number < 1)) {
            throw new ParameterException(spec.commandLine(), "numbers must be positive");
        }
        List<Crowd> crowds;
        try (NativePrograms own = new NativePrograms()) {
            crowds = crowds(own);
            warmUp(own);
            measure(crowds, own);
        }
        json.print(spec.commandLine().getOut(), () -> document(crowds), () -> table(crowds));
        return 0;
    }

    /** In the order in which they are shown. */
    private List<Crowd> crowds(NativePrograms own) throws IOException {
        List<Crowd> crowds = new ArrayList<>();
        for (String program : paths(own)) {
            for (Streams streams : Streams.values()) {
                for (Contender contender : Contender.values()) {
                    for (int number : threads) {
                        if (contender.knows(streams)) {
                            crowds.add(new Crowd(contender, program, streams, number));
                        }
                    }
                }
            }
        }
        return crowds;
    }

    private List<String> paths(NativePrograms own) throws IOException {
        List<String> paths = new ArrayList<>();
        if (programs.isEmpty()) {
            paths.add(own.path("noop"));
            paths.add(Programs.find("true"));
        }
        for (String program : programs) {
            paths.add(Programs.find(program));
        }
        return paths;
    }

    private void warmUp(NativePrograms own) throws IOException, InterruptedException {
        for (Streams streams : Streams.values()) {
            for (Contender contender : Contender.values()) {
                if (contender.knows(streams)) {
                    new Crowd(contender, own.path("noop"), streams, WARM_UP_THREADS)
                            .burst(WARM_UP * roundMs, own);
                }
            }
        }
    }

    private void measure(List<Crowd> crowds, NativePrograms own)
            throws IOException, InterruptedException {
        try (Progress progress = new Progress("threads", (long) rounds * crowds.size())) {
            for (int round = 0; round < rounds; round++) {
                for (Crowd crowd : crowds) {
                    crowd.burst(roundMs, own);
                    progress.add(1);
                }
            }
        }
    }

    private static String table(List<Crowd> crowds) {
        Map<String, Table> tables = new LinkedHashMap<>();
        for (Crowd crowd : crowds) {
            tables.computeIfAbsent(
                            crowd.program() + ", " + crowd.streams(),
                            heading -> new Table("lrrrrrrr").row(COLUMNS))
                    .row(
                            crowd.contender().toString(),
                            Integer.toString(crowd.threads()),
                            format("%.0f", crowd.perSecond()),
                            format("%.2f", crowd.perSecond() / best(crowds, crowd)),
                            format("%.2f", crowd.perSecond() / floor(crowds, crowd)),
                            format("%.0f", crowd.samples().startMicros(MEDIAN)),
                            format("%.0f", crowd.samples().startMicros(TAIL)),
                            format("%.0f", crowd.samples().startMicros(ALL)));
        }
        return tables.entrySet().stream()
                .map(entry -> entry.getKey() + "\n\n" + entry.getValue())
                .collect(Collectors.joining("\n"));
    }

    /** What the same contender does with as many threads, or with fewer, if that is more. */
    private static double best(List<Crowd> crowds, Crowd crowd) {
        return crowds.stream()
                .filter(other -> other.program().equals(crowd.program()))
                .filter(other -> other.streams() == crowd.streams())
                .filter(other -> other.contender() == crowd.contender())
                .filter(other -> other.threads() <= crowd.threads())
                .mapToDouble(Crowd::perSecond)
                .max()
                .orElseThrow();
    }

    private static double floor(List<Crowd> crowds, Crowd crowd) {
        return crowds.stream()
                .filter(other -> other.contender() == Contender.FLOOR)
                .filter(other -> other.program().equals(crowd.program()))
                .filter(other -> other.threads() == crowd.threads())
                .mapToDouble(Crowd::perSecond)
                .findFirst()
                .orElseThrow();
    }

    private Map<String, Object> document(List<Crowd> crowds) {
        List<Object> entries = new ArrayList<>();
        for (Crowd crowd : crowds) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("program", crowd.program());
            entry.put("streams", crowd.streams());
            entry.put("spawner", crowd.contender());
            entry.put("threads", crowd.threads());
            entry.put("perSecond", Math.round(crowd.perSecond()));
            entry.put(
                    "startMicros", Percentiles.of(crowd.samples()::startMicros, MEDIAN, TAIL, ALL));
            entries.add(entry);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rounds", rounds);
        document.put("roundMs", roundMs);
        document.put("results", entries);
        return document;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
