package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
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

/** Measures what a start costs with this library, its peers, and in plain C. */
@Command(
        name = "compare",
        description = {
            "Starts a program again and again, one after the other, in every way there is, and"
                    + " compares the times.",
            "The ways take turns in batches of "
                    + Comparison.BATCH
                    + ", after a warm-up. \"start\" is the time until the start has returned,"
                    + " \"total\" until the exit is known, both in microseconds; \"of jdk\" is the"
                    + " median total divided by that of ProcessBuilder.",
            "All standard streams lead to /dev/null; NuProcess cannot redirect and has pipes"
                    + " instead. \"floor\" is a C program that does clone3 and execve in a loop."
        })
final class CompareCommand implements Callable<Integer> {
    private static final double MEDIAN = 0.5;
    private static final double TAIL = 0.99;

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
            names = "--count",
            paramLabel = "N",
            description = "Starts in each way. Default: ${DEFAULT-VALUE}.")
    int count = 500;

    @Option(
            names = "--open-files",
            paramLabel = "N",
            description = "Files that the JVM has open meanwhile. Default: ${DEFAULT-VALUE}.")
    int openFiles;

    @Option(
            names = "--resident-mib",
            paramLabel = "N",
            description =
                    "MiB of memory that the JVM has in use meanwhile. Default: ${DEFAULT-VALUE}.")
    int residentMib;

    @Option(names = "--json", description = "Prints JSON instead of a table.")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 1 || openFiles < 0 || residentMib < 0) {
            throw new ParameterException(spec.commandLine(), "numbers must be positive");
        }
        Map<SpawnerType, Samples> results;
        try (Ballast ballast = new Ballast(openFiles, residentMib);
                NativePrograms programs = new NativePrograms();
                Comparison comparison = new Comparison(spec.commandLine().getErr())) {
            program = program == null ? programs.path("noop") : Programs.find(program);
            comparison.open(program, programs);
            // Only now: an application has loaded its libraries before it is busy.
            ballast.load();
            results = comparison.measure(count);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(document(results)) + "\n" : table(results));
        out.flush();
        return 0;
    }

    private String table(Map<SpawnerType, Samples> results) {
        double jdk = results.get(SpawnerType.JDK).totalMicros(MEDIAN);
        Table table =
                new Table("lrrrrrr")
                        .row("", "start p50", "p99", "total p50", "p99", "per second", "of jdk");
        results.forEach(
                (type, samples) ->
                        table.row(
                                type.toString(),
                                format("%.0f", samples.startMicros(MEDIAN)),
                                format("%.0f", samples.startMicros(TAIL)),
                                format("%.0f", samples.totalMicros(MEDIAN)),
                                format("%.0f", samples.totalMicros(TAIL)),
                                format("%.0f", samples.perSecond()),
                                format("%.3f", samples.totalMicros(MEDIAN) / jdk)));
        return String.format(
                        "%s, %d starts each; %d more files open, %d MiB more in use%n%n",
                        program, count, openFiles, residentMib)
                + table;
    }

    private Map<String, Object> document(Map<SpawnerType, Samples> results) {
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (type, samples) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("spawner", type.toString());
                    entry.put(
                            "startMicros",
                            percentiles(samples.startMicros(MEDIAN), samples.startMicros(TAIL)));
                    entry.put(
                            "totalMicros",
                            percentiles(samples.totalMicros(MEDIAN), samples.totalMicros(TAIL)));
                    entry.put("perSecond", Math.round(samples.perSecond()));
                    entries.add(entry);
                });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("program", program);
        document.put("count", count);
        document.put("openFiles", openFiles);
        document.put("residentMib", residentMib);
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> percentiles(double p50, double p99) {
        Map<String, Object> percentiles = new LinkedHashMap<>();
        percentiles.put("p50", p50);
        percentiles.put("p99", p99);
        return percentiles;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
