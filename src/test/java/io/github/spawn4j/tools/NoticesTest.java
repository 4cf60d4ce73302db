// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private static Notices notices(double micros, int disturbedRound) {
        Notices notices = new Notices();
        for (int round = 0; round < 10; round++) {
            double[] times = new double[50];
            Arrays.fill(times, round == disturbedRound ? 100 * micros : micros);
            notices.add(times, 1_000_000, round == disturbedRound ? 0.5 : 0);
        }
        return notices;
    }

    @Test
    void leaveOutRoundsInWhichOthersUsedTheMachine() {
        Notices notices = notices(20, 3);
        assertThat(notices.rejected()).isEqualTo(1);
        assertThat(notices.micros(1)).isEqualTo(20);
        assertThat(notices.cpuMicros()).isEqualTo(20);
    }

    @Test
    void areComparedByRoundsInWhichNeitherWasDisturbed() {
        assertThat(notices(20, 3).ratio(notices(40, 7), 0.99)).hasToString("0.50 (0.50-0.50)");
        assertThat(notices(20, 3).ratio(notices(20, 3), 0.5).isTelling()).isFalse();
    }
}
