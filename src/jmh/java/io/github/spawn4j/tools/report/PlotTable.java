// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The numbers of a figure as a table, with the spread in brackets. */
final class PlotTable {
    /** Of a distribution: shares of all measurements, in percent. */
    private static final List<Double> SHARES = List.of(10.0, 50.0, 90.0, 99.0);

    private PlotTable() {}

    static String of(Plot plot) {
        if (plot.x().scale() != Axis.Scale.STEPS) {
            return distributions(plot);
        }
        return plot.series().size() == 1 ? single(plot) : several(plot);
    }

    /** A line for each step. */
    private static String single(Plot plot) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(plot.x().label(), plot.y().label()));
        for (Point point : plot.series().get(0).points()) {
            rows.add(List.of(plot.x().place(point.x()), cell(point)));
        }
        return markdown(rows);
    }

    /** A line for each series, or for each step, whichever are more. */
    private static String several(Plot plot) {
        List<String> names = plot.series().stream().map(Series::name).collect(Collectors.toList());
        List<String> steps = plot.x().steps();
        List<List<String>> rows = new ArrayList<>();
        boolean bySeries = names.size() >= steps.size();
        rows.add(row(plot.y().label(), bySeries ? steps : names));
        for (int line = 0; line < Math.max(names.size(), steps.size()); line++) {
            List<String> cells = new ArrayList<>();
            for (int column = 0; column < Math.min(names.size(), steps.size()); column++) {
                Series series = plot.series().get(bySeries ? line : column);
                cells.add(cell(at(series, bySeries ? column : line)));
            }
            rows.add(row((bySeries ? names : steps).get(line), cells));
        }
        return markdown(rows);
    }

    private static String distributions(Plot plot) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                row(
                        plot.x().label(),
                        SHARES.stream()
                                .map(share -> Numbers.inWords(share) + " % took no longer than")
                                .collect(Collectors.toList())));
        for (Series series : plot.series()) {
            rows.add(
                    row(
                            series.name(),
                            SHARES.stream()
                                    .map(share -> placeOf(series, share))
                                    .collect(Collectors.toList())));
        }
        return markdown(rows);
    }

    private static String placeOf(Series series, double y) {
        return series.points().stream()
                .filter(point -> point.y() == y)
                .findFirst()
                .map(point -> Numbers.inWords(point.x()))
                .orElse("–");
    }

    private static Optional<Point> at(Series series, int step) {
        return series.points().stream().filter(point -> point.x() == step).findFirst();
    }

    private static String cell(Optional<Point> point) {
        return point.map(PlotTable::cell).orElse("–");
    }

    static String cell(Point point) {
        String figure = Numbers.inWords(point.y());
        return point.hasSpread()
                ? figure
                        + " ("
                        + Numbers.inWords(point.low())
                        + " to "
                        + Numbers.inWords(point.high())
                        + ")"
                : figure;
    }

    private static List<String> row(String first, List<String> others) {
        List<String> row = new ArrayList<>(List.of(first));
        row.addAll(others);
        return row;
    }

    /** The first row is the head; all columns but the first are numbers. */
    private static String markdown(List<List<String>> rows) {
        return markdown(rows, "--:|");
    }

    /**
     * The same with other columns.
     *
     * @param alignment of all but the first
     */
    static String markdown(List<List<String>> rows, String alignment) {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            lines.add(row.stream().collect(Collectors.joining(" | ", "| ", " |")));
        }
        lines.add(1, "|---|" + alignment.repeat(rows.get(0).size() - 1));
        return String.join("\n", lines);
    }
}
