// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.report.Page;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.report.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            converter = OutputFileConverter.class,
            description = "The page. Default: ${DEFAULT-VALUE}.")
    Path html = Path.of("spawn4j-report.html");

    @Option(
            names = "--json",
            paramLabel = "FILE",
            converter = OutputFileConverter.class,
            description = "The numbers. Default: ${DEFAULT-VALUE}.")
    Path json = Path.of("spawn4j-report.json");

    @Option(
            names = "--sample",
            description = "Measures next to nothing: the page only shows what a report looks like.")
    boolean sample;

    @Option(
            names = "--only",
            paramLabel = "PART",
            split = ",",
            description =
                    "Only these parts, separated by commas: starts, processors, open files, "
                            + "memory, threads, tools, exits, living children, output, first starts.")
    List<String> only = List.of();

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description = "Measures nothing: makes the page of the numbers in this file.")
    Path from;

    /** What has been measured so far. */
    private final List<Plot> plots = new CopyOnWriteArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        if (from != null) {
            Files.writeString(html, Page.of(Report.read(from).json()));
            out.println(html.toAbsolutePath());
        } else if (!measure()) {
            return ExitCode.SOFTWARE;
        } else {
            out.println(html.toAbsolutePath());
            out.println(json.toAbsolutePath());
        }
        out.flush();
        return ExitCode.OK;
    }

    /** Returns whether the report is whole. */
    private boolean measure() throws IOException, InterruptedException {
        Machine machine = new Machine();
        Remarks remarks = new Remarks(err());
        try (NativePrograms programs = new NativePrograms()) {
            ReportSections all = new ReportSections(programs, remarks);
            List<ReportSection> sections = chosen(sample ? all.sample() : all.all());
            ReportFiles files = new ReportFiles(html, json);
            Thread keeper = new Thread(() -> keep("interrupted", files, machine, remarks));
            Runtime.getRuntime().addShutdownHook(keeper);
            try {
                measure(sections, remarks);
            } catch (InterruptedException | RuntimeException | Error e) {
                if (dismiss(keeper)) {
                    keep("ended by " + e, files, machine, remarks);
                }
                throw e;
            }
            try {
                return files.write(machine.report(command(), remarks.all(), plots));
            } finally {
                dismiss(keeper);
            }
        }
    }

    /** Returns false if the JVM was told to end: the keeper runs then, and sees what is written. */
    private static boolean dismiss(Thread keeper) {
        try {
            return Runtime.getRuntime().removeShutdownHook(keeper);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Of a report that is not whole: minutes of measuring are not to be lost. */
    private void keep(String end, ReportFiles files, Machine machine, Remarks remarks) {
        if (plots.isEmpty()) {
            remarks.say(end + " before anything was measured");
            return;
        }
        List<String> leftOut = new ArrayList<>(remarks.all());
        leftOut.add("left out: what comes behind these figures: the report was " + end);
        try {
            if (files.write(machine.report(command(), leftOut, List.copyOf(plots)))) {
                remarks.say(end + "; what was measured before is in " + html + ", " + json);
            }
        } catch (IOException e) {
            remarks.say(end + "; what was measured before is lost: " + e);
        }
    }

    /** By which it can be repeated, whatever the files are called. */
    private String command() {
        return "java -jar target/"
                + Main.NAME
                + ".jar report"
                + (sample ? " --sample" : "")
                + (only.isEmpty() ? "" : " --only " + Shell.quote(String.join(",", only)));
    }

    private List<ReportSection> chosen(List<ReportSection> sections) {
        List<String> names = sections.stream().map(ReportSection::name).toList();
        if (!names.containsAll(only)) {
            throw new ParameterException(
                    spec.commandLine(), "--only can be " + String.join(", ", names));
        }
        return sections.stream()
                .filter(section -> only.isEmpty() || only.contains(section.name()))
                .toList();
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private void measure(List<ReportSection> sections, Remarks remarks)
            throws InterruptedException {
        try (TimedProgress progress = new TimedProgress(sections, err())) {
            for (ReportSection section : sections) {
                progress.next();
                try {
                    plots.addAll(section.measurement().measure());
                } catch (IOException e) {
                    remarks.leftOut(section.name(), e.getMessage());
                }
            }
        }
    }
}
