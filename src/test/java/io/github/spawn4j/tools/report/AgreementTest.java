// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.tools.report.Plot.Shape;
import io.github.spawn4j.tools.report.Plot.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgreementTest {
    private static Plot plot(Spread spread, List<String> steps, Point... points) {
        Series series = new Series("jdk");
        List.of(points).forEach(series::add);
        return new Plot(
                "figure",
                Shape.BARS,
                "Title",
                "Meaning.",
                "Notes.",
                spread,
                Axis.steps("", steps),
                Axis.linear("µs"),
                List.of(series));
    }

    private static Agreement agreement(Spread spread, Point first, Point second) {
        return Agreement.of(
                plot(spread, List.of("one"), first), plot(spread, List.of("one"), second));
    }

    @Test
    void isOfIntervalsThatOverlap() {
        Agreement agreement =
                agreement(
                        Spread.CONFIDENCE,
                        new Point(0, 100, 95, 105, 9),
                        new Point(0, 110, 104, 116, 9));
        assertThat(agreement).isEqualTo(new Agreement("figure", 1, List.of()));
    }

    @Test
    void isNotOfIntervalsThatDoNot() {
        Agreement agreement =
                agreement(
                        Spread.CONFIDENCE,
                        new Point(0, 100, 95, 105, 9),
                        new Point(0, 110, 106, 116, 9));
        assertThat(agreement.differences())
                .containsExactly("jdk, one: 100 (95 to 105), and 110 (106 to 116)");
    }

    @Test
    void isOfMediansThatLieInTheOthersSpread() {
        Point narrow = new Point(0, 100, 98, 102, 9);
        Point wide = new Point(0, 110, 90, 130, 9);
        assertThat(agreement(Spread.RANGE, narrow, wide).differences()).hasSize(1);
        assertThat(agreement(Spread.RANGE, wide, new Point(0, 100, 98, 111, 9)).differences())
                .isEmpty();
    }

    @Test
    void asksNothingOfPointsWithoutASpread() {
        assertThat(agreement(Spread.NONE, Point.exact(0, 1, 9), Point.exact(0, 2, 9)))
                .isEqualTo(new Agreement("figure", 0, List.of()));
    }

    @Test
    void isOfPlacesWithTheSameName() {
        Point point = new Point(0, 100, 95, 105, 9);
        Agreement agreement =
                Agreement.of(
                        plot(Spread.CONFIDENCE, List.of("one"), point),
                        plot(
                                Spread.CONFIDENCE,
                                List.of("another", "one"),
                                new Point(0, 1, 1, 1, 9),
                                new Point(1, 101, 99, 103, 9)));
        assertThat(agreement).isEqualTo(new Agreement("figure", 1, List.of()));
    }
}
