// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.SpawnException;

/** How a process fails to start. */
public final class Failures {
    private Failures() {}

    /** Demands that it does so, at this step, or action. */
    public static void assertFails(EmptyProcess process, String step, int errno, int actionIndex) {
        assertThatThrownBy(process::start)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.step()).isEqualTo(step);
                            assertThat(e.errno()).isEqualTo(errno);
                            assertThat(e.actionIndex()).isEqualTo(actionIndex);
                        });
    }
}
