// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.ExitNotifier;
import java.io.IOException;
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
                    + ", in another order each time, after a warm-up; \"p50 of jdk\" and \"p99 of"
                    + " jdk\" are divided by those of ProcessBuilder, in brackets what they are with"
                    + " a certainty of 95 %%, and ~ means: cannot be told apart. \"CPU\" is the"
                    + " processor time for a start and its exit, the child's included; \"left out\""
                    + " are batches during which others used the machine.",
            "All standard streams lead to /dev/null; NuProcess cannot redirect and has pipes"
                    + " instead."
        })
final class ExitsCommand implements Callable<Integer> {
    private static final double MEDIAN = Percentiles.MEDIAN;
    private static final double TAIL = Percentiles.TAIL;
    private static final double ALL = Percentiles.ALL;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "Exits for each way. Default: ${DEFAULT-VALUE}.")
    int count = 1000;

    @Mixin JsonOption json;

    @Mixin HtmlOption html;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count must be positive");
        }
        Machine machine = new Machine();
        Remarks remarks = new Remarks(spec.commandLine().getErr());
        Map<ExitNotifier, Notices> results;
        try (NativePrograms programs = new NativePrograms();
                Notification notification = new Notification(programs, remarks)) {
            notification.warmUp();
            results = notification.measure(count);
        }
        html.write(machine, remarks.all(), ExitsFigures.of(results));
        json.print(
                spec.commandLine().getOut(),
                () -> document(results, machine),
                () -> table(results) + machine.text());
        return 0;
    }

    private static String table(Map<ExitNotifier, Notices> results) {
        Notices jdk = results.get(ExitNotifier.JDK);
        Table table =
                new Table("lrrrrrrr")
                        .row(
                                "",
                                "p50",
                                "p99",
                                "max",
                                "p50 of jdk",
                                "p99 of jdk",
                                "CPU",
                                "left out");
        results.forEach(
                (notifier, notices) ->
                        table.row(
                                notifier.toString(),
                                format("%.0f", notices.micros(MEDIAN)),
                                format("%.0f", notices.micros(TAIL)),
                                format("%.0f", notices.micros(ALL)),
                                notices.ratio(jdk, MEDIAN).toString(),
                                notices.ratio(jdk, TAIL).toString(),
                                format("%.0f", notices.cpuMicros()),
                                Integer.toString(notices.rejected())));
        return table.toString();
    }

    private Map<String, Object> document(Map<ExitNotifier, Notices> results, Machine machine) {
        Notices jdk = results.get(ExitNotifier.JDK);
        List<Object> entries = new ArrayList<>();
        results.forEach((notifier, notices) -> entries.add(entry(notifier, notices, jdk)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("count", count);
        machine.describe(document);
        document.put("results", entries);
        return document;
    }

    private static Map<String, Object> entry(ExitNotifier notifier, Notices notices, Notices jdk) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("notifier", notifier);
        entry.put("p50Micros", notices.micros(MEDIAN));
        entry.put("p99Micros", notices.micros(TAIL));
        entry.put("maxMicros", notices.micros(ALL));
        entry.put("p50OfJdk", notices.ratio(jdk, MEDIAN).entry());
        entry.put("p99OfJdk", notices.ratio(jdk, TAIL).entry());
        entry.put("cpuMicros", notices.cpuMicros());
        entry.put("batches", notices.rounds());
        entry.put("rejectedBatches", notices.rejected());
        return entry;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
