package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.ExitNotifier;
import io.github.spawn4j.tools.spawners.Times;
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

/** Measures how soon an exit is known to who does not wait for it. */
@Command(
        name = "exits",
        description = {
            "Starts a program again and again, one after the other, and measures how long after its"
                    + " end the exit callback is called: onExit() of ProcessBuilder's processes and"
                    + " of this library's, and NuProcess's handler. In microseconds.",
            "The program ends after 2 ms, when all that want to know of it have asked, and says"
                    + " itself when, in the last moment. The ways take turns in"
                    + " batches of "
                    + Notification.BATCH
                    + ", after a warm-up; \"p99 of jdk\" is the p99 divided by that of"
                    + " ProcessBuilder.",
            "All standard streams lead to /dev/null; NuProcess cannot redirect and has pipes"
                    + " instead."
        })
final class ExitsCommand implements Callable<Integer> {
    private static final double MEDIAN = 0.5;
    private static final double TAIL = 0.99;
    private static final double ALL = 1;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Exits for each way. Default: ${DEFAULT-VALUE}.")
    int count = 1000;

    @Option(names = "--json", description = "Prints JSON instead of a table.")
    boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be positive");
        }
        Map<ExitNotifier, Times> results;
        try (NativePrograms programs = new NativePrograms();
                Notification notification =
                        new Notification(programs, spec.commandLine().getErr())) {
            notification.warmUp();
            results = notification.measure(count);
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(json ? Json.write(document(results)) + "\n" : table(results));
        out.flush();
        return 0;
    }

    private static String table(Map<ExitNotifier, Times> results) {
        double jdk = results.get(ExitNotifier.JDK).micros(TAIL);
        Table table = new Table("lrrrr").row("", "p50", "p99", "max", "p99 of jdk");
        results.forEach(
                (notifier, times) ->
                        table.row(
                                notifier.toString(),
                                format("%.0f", times.micros(MEDIAN)),
                                format("%.0f", times.micros(TAIL)),
                                format("%.0f", times.micros(ALL)),
                                format("%.3f", times.micros(TAIL) / jdk)));
        return table.toString();
    }

    private Map<String, Object> document(Map<ExitNotifier, Times> results) {
        List<Object> entries = new ArrayList<>();
        results.forEach(
                (notifier, times) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("notifier", notifier);
                    entry.put("p50Micros", times.micros(MEDIAN));
                    entry.put("p99Micros", times.micros(TAIL));
                    entry.put("maxMicros", times.micros(ALL));
                    entries.add(entry);
                });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("count", count);
        document.put("results", entries);
        return document;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
