// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.agent.Split;
import io.github.spawn4j.tools.agent.Way;
import io.github.spawn4j.tools.agent.Workload;
import io.github.spawn4j.tools.report.Plot;
import io.github.spawn4j.tools.spawners.ExitNotifier;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the report measures, and how much of it. */
final class ReportSections {
    private static final int KIB = 1024;

    private final NativePrograms programs;
    private final Remarks remarks;

    ReportSections(NativePrograms programs, Remarks remarks) {
        this.programs = programs;
        this.remarks = remarks;
    }

    List<ReportSection> all() {
        ReportStarts starts = new ReportStarts(programs, Effort.BRIEF, remarks);
        return List.of(
                new ReportSection("starts", 110, () -> starts.unburdened(3)),
                new ReportSection("processors", 40, starts::byProcessor),
                new ReportSection(
                        "open files",
                        110,
                        () -> starts.byOpenFiles(List.of(0, 100, 1_000, 10_000))),
                new ReportSection(
                        "memory", 80, () -> starts.byMemory(List.of(0, 256, KIB, 4 * KIB))),
                new ReportSection(
                        "threads",
                        45,
                        () -> ThreadsFigures.measure(List.of(1, 2, 8, 64), 5, 400, programs)),
                new ReportSection("tools", 90, () -> tools(Workload.tools(), 512, mostTelling())),
                new ReportSection("exits", 60, () -> exits(500, Notification.WARM_UP)),
                new ReportSection("living children", 25, () -> live(500, 7)),
                new ReportSection("output", 10, () -> OutputFigures.measure(64, 20)),
                new ReportSection("first starts", 20, () -> ColdFigures.measure(10, programs)));
    }

    /** So little that it only shows what a report looks like. */
    List<ReportSection> sample() {
        ReportStarts starts = new ReportStarts(programs, Effort.LEAST, remarks);
        return List.of(
                new ReportSection("starts", 6, () -> starts.unburdened(1)),
                new ReportSection("processors", 4, starts::byProcessor),
                new ReportSection("open files", 5, () -> starts.byOpenFiles(List.of(0, 100))),
                new ReportSection("memory", 5, () -> starts.byMemory(List.of(0, 64))),
                new ReportSection(
                        "threads", 1, () -> ThreadsFigures.measure(List.of(1, 2), 3, 5, programs)),
                new ReportSection(
                        "tools",
                        5,
                        () -> tools(List.of("grep", "sh"), 16, EnumSet.of(Way.JDK, Way.TEMPLATE))),
                new ReportSection("exits", 2, () -> exits(10, 1)),
                new ReportSection("living children", 2, () -> live(10, 1)),
                new ReportSection("output", 1, () -> OutputFigures.measure(1, 3)),
                new ReportSection("first starts", 2, () -> ColdFigures.measure(1, programs)));
    }

    /** All but the one that differs least from another: a report has ten minutes. */
    private static Set<Way> mostTelling() {
        return EnumSet.complementOf(EnumSet.of(Way.WARM));
    }

    private List<Plot> tools(List<String> names, int calls, Set<Way> ways)
            throws IOException, InterruptedException {
        AgentTools tools = new AgentTools(names, calls, remarks);
        return AgentToolsFigures.of(tools.measure(Split.ofProposal(), ways));
    }

    private List<Plot> exits(int count, int warmUp) throws IOException, InterruptedException {
        try (Notification notification = new Notification(programs, remarks)) {
            notification.warmUp(warmUp);
            Map<ExitNotifier, Notices> results = notification.measure(count);
            return ExitsFigures.of(results);
        }
    }

    private static List<Plot> live(int children, int rounds)
            throws IOException, InterruptedException {
        return LiveFigures.of(
                LiveRounds.measure(
                        Map.of(Starter.SPAWN4J, children, Starter.JDK, children), rounds));
    }
}
