package io.github.spawn4j.tools.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
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
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(ours.length, theirs.length); round++) {
            double ratio = ours[round] / theirs[round];
            if (!Double.isNaN(ratio) && !Double.isInfinite(ratio)) {
                ratios.add(ratio);
            }
        }
        return ofFigures(ratios).map(Ratio::of);
    }

    /**
     * The median over the rounds of a figure.
     *
     * @param figures NaN in rounds where there is none
     * @return empty if no round has one
     */
    public static Optional<Estimate> ofFigures(double[] figures) {
        return ofFigures(
                DoubleStream.of(figures).filter(figure -> !Double.isNaN(figure)).boxed().toList());
    }

    private static Optional<Estimate> ofFigures(List<Double> figures) {
        return figures.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        draw(
                                figures.size(),
                                rounds -> {
                                    double[] drawn = new double[rounds.length];
                                    Arrays.setAll(drawn, i -> figures.get(rounds[i]));
                                    return median(drawn);
                                }));
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
        int[] rounds = new int[size];
        for (int i = 0; i < size; i++) {
            rounds[i] = i;
        }
        double value = figure.applyAsDouble(rounds);
        if (size < LEAST_ROUNDS) {
            return new Estimate(value, Double.NaN, Double.NaN, size);
        }
        SplittableRandom random = new SplittableRandom(SEED);
        double[] drawn = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            for (int i = 0; i < size; i++) {
                rounds[i] = random.nextInt(size);
            }
            drawn[draw] = figure.applyAsDouble(rounds);
        }
        Percentile percentile = new Percentile();
        percentile.setData(drawn);
        return new Estimate(
                value, percentile.evaluate(LOW_PERCENT), percentile.evaluate(HIGH_PERCENT), size);
    }
}
