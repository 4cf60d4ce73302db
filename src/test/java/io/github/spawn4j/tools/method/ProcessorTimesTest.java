// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.method;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessorTimesTest {
    private static final long TICK = 10_000_000;
    private static final long SECOND = 100 * TICK;

    @Test
    void countsAllButIdleAndWaiting() {
        assertThat(ProcessorTimes.parse("cpu  10 20 30 1000 500 1 2 4 0 0"))
                .isEqualTo(new ProcessorTimes(67 * TICK, 4 * TICK));
    }

    @Test
    void knowsWhatOthersUsedOfTwoProcessors() {
        ProcessorTimes then = new ProcessorTimes(0, 0);
        ProcessorTimes now = new ProcessorTimes(SECOND + 2 * TICK, 0);
        assertThat(now.othersSince(then, SECOND / 2, SECOND, 2)).isEqualTo(0.25);
    }

    @Test
    void doesNotHoldTheCoarseClockAgainstOthers() {
        ProcessorTimes then = new ProcessorTimes(0, 0);
        assertThat(new ProcessorTimes(2 * TICK, 0).othersSince(then, 0, SECOND, 2)).isZero();
        assertThat(new ProcessorTimes(0, 0).othersSince(then, TICK, SECOND, 2)).isZero();
    }

    @Test
    void isThereOnThisMachine() {
        assertThat(ProcessorTimes.now().busyNs()).isPositive();
    }
}
