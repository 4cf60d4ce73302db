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
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
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

    @Override
    public Integer call() throws IOException, InterruptedException {
        Report report = from == null ? measure() : Report.read(from);
        PrintWriter out = spec.commandLine().getOut();
        Files.writeString(html, Page.of(report.json()));
        out.println(html.toAbsolutePath());
        if (from == null) {
            Files.writeString(json, report.json() + "\n");
            out.println(json.toAbsolutePath());
        }
        out.flush();
        return 0;
    }

    private Report measure() throws IOException, InterruptedException {
        Machine machine = new Machine();
        Remarks remarks = new Remarks(err());
        List<Plot> plots;
        try (NativePrograms programs = new NativePrograms()) {
            ReportSections sections = new ReportSections(programs, remarks);
            plots = measure(chosen(sample ? sections.sample() : sections.all()), remarks);
        }
        return machine.report(Main.invocation(spec), remarks.all(), plots);
    }

    private List<ReportSection> chosen(List<ReportSection> sections) {
        List<ReportSection> chosen =
                sections.stream()
                        .filter(section -> only.isEmpty() || only.contains(section.name()))
                        .collect(Collectors.toList());
        if (chosen.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--only names no part");
        }
        return chosen;
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private List<Plot> measure(List<ReportSection> sections, Remarks remarks)
            throws InterruptedException {
        List<Plot> plots = new ArrayList<>();
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
        return plots;
    }
}
