// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;

/**
 * Figures and ratios with intervals, by drawing rounds again and again from those that there were.
 *
 * <p>Two that are compared take turns, so what slows the machine down slows both: whole rounds are
 * drawn, each with what both did in it. Nothing is assumed about how times are distributed.
 */
public final class Bootstrap {
    /** Fewer rounds have too few different draws for an interval. */
    static final int LEAST_ROUNDS = 5;

    private static final int DRAWS = 2_000;
    private static final double LOW_PERCENT = 2.5;
    private static final double HIGH_PERCENT = 97.5;

    /** The same interval for the same numbers. */
    private static final long SEED = 1;

    private Bootstrap() {}

    /**
     * The median over the rounds of one's figure divided by the other's.
     *
     * @param ours one's figure in each round, NaN where there is none
     * @param theirs the other's
     * @return empty if no round has both
     */
    public static Optional<Ratio> ofFigures(double[] ours, double[] theirs) {
        return ofGroups(List.of(ours), List.of(theirs));
    }

    /**
     * The same of rounds in groups, each of JVMs of its own: groups are drawn first, and then
     * rounds of them, as JVMs may differ by more than their rounds do.
     */
    public static Optional<Ratio> ofGroups(List<double[]> ours, List<double[]> theirs) {
        List<double[]> ratios = new ArrayList<>();
        for (int group = 0; group < Math.min(ours.size(), theirs.size()); group++) {
            double[] mine = ours.get(group);
            double[] others = theirs.get(group);
            ratios.add(
                    IntStream.range(0, Math.min(mine.length, others.length))
                            .mapToDouble(round -> mine[round] / others[round])
                            .toArray());
        }
        return ofGroups(ratios).map(Ratio::of);
    }

    /**
     * The median over the rounds of a figure.
     *
     * @param figures NaN in rounds where there is none
     * @return empty if no round has one
     */
    public static Optional<Estimate> ofFigures(double[] figures) {
        return ofGroups(List.of(figures));
    }

    /** The same of rounds in groups, each of a JVM of its own. */
    public static Optional<Estimate> ofGroups(List<double[]> figures) {
        List<double[]> groups =
                figures.stream()
                        .map(group -> DoubleStream.of(group).filter(Double::isFinite).toArray())
                        .filter(group -> group.length > 0)
                        .toList();
        double[] all = groups.stream().flatMapToDouble(DoubleStream::of).toArray();
        return all.length == 0
                ? Optional.empty()
                : Optional.of(
                        estimate(median(all), all.length, random -> median(draw(groups, random))));
    }

    /** As many groups, and as many of each as it has. */
    private static double[] draw(List<double[]> groups, SplittableRandom random) {
        return IntStream.range(0, groups.size())
                .mapToObj(i -> groups.get(random.nextInt(groups.size())))
                .flatMapToDouble(
                        group ->
                                IntStream.range(0, group.length)
                                        .mapToDouble(i -> group[random.nextInt(group.length)]))
                .toArray();
    }

    private static double median(double[] numbers) {
        Arrays.sort(numbers);
        return (numbers[(numbers.length - 1) / 2] + numbers[numbers.length / 2]) / 2;
    }

    /**
     * The ratio of a statistic of all that was measured, such as a percentile.
     *
     * @param ours what one has measured, by rounds
     * @param theirs the same of the other, as many rounds
     * @param statistic what is compared of the numbers of all rounds together
     */
    public static Ratio ofPools(
            List<double[]> ours, List<double[]> theirs, ToDoubleFunction<double[]> statistic) {
        return Ratio.of(
                draw(
                        ours.size(),
                        rounds ->
                                statistic.applyAsDouble(pool(ours, rounds))
                                        / statistic.applyAsDouble(pool(theirs, rounds))));
    }

    /**
     * A statistic of all that was measured, such as a percentile.
     *
     * @param numbers what was measured, by rounds
     * @param statistic what is made of the numbers of all rounds together
     */
    public static Estimate ofPool(List<double[]> numbers, ToDoubleFunction<double[]> statistic) {
        return draw(numbers.size(), rounds -> statistic.applyAsDouble(pool(numbers, rounds)));
    }

    private static double[] pool(List<double[]> numbers, int[] rounds) {
        int size = 0;
        for (int round : rounds) {
            size += numbers.get(round).length;
        }
        double[] pool = new double[size];
        int filled = 0;
        for (int round : rounds) {
            double[] part = numbers.get(round);
            System.arraycopy(part, 0, pool, filled, part.length);
            filled += part.length;
        }
        return pool;
    }

    /** The figure of all rounds, and the interval from draws of as many. */
    private static Estimate draw(int size, ToDoubleFunction<int[]> figure) {
        int[] all = IntStream.range(0, size).toArray();
        return estimate(
                figure.applyAsDouble(all),
                size,
                random ->
                        figure.applyAsDouble(
                                IntStream.range(0, size).map(i -> random.nextInt(size)).toArray()));
    }

    private static Estimate estimate(
            double value, int rounds, ToDoubleFunction<SplittableRandom> figure) {
        if (rounds < LEAST_ROUNDS) {
            return new Estimate(value, Double.NaN, Double.NaN, rounds);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] drawn = new double[DRAWS];
        Arrays.setAll(drawn, draw -> figure.applyAsDouble(random));
        Percentile percentile = new Percentile();
        percentile.setData(drawn);
        return new Estimate(
                value, percentile.evaluate(LOW_PERCENT), percentile.evaluate(HIGH_PERCENT), rounds);
    }
}
