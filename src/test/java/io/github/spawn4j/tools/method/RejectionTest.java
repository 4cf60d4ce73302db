// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RejectionTest {
    @Test
    void rejectsBatchesInWhichOthersUsedMoreThanATenthOfTheMachine() {
        assertThat(Rejection.kept(new double[] {0, 0.1, 0.11, 0.02, 0.9}))
                .containsExactly(true, true, false, true, false);
    }

    @Test
    void keepsTheLeastDisturbedOfABusyMachine() {
        assertThat(Rejection.kept(new double[] {0.6, 0.3, 0.5, 0.4}))
                .containsExactly(false, true, true, true);
        assertThat(Rejection.kept(new double[] {0.6, 0.3, 0.5, 0.4, 0.7}))
                .containsExactly(false, true, true, true, false);
        assertThat(Rejection.kept(new double[] {0.9})).containsExactly(true);
        assertThat(Rejection.kept(new double[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 10})
    void leavesTwoThatAreComparedARoundInCommon(int rounds) {
        double[] rising = new double[rounds];
        Arrays.setAll(rising, round -> 0.5 + 0.01 * round);
        double[] falling = new double[rounds];
        Arrays.setAll(falling, round -> 0.9 - 0.01 * round);

        boolean[] ours = Rejection.kept(rising);
        boolean[] theirs = Rejection.kept(falling);

        assertThat(IntStream.range(0, rounds)).anyMatch(round -> ours[round] && theirs[round]);
    }
}
