// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recursion without an end that starts and uses processes on its way. */
@Timeout(90)
class DeepStackTest {
    @ParameterizedTest
    @ValueSource(strings = {"start", "tied", "traced", "run"})
    void leavesNoChildWithoutAnOwnerWhereverItsStackOverflows(String operation) throws Exception {
        String output = SecondJvm.startedBy().option("-Xint").run(DeepStack.class, operation);

        assertThat(output).endsWith("OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"waitFor", "onExit", "read", "write", "teardown"})
    void leavesAProcessThatOthersCanUseWhereverItsStackOverflows(String use) throws Exception {
        String output = SecondJvm.startedBy().option("-Xint").run(DeepUse.class, use);

        assertThat(output).endsWith("OK");
    }

    /** Compiled code has other frames, and locks whose release may find no room for its own. */
    @Test
    void keepsNoLaterStartWaitingWhereverItsStackOverflows() throws Exception {
        String output = SecondJvm.startedBy().run(DeepStack.class, "often");

        // What the JVM says of a lock that may stay locked; whether it does is a matter of luck.
        assertThat(output).doesNotContain("Potentially dangerous stack overflow").endsWith("OK");
    }
}
