// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.junit.jupiter.api.Test;

/** Intervals hold what they are to hold, of distributions whose ratio is known. */
class BootstrapTest {
    private static final int RUNS = 200;
    private static final int ROUNDS = 30;

    /** Figures of two ways whose true ratio is this, on a machine that slows both down at times. */
    private static Ratio run(Random random, double ratio, double outliers) {
        double[] ours = new double[ROUNDS];
        double[] theirs = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            double weather = Math.exp(0.3 * random.nextGaussian());
            ours[round] = 100 * ratio * weather * noise(random, outliers);
            theirs[round] = 100 * weather * noise(random, outliers);
        }
        return Bootstrap.ofFigures(ours, theirs).orElseThrow();
    }

    /** Lognormal, as times are; and some that are three times as long. */
    private static double noise(Random random, double outliers) {
        return Math.exp(0.05 * random.nextGaussian()) * (random.nextDouble() < outliers ? 3 : 1);
    }

    private static double shareThatHolds(double ratio, double outliers) {
        Random random = new Random(7);
        int held = 0;
        for (int i = 0; i < RUNS; i++) {
            Ratio measured = run(random, ratio, outliers);
            held += measured.low() <= ratio && ratio <= measured.high() ? 1 : 0;
        }
        return (double) held / RUNS;
    }

    @Test
    void holdsTheTrueRatioInNineteenOfTwentyRuns() {
        assertThat(shareThatHolds(0.6, 0)).isBetween(0.91, 0.99);
        assertThat(shareThatHolds(1.05, 0)).isBetween(0.91, 0.99);
    }

    @Test
    void isNotMisledByBatchesThatSomethingGotInTheWayOf() {
        assertThat(shareThatHolds(0.6, 0.1)).isBetween(0.91, 0.99);
    }

    @Test
    void cannotTellEqualsApart() {
        Random random = new Random(7);
        int told = 0;
        for (int i = 0; i < RUNS; i++) {
            told += run(random, 1, 0.05).isTelling() ? 1 : 0;
        }
        assertThat(told).isLessThan(RUNS / 10);
    }

    @Test
    void seesADifferenceOfTenPercentThroughTheWeather() {
        Random random = new Random(7);
        for (int i = 0; i < RUNS; i++) {
            assertThat(run(random, 0.9, 0).isTelling()).isTrue();
        }
    }

    @Test
    void givesTheSameIntervalForTheSameNumbers() {
        assertThat(run(new Random(3), 0.5, 0.1)).isEqualTo(run(new Random(3), 0.5, 0.1));
    }

    @Test
    void leavesOutRoundsInWhichOneOfTheTwoIsMissing() {
        double none = Double.NaN;
        double[] ours = {1, 2, none, 2, 2, 2, 2};
        double[] theirs = {none, 4, 4, 4, 4, 4, none};
        assertThat(Bootstrap.ofFigures(ours, theirs))
                .hasValue(new Ratio(0.5, Double.NaN, Double.NaN, 4));
        assertThat(Bootstrap.ofFigures(ours, new double[] {none})).isEmpty();
    }

    @Test
    void hasNoIntervalAfterTooFewRounds() {
        Ratio ratio = Bootstrap.ofFigures(new double[] {1, 1}, new double[] {2, 2}).orElseThrow();
        assertThat(ratio.isTelling()).isFalse();
        assertThat(ratio.width()).isInfinite();
        assertThat(ratio).hasToString("0.50 (?)");
        assertThat(ratio.entry()).containsEntry("low", null).containsEntry("high", null);
    }

    @Test
    void comparesPercentilesOfAllRoundsTogether() {
        List<double[]> ours = new ArrayList<>();
        List<double[]> theirs = new ArrayList<>();
        Random random = new Random(7);
        for (int round = 0; round < ROUNDS; round++) {
            ours.add(exponential(random, 10));
            theirs.add(exponential(random, 40));
        }
        Ratio ratio =
                Bootstrap.ofPools(ours, theirs, times -> new Percentile().evaluate(times, 99));
        assertThat(ratio.value()).isCloseTo(0.25, within(0.05));
        assertThat(ratio.low()).isLessThan(0.25);
        assertThat(ratio.high()).isGreaterThan(0.25).isLessThan(0.35);
    }

    private static double[] exponential(Random random, double mean) {
        double[] times = new double[50];
        Arrays.setAll(times, i -> -mean * Math.log(1 - random.nextDouble()));
        return times;
    }

    @Test
    void holdsTheTrueMedianOfAFigureInNineteenOfTwentyRuns() {
        Random random = new Random(7);
        int held = 0;
        for (int i = 0; i < RUNS; i++) {
            double[] figures = new double[ROUNDS];
            Arrays.setAll(figures, round -> 50 * Math.exp(0.3 * random.nextGaussian()));
            Estimate estimate = Bootstrap.ofFigures(figures).orElseThrow();
            held += estimate.low() <= 50 && 50 <= estimate.high() ? 1 : 0;
        }
        assertThat((double) held / RUNS).isBetween(0.91, 0.99);
        assertThat(Bootstrap.ofFigures(new double[] {Double.NaN})).isEmpty();
    }

    @Test
    void holdsTheTruePercentileOfAllRoundsTogether() {
        Random random = new Random(7);
        List<double[]> times = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            times.add(exponential(random, 10));
        }
        Estimate estimate = Bootstrap.ofPool(times, all -> new Percentile().evaluate(all, 50));
        assertThat(estimate.low()).isLessThan(10 * Math.log(2));
        assertThat(estimate.high()).isGreaterThan(10 * Math.log(2));
        assertThat(estimate.rounds()).isEqualTo(ROUNDS);
    }

    @Test
    void isWiderWhereJvmsDifferThanTheirRoundsTell() {
        double[] quick = new double[10];
        double[] slow = new double[10];
        Arrays.fill(quick, 1);
        Arrays.fill(slow, 1.2);
        double[] ones = quick.clone();
        Ratio ratio =
                Bootstrap.ofGroups(List.of(quick, quick, slow), List.of(ones, ones, ones))
                        .orElseThrow();
        assertThat(ratio).isEqualTo(new Ratio(1, 1, 1.2, 30));
    }
}
