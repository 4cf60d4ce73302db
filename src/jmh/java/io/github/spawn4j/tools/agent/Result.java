// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the calls of one way took, a slice a round. One thread at a time. */
public final class Result {
    private static final double NS_PER_S = 1e9;
    private static final double NS_PER_US = 1e3;

    /**
     * Calls without those of another way in between.
     *
     * @param calls how many
     * @param elapsedNs how long they took together
     * @param ownNs the processor time of the process that made them; 0 where it is not known
     * @param toolsNs the processor time of the tools, from clone(2) on; 0 where it is not known
     * @param disturbance the share of the machine's time that others used, from 0 to 1
     */
    public record Slice(int calls, long elapsedNs, long ownNs, long toolsNs, double disturbance) {
        double perSecond() {
            return calls * NS_PER_S / elapsedNs;
        }

        double cpuMicros() {
            return ownNs + toolsNs == 0 ? Double.NaN : (ownNs + toolsNs) / NS_PER_US / calls;
        }
    }

    private final List<Slice> slices = new ArrayList<>();

    public void add(Slice slice) {
        slices.add(slice);
    }

    public int calls() {
        return slices.stream().mapToInt(Slice::calls).sum();
    }

    /** How many calls of slices that were not left out. */
    public int kept() {
        return keptSlices().mapToInt(Slice::calls).sum();
    }

    /** How many slices were left out because others used the machine. */
    public int rejected() {
        return slices.size() - (int) keptSlices().count();
    }

    public double perSecond() {
        return kept() * NS_PER_S / keptSlices().mapToLong(Slice::elapsedNs).sum();
    }

    /** Microseconds of processor time for a call, the caller's and the tool's; 0 if unknown. */
    public double cpuMicros() {
        return keptSlices().mapToLong(slice -> slice.ownNs() + slice.toolsNs()).sum()
                / NS_PER_US
                / kept();
    }

    /** The caller's part of that, from 0 to 1; NaN if unknown. */
    public double ownShare() {
        double ownNs = keptSlices().mapToLong(Slice::ownNs).sum();
        return ownNs / (ownNs + keptSlices().mapToLong(Slice::toolsNs).sum());
    }

    /** How many calls this makes in the time in which the other makes one. */
    public Optional<Ratio> speed(Result other) {
        return ratio(other, Slice::perSecond);
    }

    /** Processor time, divided by the other's. */
    public Optional<Ratio> cpu(Result other) {
        return ratio(other, Slice::cpuMicros);
    }

    private Optional<Ratio> ratio(Result other, ToDoubleFunction<Slice> figure) {
        return Bootstrap.ofFigures(figures(figure), other.figures(figure));
    }

    private double[] figures(ToDoubleFunction<Slice> figure) {
        boolean[] kept = keptRounds();
        double[] figures = new double[slices.size()];
        Arrays.setAll(
                figures,
                round -> kept[round] ? figure.applyAsDouble(slices.get(round)) : Double.NaN);
        return figures;
    }

    private Stream<Slice> keptSlices() {
        boolean[] kept = keptRounds();
        return IntStream.range(0, kept.length).filter(i -> kept[i]).mapToObj(slices::get);
    }

    private boolean[] keptRounds() {
        return Rejection.kept(slices.stream().mapToDouble(Slice::disturbance).toArray());
    }
}
