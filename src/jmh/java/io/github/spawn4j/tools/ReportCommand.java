package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Page;
import io.github.spawn4j.tools.report.Plot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what users ask for, and writes a page with figures. */
@Command(
        name = "report",
        description = {
            "Measures in less than ten minutes what starting processes costs, here and with other"
                    + " libraries, and writes a page with figures and a file with their numbers.",
            "The page needs no other file and no network. The numbers are of this machine at this"
                    + " time; the page says what about it can mislead. Nothing else should run"
                    + " meanwhile."
        })
final class ReportCommand implements Callable<Integer> {
    private static final int KIB = 1024;

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "The page. Default: ${DEFAULT-VALUE}.")
    Path html = Path.of("spawn4j-report.html");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "The numbers. Default: ${DEFAULT-VALUE}.")
    Path json = Path.of("spawn4j-report.json");

    @Option(
            names = "--sample",
            description = "Measures next to nothing: the page only shows what a report looks like.")
    boolean sample;

    private final List<String> leftOut = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        String began = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
        Machine machine = new Machine();
        List<Plot> plots;
        try (NativePrograms programs = new NativePrograms()) {
            plots = measure(sample ? sample(programs) : sections(programs));
        }
        String document = Json.write(document(began, machine, plots));
        Files.writeString(json, document + "\n");
        Files.writeString(html, Page.of(document));
        PrintWriter out = spec.commandLine().getOut();
        out.println(html.toAbsolutePath());
        out.println(json.toAbsolutePath());
        out.flush();
        return 0;
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private List<ReportSection> sections(NativePrograms programs) {
        ReportStarts starts = new ReportStarts(programs, Effort.BRIEF, err());
        ReportOthers others = new ReportOthers(programs, err());
        return List.of(
                new ReportSection("starts", 45, starts::unburdened),
                new ReportSection("processors", 40, starts::byProcessor),
                new ReportSection(
                        "open files",
                        110,
                        () -> starts.byOpenFiles(List.of(0, 100, 1_000, 10_000))),
                new ReportSection(
                        "memory", 80, () -> starts.byMemory(List.of(0, 256, KIB, 4 * KIB))),
                new ReportSection(
                        "threads", 45, () -> others.threads(List.of(1, 2, 8, 64), 5, 400)),
                new ReportSection("tools", 90, () -> others.agentTools(640)),
                new ReportSection("exits", 60, () -> others.exits(500, true)),
                new ReportSection("living children", 15, () -> others.live(500)),
                new ReportSection("output", 10, () -> others.output(64, 20)),
                new ReportSection("first starts", 20, () -> others.cold(10)));
    }

    private List<ReportSection> sample(NativePrograms programs) {
        ReportStarts starts = new ReportStarts(programs, Effort.LEAST, err());
        ReportOthers others = new ReportOthers(programs, err());
        return List.of(
                new ReportSection("starts", 5, starts::unburdened),
                new ReportSection("processors", 4, starts::byProcessor),
                new ReportSection("open files", 5, () -> starts.byOpenFiles(List.of(0, 100))),
                new ReportSection("memory", 5, () -> starts.byMemory(List.of(0, 64))),
                new ReportSection("threads", 1, () -> others.threads(List.of(1, 2), 3, 5)),
                new ReportSection("tools", 5, () -> others.agentTools(16)),
                new ReportSection("exits", 2, () -> others.exits(10, false)),
                new ReportSection("living children", 1, () -> others.live(10)),
                new ReportSection("output", 1, () -> others.output(1, 3)),
                new ReportSection("first starts", 2, () -> others.cold(1)));
    }

    private List<Plot> measure(List<ReportSection> sections) throws InterruptedException {
        List<Plot> plots = new ArrayList<>();
        try (TimedProgress progress = new TimedProgress(sections, err())) {
            for (ReportSection section : sections) {
                progress.next();
                try {
                    plots.addAll(section.measurement().measure());
                } catch (IOException e) {
                    leftOut.add("left out: " + section.name() + ": " + e.getMessage());
                }
            }
        }
        leftOut.forEach(err()::println);
        return plots;
    }

    private Map<String, Object> document(String began, Machine machine, List<Plot> plots) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("began", began);
        document.put("versions", Versions.all());
        document.put("command", "java -jar spawn4j-tools.jar report" + (sample ? " --sample" : ""));
        machine.describe(document);
        document.put("leftOut", leftOut);
        document.put("figures", plots.stream().map(Plot::entry).collect(Collectors.toList()));
        return document;
    }
}
