// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Estimate;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/** How soon exits were told of, in microseconds, a batch a round. One thread at a time. */
final class Notices {
    private static final double PERCENT = 100;

    private final List<double[]> micros = new ArrayList<>();
    private final List<Double> disturbances = new ArrayList<>();
    private long cpuNs;

    /**
     * Adds a round.
     *
     * @param micros from each end to its word
     * @param cpuNs the processor time of it all, the children's included; 0 where it is not known
     * @param disturbance the share of the machine's time that others used, from 0 to 1
     */
    void add(double[] micros, long cpuNs, double disturbance) {
        this.micros.add(micros);
        this.cpuNs += cpuNs;
        disturbances.add(disturbance);
    }

    /** How many exits that were not disturbed. */
    int size() {
        boolean[] kept = kept();
        return IntStream.range(0, kept.length)
                .filter(round -> kept[round])
                .map(round -> micros.get(round).length)
                .sum();
    }

    int rounds() {
        return micros.size();
    }

    int rejected() {
        int rejected = 0;
        for (boolean kept : kept()) {
            rejected += kept ? 0 : 1;
        }
        return rejected;
    }

    /** What was not exceeded in a share of all cases that were not disturbed; 1 for the most. */
    double micros(double share) {
        return estimate(share).value();
    }

    /** The same with its interval. */
    Estimate estimate(double share) {
        boolean[] kept = kept();
        int[] rounds = IntStream.range(0, kept.length).filter(round -> kept[round]).toArray();
        return Bootstrap.ofPool(part(rounds), times -> percentile(times, share));
    }

    /** Microseconds of processor time for each exit; 0 where it is not known. */
    double cpuMicros() {
        return cpuNs / 1e3 / micros.stream().mapToInt(round -> round.length).sum();
    }

    /** The same, divided by the other's, of rounds in which neither was disturbed. */
    Ratio ratio(Notices other, double share) {
        boolean[] mine = kept();
        boolean[] theirs = other.kept();
        int[] both =
                IntStream.range(0, mine.length)
                        .filter(round -> mine[round] && theirs[round])
                        .toArray();
        int[] rounds = both.length > 0 ? both : IntStream.range(0, mine.length).toArray();
        return Bootstrap.ofPools(
                part(rounds), other.part(rounds), times -> percentile(times, share));
    }

    private List<double[]> part(int[] rounds) {
        return Arrays.stream(rounds).mapToObj(micros::get).toList();
    }

    private boolean[] kept() {
        return Rejection.kept(disturbances.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double percentile(double[] times, double share) {
        return new Percentile()
                .withEstimationType(EstimationType.R_1)
                .evaluate(times, share * PERCENT);
    }
}
