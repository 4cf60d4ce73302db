// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The report's figures of starts, one after the other. */
final class ReportStarts {
    private static final String TOTAL = StartFigures.TOTAL;
    private static final String PROGRAM =
            "A program that only exits; standard streams lead to /dev/null, but for NuProcess, which"
                    + " has pipes, and pty4j, which has a terminal.";
    private static final Set<SpawnerType> ALL =
            EnumSet.of(
                    SpawnerType.JDK,
                    SpawnerType.JDK_VFORK,
                    SpawnerType.NUPROCESS,
                    SpawnerType.NUPROCESS_RUN,
                    SpawnerType.ZT_EXEC,
                    SpawnerType.COMMONS_EXEC,
                    SpawnerType.PTY4J,
                    SpawnerType.SMALLRYE,
                    SpawnerType.SPAWN4J_CLONE3,
                    SpawnerType.SPAWN4J_TEMPLATE,
                    SpawnerType.FLOOR,
                    SpawnerType.FLOOR_EQUAL);

    private static final Set<SpawnerType> BURDENED_BY_FILES =
            EnumSet.of(
                    SpawnerType.JDK,
                    SpawnerType.JDK_VFORK,
                    SpawnerType.NUPROCESS_RUN,
                    SpawnerType.SPAWN4J_CLONE3,
                    SpawnerType.SPAWN4J_TEMPLATE);

    private static final Set<SpawnerType> BURDENED_BY_MEMORY =
            EnumSet.of(
                    SpawnerType.JDK,
                    SpawnerType.JDK_FORK,
                    SpawnerType.SPAWN4J_FORK,
                    SpawnerType.SPAWN4J_TEMPLATE);

    private static final Set<SpawnerType> PINNED =
            EnumSet.of(
                    SpawnerType.JDK,
                    SpawnerType.SPAWN4J_CLONE3,
                    SpawnerType.SPAWN4J_TEMPLATE,
                    SpawnerType.FLOOR,
                    SpawnerType.FLOOR_EQUAL);

    private final NativePrograms programs;
    private final Effort effort;
    private final Remarks remarks;

    ReportStarts(NativePrograms programs, Effort effort, Remarks remarks) {
        this.programs = programs;
        this.effort = effort;
        this.remarks = remarks;
    }

    private Map<SpawnerType, Measurement> measure(Set<SpawnerType> types, Burden burden)
            throws IOException, InterruptedException {
        return measure(types, burden, effort, false);
    }

    private Map<SpawnerType, Measurement> measure(
            Set<SpawnerType> types, Burden burden, Effort effort, boolean pinned)
            throws IOException, InterruptedException {
        Ballast.check(burden, types.size());
        try (Comparison comparison = new Comparison(effort, System.nanoTime(), remarks)) {
            if (pinned) {
                comparison.pin();
            }
            comparison.open(types, programs.path("noop_cpu"), burden, programs);
            return comparison.measure();
        }
    }

    /**
     * Distributions, ratios to the JDK, and processor time.
     *
     * @param jvms how many JVMs each way has, one after the other: what the compiler makes of the
     *     same code differs from one to the next, by more than the rounds of one do
     */
    List<Plot> unburdened(int jvms) throws IOException, InterruptedException {
        Set<SpawnerType> types = EnumSet.copyOf(ALL);
        types.addAll(SpawnerType.ofOtherJdks());
        Map<SpawnerType, Measurement> all = new EnumMap<>(SpawnerType.class);
        for (int jvm = 0; jvm < jvms; jvm++) {
            measure(types, Burden.NONE, effort.dividedBy(jvms), false)
                    .forEach(
                            (type, result) ->
                                    all.computeIfAbsent(type, each -> new Measurement())
                                            .addAll(result));
        }
        return StartFigures.of(all, true);
    }

    /** What it changes where the child runs. */
    List<Plot> byProcessor() throws IOException, InterruptedException {
        List<String> steps = new ArrayList<>();
        Series anywhere = new Series("on any processor");
        Series pinned = new Series("all on one processor");
        Map<SpawnerType, Measurement> free = measure(PINNED, Burden.NONE);
        Map<SpawnerType, Measurement> kept = measure(PINNED, Burden.NONE, effort, true);
        free.forEach(
                (type, result) -> {
                    if (kept.containsKey(type)) {
                        anywhere.add(point(steps.size(), result.all()));
                        pinned.add(point(steps.size(), kept.get(type).all()));
                        steps.add(type.toString());
                    }
                });
        return List.of(
                new Plot(
                        "processors",
                        Shape.BARS,
                        "A start, by where the child may run",
                        "The kernel may start the child on another processor, which takes longer to"
                                + " wake and to fill its caches, but leaves the first one to the"
                                + " parent. A benchmark that is pinned looks better than life.",
                        StartFigures.elsewhere(free) + " " + PROGRAM,
                        Spread.RANGE,
                        Axis.steps("", steps),
                        Axis.linear(TOTAL),
                        List.of(anywhere, pinned)));
    }

    List<Plot> byOpenFiles(List<Integer> numbers) throws IOException, InterruptedException {
        Map<SpawnerType, Series> series = new EnumMap<>(SpawnerType.class);
        List<String> steps = new ArrayList<>();
        for (int number : numbers) {
            add(series, steps.size(), measure(BURDENED_BY_FILES, new Burden(number, 0, 0)));
            steps.add(String.format(Locale.ROOT, "%,d", number));
        }
        return List.of(
                new Plot(
                        "files",
                        Shape.LINES,
                        "A start, by the files that the JVM has open",
                        "A server with many connections and files pays for each of them at every"
                                + " start, as the child has to close them; with spawn4j it does not,"
                                + " since the child never gets them.",
                        PROGRAM,
                        Spread.RANGE,
                        Axis.steps("files that the JVM has open besides its own", steps),
                        Axis.logarithmic(TOTAL),
                        List.copyOf(series.values())));
    }

    List<Plot> byMemory(List<Integer> mebibytes) throws IOException, InterruptedException {
        Map<SpawnerType, Series> series = new EnumMap<>(SpawnerType.class);
        List<String> steps = new ArrayList<>();
        for (int mib : mebibytes) {
            Burden burden = new Burden(0, mib, 0);
            try {
                Ballast.check(burden, BURDENED_BY_MEMORY.size());
            } catch (IOException e) {
                remarks.add("left out: " + e.getMessage());
                continue;
            }
            add(series, steps.size(), measure(BURDENED_BY_MEMORY, burden));
            steps.add(mib == 0 ? "small" : String.format(Locale.ROOT, "%,d MiB", mib));
        }
        return List.of(
                new Plot(
                        "memory",
                        Shape.LINES,
                        "A start, by the memory that the JVM uses",
                        "Whoever forks copies the page tables of all memory, and pays for the size"
                                + " of the heap; all other ways lend the memory to the child until"
                                + " it executes the program, and do not care.",
                        PROGRAM,
                        Spread.RANGE,
                        Axis.steps("memory that the JVM uses besides what it needs", steps),
                        Axis.logarithmic(TOTAL),
                        List.copyOf(series.values())));
    }

    private static void add(
            Map<SpawnerType, Series> series, int step, Map<SpawnerType, Measurement> results) {
        results.forEach(
                (type, result) ->
                        series.computeIfAbsent(type, each -> new Series(each.toString()))
                                .add(point(step, result.all())));
    }

    /** The median total of a step, in microseconds, and what lies around it. */
    static Point point(int step, Samples samples) {
        return new Point(
                step,
                samples.totalMicros(Percentiles.MEDIAN),
                samples.totalMicros(Percentiles.LOW),
                samples.totalMicros(Percentiles.HIGH),
                samples.size());
    }
}
