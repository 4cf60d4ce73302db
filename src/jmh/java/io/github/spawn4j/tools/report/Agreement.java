// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether two measurements of one figure agree, point by point. Where the spread is what the true
 * figure lies in, the two have to overlap; where it is that of single measurements, the median of
 * each has to lie in the other's. Points without a spread are not looked at.
 *
 * @param id of the figure
 * @param points how many points both have, with a spread
 * @param differences those that do not agree, a line each
 */
public record Agreement(String id, int points, List<String> differences) {
    /** Of all figures that both have. */
    public static List<Agreement> of(Report first, Report second) {
        List<Agreement> agreements = new ArrayList<>();
        for (Plot plot : first.plots()) {
            second.plot(plot.id()).ifPresent(other -> agreements.add(of(plot, other)));
        }
        return agreements;
    }

    static Agreement of(Plot first, Plot second) {
        int points = 0;
        List<String> differences = new ArrayList<>();
        for (Series series : first.series()) {
            for (Point point : series.points()) {
                Optional<Point> other = counterpart(first, second, series, point);
                if (other.isEmpty() || !point.hasSpread() || !other.get().hasSpread()) {
                    continue;
                }
                points++;
                if (!agree(first.spread(), point, other.get())) {
                    differences.add(
                            String.format(
                                    Locale.ROOT,
                                    "%s, %s: %s, and %s",
                                    series.name(),
                                    place(first, point),
                                    words(point),
                                    words(other.get())));
                }
            }
        }
        return new Agreement(first.id(), points, differences);
    }

    /** What is at the same place, by its name: one of the two may have more steps. */
    private static Optional<Point> counterpart(
            Plot first, Plot second, Series series, Point point) {
        return second.series(series.name()).stream()
                .flatMap(other -> other.points().stream())
                .filter(other -> place(second, other).equals(place(first, point)))
                .findFirst();
    }

    private static String place(Plot plot, Point point) {
        return plot.x().place(point.x());
    }

    private static boolean agree(Plot.Spread spread, Point first, Point second) {
        return spread == Plot.Spread.CONFIDENCE
                ? first.low() <= second.high() && second.low() <= first.high()
                : holds(first, second.y()) && holds(second, first.y());
    }

    private static boolean holds(Point point, double y) {
        return point.low() <= y && y <= point.high();
    }

    private static String words(Point point) {
        return Numbers.inWords(point.y())
                + " ("
                + Numbers.inWords(point.low())
                + " to "
                + Numbers.inWords(point.high())
                + ")";
    }
}
