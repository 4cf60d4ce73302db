// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
            "Each way has a process of its own. They take turns in batches of "
                    + Comparison.BATCH
                    + ", in another order each time, after a warm-up; until the ratios are known to"
                    + " 3 %%, or a bound is met. \"start\" is the time until the start has returned,"
                    + " \"total\" until the exit is known, \"CPU\" the processor time of the"
                    + " starter and of the child, user and system, which other programs disturb least.",
            "Batches during which others used more than a tenth of the machine are left out and"
                    + " counted.",
            "All standard streams lead to /dev/null; NuProcess cannot redirect and has pipes"
                    + " instead. \"floor\" is a C program that does clone3, execve and waitid in a"
                    + " loop, and \"floor-equal\" the same with all that the library does for a"
                    + " template: default signals, descriptors, the look at the program, and a wait"
                    + " that can be ended. \"floor-signals\", \"floor-descriptors\" and"
                    + " \"floor-parent\" lie between them, each with what the one before it does;"
                    + " \"floor-native\" is the library without Java.",
            "Whether a child runs on its starter's processor or on another changes the times more"
                    + " than anything else. The default program says where it ran, and"
                    + " batches in which it ran elsewhere are shown on their own."
        })
final class CompareCommand implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--program",
            paramLabel = "PROGRAM",
            description =
                    "A path, or a name that is searched in PATH; it gets no arguments. Default: a"
                            + " static program that only exits, with the number of its"
                            + " processor.")
    String program;

    @Option(
            names = "--count",
            paramLabel = "N",
            description =
                    "Starts in each way, in whole batches, ten or more. Default: as many as it takes"
                            + " to know the ratios, from "
                            + Comparison.LEAST_ROUNDS * Comparison.BATCH
                            + " to "
                            + Comparison.MOST_ROUNDS * Comparison.BATCH
                            + ", but at most "
                            + Comparison.COUNT_S
                            + " seconds.")
    Integer count;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description =
                    "Starts in each way that are not measured. Default: "
                            + Comparison.WARM_UP
                            + ", but at most "
                            + Comparison.WARM_UP_S
                            + " seconds, and then until the compilers are quiet.")
    Integer warmUp;

    @Option(
            names = "--spawners",
            paramLabel = "NAME",
            split = ",",
            converter = SpawnerTypeConverter.class,
            description =
                    "The ways, separated by commas: ${COMPLETION-CANDIDATES}. Default: one for each"
                            + " library, ours with all strategies, floor and floor-equal;"
                            + " spawn4j-warm and spawn4j-parked need a program that is dynamically"
                            + " linked, such as true. The first is what all others are measured"
                            + " against until they are known well enough.")
    Set<SpawnerType> spawners = SpawnerType.usual();

    @Option(
            names = "--cgroup",
            description =
                    "Only compares spawn4j-clone3 with spawn4j-cgroup, whose children are born in a"
                            + " cgroup of their own, and spawn4j-cgroup-moved, whose children are"
                            + " put there after their start.")
    boolean cgroup;

    @Option(
            names = "--pin",
            description =
                    "Everything runs on one processor, the last that it may use: this JVM with all"
                            + " its threads, put there by taskset(1), and so all that it"
                            + " starts.")
    boolean pin;

    @Option(
            names = "--open-files",
            paramLabel = "N",
            description = "Files that the JVM has open meanwhile. Default: ${DEFAULT-VALUE}.")
    int openFiles;

    @Option(
            names = "--early-files",
            paramLabel = "N",
            description =
                    "Files that the JVM opens before it loads the library of a way, and keeps"
                            + " open, as if it had so many jars. Default: ${DEFAULT-VALUE}.")
    int earlyFiles;

    @Option(
            names = "--resident-mib",
            paramLabel = "N",
            description =
                    "MiB of memory that the JVM has in use meanwhile. Default: ${DEFAULT-VALUE}.")
    int residentMib;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Of the order of the turns. Default: another one each time.")
    long seed = System.nanoTime();

    @Mixin JsonOption json;

    @Mixin HtmlOption html;

    /** The one of {@link #pin}. */
    private int processor;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (isNotPositive(count) || isNotPositive(warmUp) || isNegative()) {
            throw new ParameterException(spec.commandLine(), "numbers must be positive");
        }
        // Only a program of ours says where it ran, and on one processor there is no other.
        boolean placesKnown = program == null && !pin;
        Map<SpawnerType, Measurement> results;
        Machine machine = new Machine();
        Remarks remarks = new Remarks(spec.commandLine().getErr());
        Burden burden = new Burden(openFiles, residentMib, earlyFiles);
        Set<SpawnerType> ways = cgroup ? SpawnerType.ofCgroups() : spawners;
        Ballast.check(burden, ways.size());
        try (NativePrograms programs = new NativePrograms();
                Comparison comparison =
                        new Comparison(Comparison.effort(count, warmUp), seed, remarks)) {
            program = program == null ? programs.path("noop_cpu") : Programs.find(program);
            if (pin) {
                processor = Processors.pin();
            }
            comparison.open(ways, program, burden, programs);
            results = comparison.measure();
        }
        ComparisonReport report = new ComparisonReport(results, placesKnown);
        html.write(machine, remarks.all(), StartFigures.of(results, placesKnown));
        json.print(
                spec.commandLine().getOut(),
                () -> document(report, machine),
                () -> tables(report) + machine.text());
        return 0;
    }

    private boolean isNegative() {
        return openFiles < 0 || earlyFiles < 0 || residentMib < 0;
    }

    private static boolean isNotPositive(Integer number) {
        return number != null && number < 1;
    }

    private String tables(ComparisonReport report) {
        return String.format(
                        "%s, %sstarts each after a warm-up of %s; %s; %d more files open,"
                                + " %d before libraries are loaded, %d MiB more in use%n%n",
                        program,
                        count == null ? "" : count + " ",
                        warmUp == null
                                ? Comparison.WARM_UP + " (at most " + Comparison.WARM_UP_S + " s)"
                                : warmUp.toString(),
                        pin ? "all on processor " + processor : "on any processor",
                        openFiles + earlyFiles,
                        earlyFiles,
                        residentMib)
                + report.tables();
    }

    private Map<String, Object> document(ComparisonReport report, Machine machine) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("program", program);
        document.put("count", count);
        document.put("warmUp", warmUp);
        document.put("processor", pin ? (Integer) processor : null);
        document.put("openFiles", openFiles);
        document.put("earlyFiles", earlyFiles);
        document.put("residentMib", residentMib);
        document.put("seed", seed);
        machine.describe(document);
        document.put("results", report.entries());
        return document;
    }
}
