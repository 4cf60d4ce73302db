package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.tools.spawners.Samples;
import org.junit.jupiter.api.Test;

/** What counts as "elsewhere". */
class ResultTest {
    private static Samples batch(int elsewhere, int here) {
        Samples batch = new Samples();
        for (int i = 0; i < elsewhere + here; i++) {
            batch.add(1, 2);
            batch.addPlaces(1, i < elsewhere ? 0 : 1);
        }
        return batch;
    }

    @Test
    void keepsBatchesApartInWhichMostChildrenRanElsewhere() {
        Result result = new Result();
        result.add(batch(9, 1));
        result.add(batch(5, 5));
        result.add(batch(0, 20));
        assertThat(result.all().size()).isEqualTo(40);
        assertThat(result.all().apartShare()).hasValue(14 / 40.0);
        assertThat(result.apart().size()).isEqualTo(10);
    }

    @Test
    void comparesProcessorsAsExitCodesSayThem() {
        Samples samples = new Samples();
        samples.addPlaces(256 + 3, 3);
        assertThat(samples.apartShare()).hasValue(0);
    }

    @Test
    void knowsNothingOfPlacesThatNobodyTold() {
        Samples samples = new Samples();
        samples.add(1, 2);
        assertThat(samples.apartShare()).isEmpty();
    }
}
