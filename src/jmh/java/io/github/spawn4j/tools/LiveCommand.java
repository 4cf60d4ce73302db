// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Library;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what children cost that only live, and how soon the death of many is noticed. */
@Command(
        name = "live",
        description = {
            "Starts many \"sleep\" whose three streams are pipes, says what they cost while they"
                    + " live, kills them all, and says how long after each death onExit() was"
                    + " completed, in milliseconds; a C program that watches them too says when"
                    + " each died.",
            "\"threads\" are OS threads more than before the first child, for each, without the"
                    + " JVM's compilers and collectors. \"heap\" and \"resident\" are bytes for each;"
                    + " the heap is there from the beginning and no part of the resident memory's"
                    + " growth.",
            "\"start\" is microseconds for each start, \"CPU\" microseconds of processor time for"
                    + " each child from before its start to the word of its end, the child's and those"
                    + " of all threads of the JVM included.",
            "This library and ProcessBuilder take turns in random order, each time in a new JVM."
                    + " Figures are medians of the rounds; \"of jdk\" divides by ProcessBuilder's of the"
                    + " same round, in brackets what it is with a certainty of 95 %%, and ~ means:"
                    + " cannot be told apart."
        })
final class LiveCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--children",
            paramLabel = "N",
            description = "Children of this library. Default: ${DEFAULT-VALUE}.")
    int children = 2000;

    @Option(
            names = "--jdk-children",
            paramLabel = "N",
            description =
                    "Children of ProcessBuilder, which has a thread for each; 0 for none. Default:"
                            + " ${DEFAULT-VALUE}.")
    int jdkChildren = 500;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Turns of each; intervals need 5. Default: ${DEFAULT-VALUE}.")
    int rounds = 7;

    @Option(
            names = "--libraries",
            description =
                    "Only counts the threads that each library has for a program whose output it takes,"
                            + " by a call that waits for its end: OS threads that come with each of 20"
                            + " more, without the thread that has made the call.")
    boolean libraries;

    @Mixin JsonOption json;

    @Mixin HtmlOption html;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (children < 1 || jdkChildren < 0 || rounds < 1) {
            throw new ParameterException(spec.commandLine(), "numbers must be positive");
        }
        if (libraries && html.file != null) {
            throw new ParameterException(spec.commandLine(), "--libraries draws no figure");
        }
        Machine machine = new Machine();
        if (libraries) {
            return countThreads(machine);
        }
        Map<Starter, LiveRounds> results =
                LiveRounds.measure(
                        Map.of(Starter.SPAWN4J, children, Starter.JDK, jdkChildren), rounds);
        html.write(machine, List.of(), LiveFigures.of(results));
        json.print(
                spec.commandLine().getOut(),
                () -> document(results, machine),
                () -> table(results) + machine.text());
        return 0;
    }

    private int countThreads(Machine machine) throws IOException, InterruptedException {
        Map<Library, Double> threads =
                LibraryThreads.count(new Remarks(spec.commandLine().getErr()));
        Table table = new Table("lr").row("", "threads");
        threads.forEach(
                (library, number) ->
                        table.row(library.toString(), String.format(Locale.ROOT, "%.2f", number)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("threads", threads);
        json.print(spec.commandLine().getOut(), () -> document, () -> table + machine.text());
        return 0;
    }

    private static String table(Map<Starter, LiveRounds> results) {
        Table table =
                new Table("lrrrrrrrrrrr")
                        .row(
                                "",
                                "children",
                                "start",
                                "threads",
                                "heap",
                                "resident",
                                "of jdk",
                                "CPU",
                                "of jdk",
                                "notice p50",
                                "p99",
                                "max");
        results.forEach(
                (starter, result) ->
                        table.row(
                                starter.toString(),
                                Integer.toString(result.children()),
                                median("%.0f", result, LiveRound::startMicros),
                                median("%.3f", result, LiveRound::threads),
                                median("%.0f", result, LiveRound::heapBytes),
                                median("%.0f", result, LiveRound::residentBytes),
                                ofJdk(results, starter, LiveRound::residentBytes),
                                median("%.0f", result, LiveRound::cpuMicros),
                                ofJdk(results, starter, LiveRound::cpuMicros),
                                median("%.1f", result, LiveRound::noticeP50Millis),
                                median("%.1f", result, LiveRound::noticeP99Millis),
                                median("%.1f", result, LiveRound::noticeMaxMillis)));
        return table.toString();
    }

    private static String median(
            String pattern, LiveRounds result, ToDoubleFunction<LiveRound> figure) {
        return String.format(Locale.ROOT, pattern, result.estimate(figure).value());
    }

    private static String ofJdk(
            Map<Starter, LiveRounds> results, Starter starter, ToDoubleFunction<LiveRound> figure) {
        LiveRounds jdk = results.get(Starter.JDK);
        return jdk == null || starter == Starter.JDK
                ? ""
                : results.get(starter).ratio(jdk, figure).toString();
    }

    private static Map<String, Object> document(Map<Starter, LiveRounds> results, Machine machine) {
        Map<String, Object> document = new LinkedHashMap<>();
        machine.describe(document);
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (starter, result) -> entries.add(entry(starter, result, results.get(Starter.JDK))));
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> entry(Starter starter, LiveRounds result, LiveRounds jdk) {
        Map<String, ToDoubleFunction<LiveRound>> figures = new LinkedHashMap<>();
        figures.put("startMicros", LiveRound::startMicros);
        figures.put("threads", LiveRound::threads);
        figures.put("heapBytes", LiveRound::heapBytes);
        figures.put("residentBytes", LiveRound::residentBytes);
        figures.put("cpuMicros", LiveRound::cpuMicros);
        figures.put("noticeP50Millis", LiveRound::noticeP50Millis);
        figures.put("noticeP99Millis", LiveRound::noticeP99Millis);
        figures.put("noticeMaxMillis", LiveRound::noticeMaxMillis);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("starter", starter);
        entry.put("children", result.children());
        entry.put("rounds", result.rounds());
        figures.forEach((name, figure) -> entry.put(name, result.estimate(figure).value()));
        Map<String, Object> ratios = new LinkedHashMap<>();
        if (jdk != null) {
            figures.forEach((name, figure) -> ratios.put(name, result.ratio(jdk, figure).entry()));
        }
        entry.put("ofJdk", ratios);
        return entry;
    }
}
