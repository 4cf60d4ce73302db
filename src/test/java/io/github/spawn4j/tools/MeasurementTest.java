// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.tools.method.Ratio;
import io.github.spawn4j.tools.spawners.Samples;
import org.junit.jupiter.api.Test;

/** What counts as "elsewhere", and what is compared. */
class MeasurementTest {
    private static Batch batch(int elsewhere, int here) {
        Samples batch = new Samples();
        for (int i = 0; i < elsewhere + here; i++) {
            batch.add(1, 2, 1, i < elsewhere ? 0 : 1);
        }
        return new Batch(batch, 0);
    }

    private static Batch batch(long totalNs, double disturbance) {
        Samples batch = new Samples();
        batch.add(totalNs, totalNs);
        return new Batch(batch, disturbance);
    }

    @Test
    void keepsThoseOfBatchesApartInWhichMostChildrenRanElsewhere() {
        Measurement result = new Measurement();
        result.add(batch(9, 1));
        result.add(batch(5, 5));
        result.add(batch(0, 20));
        assertThat(result.all().size()).isEqualTo(40);
        assertThat(result.all().elsewhereShare()).hasValue(14 / 40.0);
        assertThat(result.elsewhere().size()).isEqualTo(9);
    }

    @Test
    void comparesRoundsInWhichNeitherWasDisturbed() {
        Measurement ours = new Measurement();
        Measurement theirs = new Measurement();
        for (int round = 0; round < 10; round++) {
            ours.add(batch(round == 3 ? 9_000 : 1_000, round == 3 ? 0.5 : 0));
            theirs.add(batch(round == 4 ? 9_000 : 2_000, round == 4 ? 0.5 : 0));
        }
        assertThat(ours.ratio(theirs, Figure.TOTAL)).hasValue(new Ratio(0.5, 0.5, 0.5, 8));
        assertThat(ours.ratio(theirs, Figure.CPU)).isEmpty();
        assertThat(ours.rejected()).isEqualTo(1);
        assertThat(ours.all().totalMicros(1)).isEqualTo(1);
    }

    @Test
    void comparesRoundsOfSeveralJvmsTogether() {
        Measurement ours = new Measurement();
        Measurement theirs = new Measurement();
        for (int jvm = 0; jvm < 3; jvm++) {
            Measurement ourRounds = new Measurement();
            Measurement theirRounds = new Measurement();
            for (int round = 0; round < 4; round++) {
                ourRounds.add(batch(1_000L + 100 * jvm, 0.0));
                theirRounds.add(batch(2_000L, 0.0));
            }
            ours.addAll(ourRounds);
            theirs.addAll(theirRounds);
        }
        assertThat(ours.ratio(theirs, Figure.TOTAL)).hasValue(new Ratio(0.55, 0.5, 0.6, 12));
    }

    @Test
    void comparesProcessorsAsExitCodesSayThem() {
        Samples samples = new Samples();
        samples.add(1, 2, 256 + 3, 3);
        assertThat(samples.elsewhereShare()).hasValue(0);
    }

    @Test
    void knowsNothingOfPlacesThatNobodyTold() {
        Samples samples = new Samples();
        samples.add(1, 2);
        assertThat(samples.elsewhereShare()).isEmpty();
    }
}
