// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final Ratio NARROW = new Ratio(0.5, 0.499, 0.501, 10);
    private static final Ratio WIDE = new Ratio(0.5, 0.4, 0.6, 10);
    private static final Ratio UNKNOWN = new Ratio(0.5, Double.NaN, Double.NaN, 2);
    private static final Duration LONG = Duration.ofDays(1);

    private static int roundsUntilOver(Rounds rounds, Ratio... ratios) {
        do {
            rounds.next(List.of());
        } while (!rounds.isOver(List.of(ratios)));
        return rounds.made();
    }

    @Test
    void endWhenAllIntervalsAreNarrow() {
        assertThat(roundsUntilOver(new Rounds(10, 60, LONG, 1), NARROW, NARROW)).isEqualTo(10);
    }

    @Test
    void endAtTheBoundIfOneStaysWide() {
        assertThat(roundsUntilOver(new Rounds(10, 60, LONG, 1), NARROW, WIDE)).isEqualTo(60);
        assertThat(roundsUntilOver(new Rounds(1, 60, LONG, 1), UNKNOWN)).isEqualTo(60);
    }

    @Test
    void endWhenTheTimeIsOverButNotBeforeThereAreEnough() {
        assertThat(roundsUntilOver(new Rounds(10, 60, Duration.ZERO, 1), WIDE)).isEqualTo(10);
    }

    @Test
    void haveAnotherOrderEachTimeButTheSameForTheSameSeed() {
        Rounds rounds = new Rounds(10, 60, LONG, 5);
        Rounds again = new Rounds(10, 60, LONG, 5);
        Set<List<Integer>> orders = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            List<Integer> order = rounds.next(List.of(1, 2, 3, 4));
            assertThat(order)
                    .containsExactlyInAnyOrder(1, 2, 3, 4)
                    .isEqualTo(again.next(List.of(1, 2, 3, 4)));
            orders.add(order);
        }
        assertThat(orders).hasSizeGreaterThan(5);
    }
}
