// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whether reports agree is told by how many of their points differ, not by whether one does. */
class VerdictTest {
    private static final int PAIRS = 2_000;
    private static final int POINTS = 131;

    /** How often so many points are too many, if each differs with this probability. */
    private static double shareOfNo(double probability) {
        Random random = new Random(7);
        int no = 0;
        for (int pair = 0; pair < PAIRS; pair++) {
            int differences = 0;
            for (int point = 0; point < POINTS; point++) {
                differences += random.nextDouble() < probability ? 1 : 0;
            }
            no += new Verdict(POINTS, differences).isYes() ? 0 : 1;
        }
        return (double) no / PAIRS;
    }

    @Test
    void isYesInNineteenOfTwentyPairsThatOnlyChanceMakesDiffer() {
        assertThat(shareOfNo(0.05)).isBetween(0.01, 0.05);
    }

    @Test
    void isNoIfThreeTimesAsManyPointsDiffer() {
        assertThat(shareOfNo(0.15)).isGreaterThan(0.9);
    }

    @Test
    void leavesAFewOfManyPointsToChance() {
        assertThat(new Verdict(46, 5).isYes()).isTrue();
        assertThat(new Verdict(46, 6).isYes()).isFalse();
        assertThat(new Verdict(1, 0).isYes()).isTrue();
    }

    @Test
    void isNoWhereNothingCanBeCompared() {
        assertThat(new Verdict(0, 0))
                .hasToString("No: the two have no point with a spread in common.");
        assertThat(new Verdict(0, 0).isYes()).isFalse();
    }

    @Test
    void saysHowManyPointsChanceMakesDiffer() {
        Agreement one = new Agreement("one", 40, List.of("a line"));
        Agreement other = new Agreement("other", 6, List.of("a line", "another"));
        assertThat(Verdict.of(List.of(one, other)))
                .hasToString(
                        "Yes, the two agree: 3 of 46 points differ. As intervals of 95 % hold,"
                                + " chance alone may make 2.3 differ, and in less than 5 of 100"
                                + " pairs of runs more than 5.");
    }
}
