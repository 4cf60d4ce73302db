package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.tools.agent.Result;
import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rounds;
import io.github.spawn4j.tools.report.Axis;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Point;
import io.github.spawn4j.tools.report.Series;
import io.github.spawn4j.tools.spawners.Contender;
import io.github.spawn4j.tools.spawners.ExitNotifier;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Streams;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The report's figures of all but starts one after the other. */
final class ReportOthers {
    private static final double MEDIAN = Percentiles.MEDIAN;
    private static final double TAIL = Percentiles.TAIL;
    private static final double ALL = Percentiles.ALL;
    private static final int PERCENT = 100;
    private static final double KIB = 1024;
    private static final double MIB = 1 << 20;
    private static final double NS_PER_S = 1e9;

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Of what {@code live} says, the part that the report shows. */
    private static final Pattern LIVE =
            Pattern.compile(
                    "\"starter\":\"(?<starter>\\w+)\"[^}]*\"threads\":(?<threads>-?\\d+)"
                            + "[^}]*\"residentBytesPerChild\":(?<bytes>-?\\d+)");

    private final NativePrograms programs;
    private final PrintWriter err;

    ReportOthers(NativePrograms programs, PrintWriter err) {
        this.programs = programs;
        this.err = err;
    }

    private static Point exact(double x, double y, int samples) {
        return new Point(x, y, Double.NaN, Double.NaN, samples);
    }

    List<Plot> cold(int jvms) throws IOException, InterruptedException {
        Map<ColdWay, ColdTimes> times = new EnumMap<>(ColdWay.class);
        Rounds rounds = new Rounds(jvms, jvms, Duration.ZERO, System.nanoTime());
        for (int i = 0; i < jvms; i++) {
            for (ColdWay way : rounds.next(List.of(ColdWay.values()))) {
                times.computeIfAbsent(way, each -> new ColdTimes())
                        .measure(way, programs.path("noop"));
            }
        }
        List<Series> series = new ArrayList<>();
        List<String> steps = new ArrayList<>();
        times.forEach(
                (way, each) -> {
                    Series bars = new Series(way.toString());
                    steps.clear();
                    each.groups()
                            .forEach(
                                    (starts, samples) -> {
                                        bars.add(micros(steps.size(), samples));
                                        steps.add(starts.equals("1") ? "the first" : starts);
                                    });
                    series.add(bars);
                });
        return List.of(
                new Plot(
                        "cold",
                        Shape.BARS,
                        "The first starts of a JVM",
                        "A command-line program that starts a child or two never gets further than"
                                + " this: classes are loaded, and most code is interpreted.",
                        "Medians of several JVMs; the spread leads from the 10th to the 90th"
                                + " percentile.",
                        Axis.steps("starts", steps),
                        Axis.logarithmic("µs from a start to the known exit"),
                        series));
    }

    private static Point micros(int step, Samples samples) {
        return new Point(
                step,
                samples.totalMicros(MEDIAN),
                samples.totalMicros(0.1),
                samples.totalMicros(0.9),
                samples.size());
    }

    List<Plot> live(int children) throws IOException, InterruptedException {
        Series threads = new Series("threads");
        Series memory = new Series("memory");
        List<String> steps = new ArrayList<>();
        Matcher result = LIVE.matcher(liveInAnotherJvm(children));
        while (result.find()) {
            int step = steps.size();
            threads.add(
                    exact(step, Double.parseDouble(result.group("threads")) / children, children));
            memory.add(exact(step, Double.parseDouble(result.group("bytes")) / KIB, children));
            steps.add(result.group("starter"));
        }
        String spread =
                children
                        + " children that sleep, with three pipes each; without the JVM's compilers"
                        + " and collectors.";
        return List.of(
                new Plot(
                        "live-threads",
                        Shape.BARS,
                        "Threads of a living child",
                        "ProcessBuilder has a thread of the operating system wait for each child;"
                                + " this library has one for all of them.",
                        spread,
                        Axis.steps("", steps),
                        Axis.linear("threads for each living child"),
                        List.of(threads)),
                new Plot(
                        "live-memory",
                        Shape.BARS,
                        "Memory of a living child",
                        "What the JVM, not the child, uses for each child that lives: its thread's"
                                + " stack, its buffers and its objects.",
                        spread + " Resident memory, that of the heap included.",
                        Axis.steps("", steps),
                        Axis.linear("KiB for each living child"),
                        List.of(memory)));
    }

    /** One that has all its heap from the beginning, so that only its growth is not counted. */
    private static String liveInAnotherJvm(int children) throws IOException, InterruptedException {
        List<String> command =
                Jvms.command(
                        List.of("-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch"),
                        Main.class,
                        "live",
                        "--json",
                        "--children",
                        children,
                        "--jdk-children",
                        children);
        return PidfdProcess.builder(command.get(0))
                .args(command.subList(1, command.size()))
                .run(RunOptions.timeout(LIMIT).expectExit(0))
                .stdout()
                .text();
    }

    List<Plot> threads(List<Integer> numbers, int rounds, int roundMs)
            throws IOException, InterruptedException {
        List<Crowd> crowds = new ArrayList<>();
        for (Contender contender : Contender.values()) {
            for (int number : numbers) {
                String program = programs.path("noop");
                crowds.add(new Crowd(contender, program, Streams.DISCARDED, number));
            }
            new Crowd(contender, programs.path("noop"), Streams.DISCARDED, 4)
                    .burst(2 * roundMs, programs);
        }
        Map<Crowd, double[]> perSecond = new LinkedHashMap<>();
        crowds.forEach(crowd -> perSecond.put(crowd, new double[rounds]));
        Rounds turns = new Rounds(rounds, rounds, Duration.ZERO, System.nanoTime());
        for (int round = 0; round < rounds; round++) {
            for (Crowd crowd : turns.next(crowds)) {
                Crowd once =
                        new Crowd(
                                crowd.contender(),
                                crowd.program(),
                                crowd.streams(),
                                crowd.threads());
                once.burst(roundMs, programs);
                perSecond.get(crowd)[round] = once.perSecond();
            }
        }
        Map<Contender, Series> series = new EnumMap<>(Contender.class);
        perSecond.forEach(
                (crowd, speeds) -> {
                    Arrays.sort(speeds);
                    series.computeIfAbsent(crowd.contender(), each -> new Series(each.toString()))
                            .add(
                                    new Point(
                                            numbers.indexOf(crowd.threads()),
                                            speeds[rounds / 2],
                                            speeds[0],
                                            speeds[rounds - 1],
                                            rounds));
                });
        return List.of(
                new Plot(
                        "threads",
                        Shape.LINES,
                        "Starts by many threads at once",
                        "How many children a program can start in a second if it does nothing else."
                                + " The floor is as many C programs as there are threads.",
                        "The median of the rounds; the spread leads from the worst to the best.",
                        Axis.steps("threads", numbers.stream().map(Object::toString).toList()),
                        Axis.linear("starts a second, of all threads together"),
                        List.copyOf(series.values())));
    }

    List<Plot> exits(int count, boolean warm) throws IOException, InterruptedException {
        Map<ExitNotifier, Notices> results;
        try (Notification notification = new Notification(programs, err)) {
            notification.warmUp(warm ? Notification.WARM_UP : 1);
            results = notification.measure(count);
        }
        List<Series> series = new ArrayList<>();
        results.forEach(
                (notifier, notices) ->
                        series.add(
                                new Series(notifier.toString())
                                        .add(exact(0, notices.micros(MEDIAN), count))
                                        .add(exact(1, notices.micros(TAIL), count))
                                        .add(exact(2, notices.micros(ALL), count))));
        return List.of(
                new Plot(
                        "exits",
                        Shape.BARS,
                        "How soon an exit is known",
                        "From the last moment of a child to the callback that tells of it: what a"
                                + " build or a pool of workers waits for in vain after each child.",
                        "The child says itself when it ends. NuProcess looks for exits every"
                                + " quarter of a second, unless the child closes its streams.",
                        Axis.steps("", List.of("median", "99 % sooner", "longest")),
                        Axis.logarithmic("µs from the end to the callback"),
                        series));
    }

    List<Plot> agentTools(int calls) throws IOException, InterruptedException {
        AgentTools tools = new AgentTools(Workload.tools(), calls, err);
        Map<Split, Map<Way, Result>> results =
                tools.measure(Split.ofProposal(), List.of(Way.JDK, Way.BUILDER, Way.TEMPLATE));
        Map<Way, Series> gains = new EnumMap<>(Way.class);
        Series proposal = new Series("kernel proposal");
        List<String> steps = new ArrayList<>();
        results.forEach(
                (split, ways) -> {
                    ways.forEach(
                            (way, result) ->
                                    result.speed(ways.get(Way.JDK))
                                            .filter(ratio -> way != Way.JDK)
                                            .ifPresent(
                                                    ratio ->
                                                            gains.computeIfAbsent(
                                                                            way,
                                                                            each ->
                                                                                    new Series(
                                                                                            each
                                                                                                    .toString()))
                                                                    .add(
                                                                            gain(
                                                                                    steps.size(),
                                                                                    ratio,
                                                                                    result))));
                    proposal.add(exact(steps.size(), split.proposalPercent(), 0));
                    steps.add(split.toString());
                });
        List<Series> series = new ArrayList<>(gains.values());
        series.add(proposal);
        return List.of(
                new Plot(
                        "agent-tools",
                        Shape.BARS,
                        "Real tools, as a coding agent calls them",
                        "How many more calls of grep, git, python3 and others a second are made than"
                                + " with ProcessBuilder, beside what the kernel proposal gained over"
                                + " its author's own launch path. The tools themselves take most of"
                                + " the time, which no way to start can save.",
                        "The spread holds the true gain in 95 of 100 runs; where it holds 0, there"
                                + " may be none.",
                        Axis.steps("workers x calls that each has in flight", steps),
                        Axis.linear("% more calls a second than ProcessBuilder"),
                        series));
    }

    private static Point gain(int step, Ratio ratio, Result result) {
        return new Point(
                step,
                (ratio.value() - 1) * PERCENT,
                (ratio.low() - 1) * PERCENT,
                (ratio.high() - 1) * PERCENT,
                result.calls());
    }

    List<Plot> output(int mib, int rounds) throws IOException, InterruptedException {
        Map<Starter, double[]> speeds = new EnumMap<>(Starter.class);
        Rounds turns = new Rounds(rounds, rounds, Duration.ZERO, System.nanoTime());
        for (Starter starter : Starter.values()) {
            speeds.put(starter, new double[rounds]);
            read(starter, mib);
        }
        for (int round = 0; round < rounds; round++) {
            for (Starter starter : turns.next(speeds.keySet())) {
                speeds.get(starter)[round] = read(starter, mib);
            }
        }
        List<String> steps = new ArrayList<>();
        Series series = new Series("MiB/s");
        speeds.forEach(
                (starter, each) -> {
                    Arrays.sort(each);
                    series.add(
                            new Point(
                                    steps.size(),
                                    each[rounds / 2],
                                    each[rounds / 10],
                                    each[rounds - 1 - rounds / 10],
                                    rounds));
                    steps.add(starter.toString());
                });
        return List.of(
                new Plot(
                        "output",
                        Shape.BARS,
                        "Output of a child",
                        "How fast what a child prints comes into the JVM; most programs print less"
                                + " than a pipe holds, and do not care.",
                        mib
                                + " MiB from head -c, read in pieces of 64 KiB. Medians; the spread"
                                + " leads from the 10th to the 90th percentile.",
                        Axis.steps("", steps),
                        Axis.linear("MiB a second"),
                        List.of(series)));
    }

    /** Returns MiB a second. */
    private static double read(Starter starter, int mib) throws IOException, InterruptedException {
        long size = (long) (mib * MIB);
        long beganNs = System.nanoTime();
        Process process = starter.start(List.of("head", "-c", Long.toString(size), "/dev/zero"));
        long left = size;
        try (InputStream stream = process.getInputStream()) {
            byte[] bytes = new byte[1 << 16];
            int count;
            while ((count = stream.read(bytes)) >= 0) {
                left -= count;
            }
        }
        process.waitFor();
        if (left != 0) {
            throw new IOException(left + " bytes of output are missing");
        }
        return mib * NS_PER_S / (System.nanoTime() - beganNs);
    }
}
