// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The three numbers that tell most of a report, and where nothing is gained. */
final class KeyNumbers {
    private static final String OURS = "spawn4j-template";
    private static final String JDK = "jdk";

    private final Report report;

    KeyNumbers(Report report) {
        this.report = report;
    }

    String text() throws IOException {
        List<String> lines =
                List.of(
                        "- **A start is "
                                + factor("until the exit is known")
                                + " times as fast** as `ProcessBuilder`'s, up to the known exit of a program"
                                + " that does nothing, and takes "
                                + PlotTable.cell(point("ratios", "processor time", OURS))
                                + " of its processor time.",
                        "- **With "
                                + mostFiles()
                                + ". `ProcessBuilder`'s child closes each of them; here it gets none, if the"
                                + " library was loaded before they were opened.",
                        "- **A child that lives costs the JVM "
                                + living("live-threads", "spawn4j")
                                + " threads and "
                                + living("live-memory", "spawn4j")
                                + " KiB**, instead of "
                                + living("live-threads", JDK)
                                + " and "
                                + living("live-memory", JDK)
                                + ".",
                        "- Programs that work for milliseconds gain little: of real tools, as a coding agent"
                                + " calls them, a template makes from "
                                + tools()
                                + " % more calls a second.",
                        "",
                        "Medians of one run of `src/jmh/benchmarks.sh`, "
                                + report.began()
                                + ", on "
                                + report.machine().get("processors")
                                + " processors, JDK "
                                + report.machine().get("jdk")
                                + "; [docs/benchmarks.md](docs/benchmarks.md) has all of them, and says what"
                                + " could mislead.");
        return lines.stream().map(Paragraph::wrap).collect(Collectors.joining("\n"));
    }

    /** How much less it is than ProcessBuilder's, with its interval. */
    private String factor(String series) throws IOException {
        Point ratio = point("ratios", series, OURS);
        return PlotTable.cell(
                new Point(
                        ratio.x(),
                        1 / ratio.y(),
                        1 / ratio.high(),
                        1 / ratio.low(),
                        ratio.samples()));
    }

    private String mostFiles() throws IOException {
        Plot files = plot("files");
        int last = files.x().steps().size() - 1;
        Point ours = pointAt(files, OURS, last);
        Point jdk = pointAt(files, JDK, last);
        return String.format(
                "%s open files it is %s times as fast**: %s µs instead of %s",
                files.x().steps().get(last),
                Numbers.inWords(Math.round(jdk.y() / ours.y())),
                Numbers.inWords(ours.y()),
                Numbers.inWords(jdk.y()));
    }

    private String living(String id, String starter) throws IOException {
        return Numbers.inWords(bar(id, starter).y());
    }

    /** From the least to the most of all splits. */
    private String tools() throws IOException {
        Series template =
                plot("agent-tools")
                        .series("template")
                        .orElseThrow(() -> new IOException("no template in agent-tools"));
        double least = template.points().stream().mapToDouble(Point::y).min().orElseThrow();
        double most = template.points().stream().mapToDouble(Point::y).max().orElseThrow();
        return Numbers.inWords(least) + " to " + Numbers.inWords(most);
    }

    /** Of a figure whose bars are the ways. */
    private Point bar(String id, String step) throws IOException {
        Plot plot = plot(id);
        return pointAt(plot, plot.series().get(0).name(), plot.x().steps().indexOf(step));
    }

    private Point point(String id, String series, String step) throws IOException {
        Plot plot = plot(id);
        return pointAt(plot, series, plot.x().steps().indexOf(step));
    }

    private static Point pointAt(Plot plot, String name, int step) throws IOException {
        Optional<Point> point =
                plot.series(name).stream()
                        .flatMap(series -> series.points().stream())
                        .filter(each -> each.x() == step)
                        .findFirst();
        return point.orElseThrow(
                () -> new IOException("no " + name + " at step " + step + " of " + plot.id()));
    }

    private Plot plot(String id) throws IOException {
        return report.plot(id)
                .orElseThrow(() -> new IOException("the report has no figure '" + id + "'"));
    }
}
