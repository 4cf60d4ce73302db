// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RejectionTest {
    @Test
    void rejectsBatchesInWhichOthersUsedMoreThanATenthOfTheMachine() {
        assertThat(Rejection.kept(new double[] {0, 0.1, 0.11, 0.02, 0.9}))
                .containsExactly(true, true, false, true, false);
    }

    @Test
    void keepsTheLeastDisturbedHalfOfABusyMachine() {
        assertThat(Rejection.kept(new double[] {0.6, 0.3, 0.5, 0.4}))
                .containsExactly(false, true, false, true);
        assertThat(Rejection.kept(new double[] {0.9})).containsExactly(true);
        assertThat(Rejection.kept(new double[0])).isEmpty();
    }
}
