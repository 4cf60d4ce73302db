// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.report;

import java.util.List;
import java.util.Locale;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * Whether two reports agree, by how many of their points do not. Intervals of 95 % promise no more
 * than that 95 of 100 points agree, so the reports disagree only if more points differ than this
 * promise leaves to chance: a binomial test, at 5 %.
 *
 * <p>Exact intervals of one truth miss each other even more rarely. The rest is left for what is
 * another in each run, such as where the JVM has put its code, and which no interval of one run can
 * know.
 *
 * @param points how many were compared
 * @param differences how many of them differ
 */
public record Verdict(int points, int differences) {
    /** The share of points that may differ, and that of pairs of runs in which more do. */
    private static final double CHANCE = 0.05;

    public static Verdict of(List<Agreement> agreements) {
        return new Verdict(
                agreements.stream().mapToInt(Agreement::points).sum(),
                agreements.stream().mapToInt(each -> each.differences().size()).sum());
    }

    /** How many points differ on average, by chance alone. */
    double expected() {
        return CHANCE * points;
    }

    /** How many points may differ: by chance alone, more do in less than 5 of 100 pairs of runs. */
    int most() {
        return new BinomialDistribution(null, points, CHANCE)
                .inverseCumulativeProbability(1 - CHANCE);
    }

    /** False also where nothing could be compared. */
    public boolean isYes() {
        return points > 0 && differences <= most();
    }

    /** Yes or no, and why. */
    @Override
    public String toString() {
        return points == 0
                ? "No: the two have no point with a spread in common."
                : String.format(
                        Locale.ROOT,
                        "%s: %,d of %,d points differ. As intervals of 95 %% hold, chance alone may"
                                + " make %.1f differ, and in less than 5 of 100 pairs of runs more"
                                + " than %,d.",
                        isYes() ? "Yes, the two agree" : "No, the two do not agree",
                        differences,
                        points,
                        expected(),
                        most());
    }
}
