package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Times;
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

/** Measures what children cost that only live, and how soon the death of many is noticed. */
@Command(
        name = "live",
        description = {
            "Starts many \"sleep\" whose three streams are pipes, says what they cost while they"
                    + " live, kills them all, and says how long after each death onExit() was"
                    + " completed, in milliseconds; a C program that watches them too says when"
                    + " each died.",
            "\"threads\" are OS threads more than before the first child, without the JVM's"
                    + " compilers and collectors. \"heap\" and \"resident\" are bytes per child;"
                    + " resident memory includes what the heap grew by, unless the JVM has it all"
                    + " from the start: java -Xms128m -Xmx128m -XX:+AlwaysPreTouch -jar ...",
            "\"CPU\" is microseconds of processor time for each child from before its start to the"
                    + " word of its end, the child's and those of all threads of the JVM included.",
            "This library and ProcessBuilder one after the other, as both at once would not fit."
        })
final class LiveCommand implements Callable<Integer> {
    private static final double MEDIAN = 0.5;
    private static final double TAIL = 0.99;
    private static final double ALL = 1;
    private static final double US_PER_MS = 1e3;

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

    @Option(names = "--json", description = "Prints JSON instead of a table.")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (children < 1 || jdkChildren < 0) {
            throw new ParameterException(spec.commandLine(), "numbers must be positive");
        }
        Machine machine = new Machine();
        List<LiveChildren.Result> results = new ArrayList<>();
        try (NativePrograms programs = new NativePrograms()) {
            for (Starter starter : Starter.values()) {
                int count = starter == Starter.JDK ? jdkChildren : children;
                if (count > 0) {
                    try (LiveChildren live = new LiveChildren(starter, programs)) {
                        results.add(live.measure(count));
                    }
                }
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(
                json
                        ? Json.write(document(results, machine)) + "\n"
                        : table(results) + machine.text());
        out.flush();
        return 0;
    }

    private static String table(List<LiveChildren.Result> results) {
        Table table =
                new Table("lrrrrrrrrr")
                        .row(
                                "",
                                "children",
                                "start",
                                "threads",
                                "heap",
                                "resident",
                                "CPU",
                                "notice p50",
                                "p99",
                                "max");
        for (LiveChildren.Result result : results) {
            table.row(
                    result.starter().toString(),
                    Integer.toString(result.count()),
                    Units.of(result.start()),
                    Integer.toString(result.threads()),
                    Long.toString(result.heapBytes()),
                    Long.toString(result.residentBytes()),
                    format(result.cpuMicros()),
                    format(millis(result.notices(), MEDIAN)),
                    format(millis(result.notices(), TAIL)),
                    format(millis(result.notices(), ALL)));
        }
        return table.toString();
    }

    private static Map<String, Object> document(
            List<LiveChildren.Result> results, Machine machine) {
        Map<String, Object> document = new LinkedHashMap<>();
        machine.describe(document);
        document.put(
                "results", results.stream().map(LiveCommand::entry).collect(Collectors.toList()));
        return document;
    }

    private static Map<String, Object> entry(LiveChildren.Result result) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("starter", result.starter());
        entry.put("children", result.count());
        entry.put("startMillis", result.start().toMillis());
        entry.put("threads", result.threads());
        entry.put("heapBytesPerChild", result.heapBytes());
        entry.put("residentBytesPerChild", result.residentBytes());
        entry.put("cpuMicrosPerChild", result.cpuMicros());
        entry.put("noticeP50Millis", millis(result.notices(), MEDIAN));
        entry.put("noticeP99Millis", millis(result.notices(), TAIL));
        entry.put("noticeMaxMillis", millis(result.notices(), ALL));
        return entry;
    }

    private static double millis(Times times, double share) {
        return times.micros(share) / US_PER_MS;
    }

    private static String format(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
