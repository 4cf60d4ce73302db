// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.method.Bootstrap;
import io.github.spawn4j.tools.method.Estimate;
import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.method.Rejection;
import io.github.spawn4j.tools.spawners.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What the starts of one spawner were measured to take, a batch a round. One thread at a time. */
final class Measurement {
    private final List<Batch> batches = new ArrayList<>();

    /** The first round of each JVM. */
    private final List<Integer> begins = new ArrayList<>(List.of(0));

    void add(Batch batch) {
        batches.add(batch);
    }

    /** Adds the rounds of another JVM, in a comparison in which the same spawners took turns. */
    void addAll(Measurement later) {
        if (!batches.isEmpty()) {
            begins.add(batches.size());
        }
        batches.addAll(later.batches);
    }

    /** Those of the batches that were not disturbed. */
    Samples all() {
        Samples all = new Samples();
        kept().forEach(batch -> all.addAll(batch.samples()));
        return all;
    }

    /**
     * Those of them whose child ran on another processor, of batches in which most did; may be
     * none. The single ones of other batches are left out: something has got in their way.
     */
    Samples elsewhere() {
        Samples elsewhere = new Samples();
        kept().filter(Batch::isElsewhere)
                .forEach(batch -> elsewhere.addAll(batch.samples().elsewhere()));
        return elsewhere;
    }

    int rounds() {
        return batches.size();
    }

    /** How many batches were left out because others used the machine. */
    int rejected() {
        return batches.size() - (int) kept().count();
    }

    /** How long all of it took, in nanoseconds. */
    long sumNs() {
        return batches.stream().mapToLong(batch -> batch.samples().sumNs()).sum();
    }

    /** The median over the rounds; empty where none has this figure. */
    Optional<Estimate> estimate(Figure figure) {
        return Bootstrap.ofGroups(figures(figure));
    }

    /** Empty where no round has a figure of both. */
    Optional<Ratio> ratio(Measurement other, Figure figure) {
        return Bootstrap.ofGroups(figures(figure), other.figures(figure));
    }

    /** By JVMs and rounds; NaN for a batch that was disturbed. */
    private List<double[]> figures(Figure figure) {
        boolean[] kept = keptRounds();
        double[] figures = new double[batches.size()];
        Arrays.setAll(figures, round -> kept[round] ? figure.of(batches.get(round)) : Double.NaN);
        List<double[]> groups = new ArrayList<>();
        for (int jvm = 0; jvm < begins.size(); jvm++) {
            int end = jvm + 1 < begins.size() ? begins.get(jvm + 1) : figures.length;
            groups.add(Arrays.copyOfRange(figures, begins.get(jvm), end));
        }
        return groups;
    }

    private Stream<Batch> kept() {
        boolean[] kept = keptRounds();
        return IntStream.range(0, kept.length).filter(i -> kept[i]).mapToObj(batches::get);
    }

    private boolean[] keptRounds() {
        return Rejection.kept(batches.stream().mapToDouble(Batch::disturbance).toArray());
    }
}
