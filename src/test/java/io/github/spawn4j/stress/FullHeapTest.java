// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A heap that is full for a moment. */
@Timeout(90)
class FullHeapTest {
    @Test
    void everyExitIsToldAndEveryRunEndsAlthoughTheHeapIsFullAgainAndAgain() throws Exception {
        String output = SecondJvm.startedBy().option("-Xmx64m").run(FullHeap.class, "2");

        assertThat(output).endsWith("OK");
    }

    @Test
    void everybodyWhoFollowsAnExitIsToldAlthoughTheHeapIsFullAtThatMoment() throws Exception {
        String output = SecondJvm.startedBy().option("-Xmx64m").run(FullHeapAtExit.class);

        assertThat(output).endsWith("OK");
    }

    @Test
    void everybodyWhoFollowsAFutureIsToldAlthoughTheHeapIsFullTheFirstTime() throws Exception {
        String output = SecondJvm.startedBy().option("-Xmx64m").run(FullHeapAtCompletion.class);

        assertThat(output).endsWith("OK");
    }
}
