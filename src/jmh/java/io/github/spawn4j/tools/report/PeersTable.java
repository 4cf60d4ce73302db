// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that were compared, by what they measured and, from {@code peers.txt}, by what they can. */
final class PeersTable {
    private static final String FEATURES = "peers.txt";

    /** By the names in the report; "jdk" is the JDK that ran it. */
    private final Map<String, String> columns = new LinkedHashMap<>();

    private final Report report;

    PeersTable(Report report) {
        this.report = report;
        columns.put("spawn4j-template", "spawn4j");
        columns.put(jdk("17"), "ProcessBuilder, JDK 17");
        columns.put(jdk("25"), "ProcessBuilder, JDK 25");
        columns.put("nuprocess", "NuProcess");
        columns.put("zt-exec", "zt-exec");
        columns.put("commons-exec", "commons-exec");
        columns.put("pty4j", "pty4j");
        columns.put("smallrye", "SmallRye");
    }

    private String jdk(String feature) {
        return report.machine().get("jdk").toString().startsWith(feature)
                ? "jdk"
                : "jdk-" + feature;
    }

    String text() throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("", name -> Optional.ofNullable(columns.get(name))));
        rows.add(row("start and known exit, median µs", this::total));
        rows.add(row("processor time of a start, µs", name -> bar("cpu", name)));
        rows.add(row("start and known exit, 10,000 files open, median µs", this::manyFiles));
        rows.add(row("an exit is known after, median µs", this::exit));
        rows.add(row("threads of a living child", name -> living("live-threads", name)));
        rows.add(row("KiB of the JVM for a living child", name -> living("live-memory", name)));
        for (String line : features()) {
            rows.add(
                    Stream.of(line.split("\\|", -1))
                            .map(String::strip)
                            .collect(Collectors.toList()));
        }
        return PlotTable.markdown(rows, "---|");
    }

    private interface Cell {
        Optional<String> of(String name);
    }

    private List<String> row(String heading, Cell cell) {
        List<String> row = new ArrayList<>(List.of(heading));
        columns.keySet().forEach(name -> row.add(cell.of(name).orElse("–")));
        return row;
    }

    private Optional<String> total(String name) {
        return report.plot("distributions")
                .flatMap(plot -> plot.series(name))
                .flatMap(
                        series ->
                                series.points().stream()
                                        .filter(point -> point.y() == 50)
                                        .findFirst())
                .map(point -> Numbers.inWords(point.x()));
    }

    /** NuProcess is measured by its quicker way there. */
    private Optional<String> manyFiles(String name) {
        String series = name.equals("nuprocess") ? "nuprocess-run" : name;
        return report.plot("files")
                .flatMap(
                        plot ->
                                plot.series(series)
                                        .flatMap(
                                                each ->
                                                        at(
                                                                each,
                                                                plot.x()
                                                                        .steps()
                                                                        .indexOf("10,000"))));
    }

    private Optional<String> exit(String name) {
        String series = name.equals("spawn4j-template") ? "spawn4j" : name;
        return report.plot("exits")
                .flatMap(plot -> plot.series(series))
                .flatMap(each -> at(each, 0));
    }

    private Optional<String> living(String id, String name) {
        return bar(id, name.equals("spawn4j-template") ? "spawn4j" : name);
    }

    /** Of a figure whose bars are the ways. */
    private Optional<String> bar(String id, String name) {
        return report.plot(id)
                .flatMap(plot -> at(plot.series().get(0), plot.x().steps().indexOf(name)));
    }

    private static Optional<String> at(Series series, int step) {
        return series.points().stream()
                .filter(point -> point.x() == step)
                .findFirst()
                .map(point -> Numbers.inWords(point.y()));
    }

    private static List<String> features() throws IOException {
        return Page.resource(FEATURES)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .collect(Collectors.toList());
    }
}
