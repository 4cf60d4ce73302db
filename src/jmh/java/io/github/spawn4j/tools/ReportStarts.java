package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The report's figures of starts, one after the other. */
final class ReportStarts {
    private static final String TOTAL = "µs from a start to the known exit";
    private static final String SPREAD =
            "Points are medians; their spread leads from the 10th to the 90th percentile. A program"
                    + " that only exits; standard streams lead to /dev/null, but for NuProcess,"
                    + " which has pipes.";
    private static final double LOW = 0.1;
    private static final double HIGH = 0.9;
    private static final int PERCENT = 100;

    /** Of a distribution's curve, in percent; the last ones are of the tail. */
    private static final List<Double> SHARES =
            List.of(
                    1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0, 40.0, 45.0, 50.0, 55.0, 60.0,
                    65.0, 70.0, 75.0, 80.0, 85.0, 90.0, 92.0, 94.0, 96.0, 97.0, 98.0, 99.0, 99.5,
                    99.9);

    private static final Set<SpawnerType> ALL =
            EnumSet.of(
                    SpawnerType.JDK,
                    SpawnerType.JDK_VFORK,
                    SpawnerType.NUPROCESS,
                    SpawnerType.NUPROCESS_RUN,
                    SpawnerType.ZT_EXEC,
                    SpawnerType.COMMONS_EXEC,
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
    private final PrintWriter err;

    ReportStarts(NativePrograms programs, Effort effort, PrintWriter err) {
        this.programs = programs;
        this.effort = effort;
        this.err = err;
    }

    private Map<SpawnerType, Measurement> measure(Set<SpawnerType> types, Burden burden)
            throws IOException, InterruptedException {
        return measure(types, burden, false);
    }

    private Map<SpawnerType, Measurement> measure(
            Set<SpawnerType> types, Burden burden, boolean pinned)
            throws IOException, InterruptedException {
        Ballast.check(burden, types.size());
        try (Comparison comparison = new Comparison(effort, System.nanoTime(), err)) {
            if (pinned) {
                comparison.pin();
            }
            comparison.open(types, programs.path("noop_cpu"), burden, programs);
            return comparison.measure();
        }
    }

    /** Distributions, ratios to the JDK, and processor time. */
    List<Plot> unburdened() throws IOException, InterruptedException {
        Map<SpawnerType, Measurement> results = measure(ALL, Burden.NONE);
        List<Series> curves = new ArrayList<>();
        results.forEach((type, result) -> curves.add(curve(type, result.all())));
        Plot distributions =
                new Plot(
                        "distributions",
                        Shape.LINES,
                        "How long starts take, from the quickest to the slowest",
                        "The further left a curve, the quicker; the steeper, the more alike are its"
                                + " starts. What lies to the right of floor-equal, a C program that"
                                + " does the same work, is the price of Java and of each way.",
                        "A program that only exits, started again and again by a JVM for each way,"
                                + " in turns. "
                                + elsewhere(results),
                        Axis.logarithmic(TOTAL),
                        Axis.linear("% of starts that took no longer"),
                        curves);
        return List.of(distributions, ratios(results), cpu(results));
    }

    private static Series curve(SpawnerType type, Samples samples) {
        Series curve = new Series(type.toString());
        for (double share : SHARES) {
            double micros = samples.totalMicros(share / PERCENT);
            curve.add(new Point(micros, share, Double.NaN, Double.NaN, samples.size()));
        }
        return curve;
    }

    private static String elsewhere(Map<SpawnerType, Measurement> results) {
        return results.entrySet().stream()
                .filter(entry -> entry.getValue().all().elsewhereShare().isPresent())
                .map(
                        entry ->
                                String.format(
                                        Locale.ROOT,
                                        "%s %.0f %%",
                                        entry.getKey(),
                                        entry.getValue().all().elsewhereShare().getAsDouble()
                                                * PERCENT))
                .collect(
                        Collectors.joining(
                                ", ",
                                "Children that ran on another processor than their starter, which"
                                        + " takes longer: ",
                                "."));
    }

    private static Plot ratios(Map<SpawnerType, Measurement> results) {
        Measurement jdk = results.get(SpawnerType.JDK);
        List<String> steps = new ArrayList<>();
        Series start = new Series("until the start returns");
        Series total = new Series("until the exit is known");
        Series cpu = new Series("processor time");
        results.forEach(
                (type, result) -> {
                    if (type != SpawnerType.JDK) {
                        add(start, steps.size(), result, jdk, Figure.START);
                        add(total, steps.size(), result, jdk, Figure.TOTAL);
                        add(cpu, steps.size(), result, jdk, Figure.CPU);
                        steps.add(type.toString());
                    }
                });
        return new Plot(
                "ratios",
                Shape.BARS,
                "Starts, compared with ProcessBuilder's",
                "Below 1 is less than ProcessBuilder needs. Processor time is what a busy machine"
                        + " has left for others, and what other programs disturb least. NuProcess's"
                        + " run and commons-exec return only when the exit is known.",
                "The medians of the rounds' ratios; the spread holds the true ratio in 95 of 100"
                        + " runs. Where it holds 1, the two cannot be told apart.",
                Axis.steps("", steps),
                Axis.linear("divided by ProcessBuilder's"),
                List.of(start, total, cpu));
    }

    private static void add(
            Series series, int step, Measurement result, Measurement jdk, Figure figure) {
        result.ratio(jdk, figure)
                .ifPresent(
                        ratio ->
                                series.add(
                                        new Point(
                                                step,
                                                ratio.value(),
                                                ratio.low(),
                                                ratio.high(),
                                                result.all().size())));
    }

    private static Plot cpu(Map<SpawnerType, Measurement> results) {
        Series cpu = new Series("user and system");
        List<String> steps = new ArrayList<>();
        results.forEach(
                (type, result) -> {
                    Samples all = result.all();
                    if (all.cpuNs() > 0) {
                        cpu.add(
                                new Point(
                                        steps.size(),
                                        all.cpuMicros(),
                                        Double.NaN,
                                        Double.NaN,
                                        all.size()));
                        steps.add(type.toString());
                    }
                });
        return new Plot(
                "cpu",
                Shape.BARS,
                "The processor time of a start",
                "What a start takes from the machine, whoever waits for it: the starting process"
                        + " with all its threads, and the child from its birth to its exit.",
                "The mean of all starts.",
                Axis.steps("", steps),
                Axis.linear("µs of processor time"),
                List.of(cpu));
    }

    /** What it changes where the child runs. */
    List<Plot> byProcessor() throws IOException, InterruptedException {
        List<String> steps = new ArrayList<>();
        Series anywhere = new Series("on any processor");
        Series pinned = new Series("all on one processor");
        Map<SpawnerType, Measurement> free = measure(PINNED, Burden.NONE);
        Map<SpawnerType, Measurement> kept = measure(PINNED, Burden.NONE, true);
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
                        elsewhere(free) + " " + SPREAD,
                        Axis.steps("", steps),
                        Axis.linear(TOTAL),
                        List.of(anywhere, pinned)));
    }

    List<Plot> byOpenFiles(List<Integer> numbers) throws IOException, InterruptedException {
        Map<SpawnerType, Series> series = new EnumMap<>(SpawnerType.class);
        List<String> steps = new ArrayList<>();
        for (int number : numbers) {
            add(series, steps.size(), measure(BURDENED_BY_FILES, new Burden(number, 0)));
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
                        SPREAD,
                        Axis.steps("files that the JVM has open besides its own", steps),
                        Axis.logarithmic(TOTAL),
                        List.copyOf(series.values())));
    }

    List<Plot> byMemory(List<Integer> mebibytes) throws IOException, InterruptedException {
        Map<SpawnerType, Series> series = new EnumMap<>(SpawnerType.class);
        List<String> steps = new ArrayList<>();
        for (int mib : mebibytes) {
            Burden burden = new Burden(0, mib);
            try {
                Ballast.check(burden, BURDENED_BY_MEMORY.size());
            } catch (IOException e) {
                err.println("left out: " + e.getMessage());
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
                        SPREAD,
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

    private static Point point(int step, Samples samples) {
        return new Point(
                step,
                samples.totalMicros(Percentiles.MEDIAN),
                samples.totalMicros(LOW),
                samples.totalMicros(HIGH),
                samples.size());
    }
}
