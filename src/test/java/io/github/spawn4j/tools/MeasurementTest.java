package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.tools.spawners.Samples;
import org.junit.jupiter.api.Test;

/** What counts as "elsewhere". */
class MeasurementTest {
    private static Samples batch(int elsewhere, int here) {
        Samples batch = new Samples();
        for (int i = 0; i < elsewhere + here; i++) {
            batch.add(1, 2, 1, i < elsewhere ? 0 : 1);
        }
        return batch;
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
