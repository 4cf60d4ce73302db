// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures what the first starts of a JVM cost. */
@Command(
        name = "cold",
        description = {
            "Starts new JVMs, each of which starts a program "
                    + ColdStarts.COUNT
                    + " times in one way, and says what the first start takes, with all that is"
                    + " loaded for it, the next ones, which are interpreted, and the rest.",
            "The ways take turns: ProcessBuilder, this library's builder, and its template, which"
                    + " is made as a part of its first start. \"start\" is the time until the start"
                    + " has returned, \"total\" until the exit is known, both in milliseconds.",
            "All standard streams lead to /dev/null. The JVMs share the classes of the JDK as they"
                    + " do by default (-Xshare)."
        })
final class ColdCommand implements Callable<Integer> {
    private static final double MEDIAN = Percentiles.MEDIAN;
    private static final double US_PER_MS = 1e3;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--program",
            paramLabel = "PROGRAM",
            description =
                    "A path, or a name that is searched in PATH; it gets no arguments. Default: a"
                            + " static program that only exits.")
    String program;

    @Option(
            names = "--jvms",
            paramLabel = "N",
            description = "JVMs for each way. Default: ${DEFAULT-VALUE}.")
    int jvms = 10;

    @Mixin JsonOption json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (jvms < 1) {
            throw new ParameterException(spec.commandLine(), "--jvms must be positive");
        }
        Map<ColdWay, ColdTimes> results;
        try (NativePrograms programs = new NativePrograms()) {
            program = program == null ? programs.path("noop") : Programs.find(program);
            results = measure();
        }
        json.print(spec.commandLine().getOut(), () -> document(results), () -> table(results));
        return 0;
    }

    private Map<ColdWay, ColdTimes> measure() throws IOException, InterruptedException {
        Map<ColdWay, ColdTimes> results = new EnumMap<>(ColdWay.class);
        for (ColdWay way : ColdWay.values()) {
            results.put(way, new ColdTimes());
        }
        try (Progress progress = new Progress("cold", (long) jvms * results.size())) {
            for (int i = 0; i < jvms; i++) {
                for (Map.Entry<ColdWay, ColdTimes> result : results.entrySet()) {
                    result.getValue().measure(result.getKey(), program);
                    progress.add(1);
                }
            }
        }
        return results;
    }

    private String table(Map<ColdWay, ColdTimes> results) {
        Table table = new Table("llrr").row("", "starts", "start p50", "total p50");
        results.forEach(
                (way, times) ->
                        times.groups()
                                .forEach(
                                        (starts, samples) ->
                                                table.row(
                                                        way.toString(),
                                                        starts,
                                                        millis(samples.startMicros(MEDIAN)),
                                                        millis(samples.totalMicros(MEDIAN)))));
        return String.format("%s, %d JVMs each%n%n", program, jvms) + table;
    }

    private static String millis(double micros) {
        return String.format(Locale.ROOT, "%.2f", micros / US_PER_MS);
    }

    private Map<String, Object> document(Map<ColdWay, ColdTimes> results) {
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (way, times) ->
                        times.groups()
                                .forEach(
                                        (starts, samples) ->
                                                entries.add(entry(way, starts, samples))));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("program", program);
        document.put("jvms", jvms);
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> entry(ColdWay way, String starts, Samples samples) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("spawner", way);
        entry.put("starts", starts);
        entry.put("startMicros", Percentiles.of(samples::startMicros, MEDIAN));
        entry.put("totalMicros", Percentiles.of(samples::totalMicros, MEDIAN));
        return entry;
    }
}
