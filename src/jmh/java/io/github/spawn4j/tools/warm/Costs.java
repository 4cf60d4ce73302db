// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.warm;

import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Estimate;
import io.github.spawn4j.tools.method.ProcessorTimes;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rejection;
import io.github.spawn4j.tools.spawners.CpuClock;
import io.github.spawn4j.tools.spawners.Times;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the starts of one command in one way have cost, a turn a round. One thread at a time. */
public final class Costs {
    static final int CROWD = 16;

    private static final double MEDIAN = 0.5;

    /**
     * What the starts of one turn have cost, in microseconds for each; those of waits are medians.
     *
     * @param crowdMicros processor time, with many in flight
     * @param aloneMicros processor time, one after the other
     * @param crowdBlockedMicros for which a start held up its caller, with many in flight
     * @param blockedMicros for which it held up its caller, one after the other
     * @param totalMicros until output and process had ended, one after the other
     * @param disturbance the share of the machine's time that others used, from 0 to 1
     */
    record Turn(
            double crowdMicros,
            double aloneMicros,
            double crowdBlockedMicros,
            double blockedMicros,
            double totalMicros,
            double disturbance) {}

    private final List<Turn> turns = new ArrayList<>();

    /** Makes a batch with many starts in flight, and a shorter one with one after the other. */
    void measure(Starter starter, int starts) throws IOException, InterruptedException {
        ProcessorTimes before = ProcessorTimes.now();
        long beganNs = System.nanoTime();
        long cpuNs = CpuClock.ns();
        Times crowdBlocked = new Times();
        Times blocked = new Times();
        Times total = new Times();
        double crowdMicros = new Batch(starter, crowdBlocked, new Times()).run(starts, CROWD);
        double aloneMicros = new Batch(starter, blocked, total).run(starts / 2, 1);
        cpuNs = CpuClock.ns() - cpuNs;
        double others =
                ProcessorTimes.now()
                        .othersSince(
                                before,
                                cpuNs,
                                System.nanoTime() - beganNs,
                                Runtime.getRuntime().availableProcessors());
        turns.add(
                new Turn(
                        crowdMicros,
                        aloneMicros,
                        crowdBlocked.micros(MEDIAN),
                        blocked.micros(MEDIAN),
                        total.micros(MEDIAN),
                        cpuNs == 0 ? 0 : others));
    }

    /** The median of the turns that were not disturbed. */
    public Estimate estimate(Cost cost) {
        return Bootstrap.ofFigures(figures(cost)).orElseThrow();
    }

    /** Divided by the other's of the same round; empty if one of the two was always disturbed. */
    public Optional<Ratio> ratio(Costs other, Cost cost) {
        return Bootstrap.ofFigures(figures(cost), other.figures(cost));
    }

    /** How many turns were left out because others used the machine. */
    public int rejected() {
        int rejected = 0;
        for (boolean kept : kept()) {
            rejected += kept ? 0 : 1;
        }
        return rejected;
    }

    /** By rounds; NaN for a turn that was disturbed. */
    private double[] figures(Cost cost) {
        boolean[] kept = kept();
        double[] figures = new double[kept.length];
        for (int round = 0; round < kept.length; round++) {
            figures[round] = kept[round] ? cost.of(turns.get(round)) : Double.NaN;
        }
        return figures;
    }

    private boolean[] kept() {
        return Rejection.kept(turns.stream().mapToDouble(Turn::disturbance).toArray());
    }
}
