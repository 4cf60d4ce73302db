// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A run whose output does not fit into memory ends, and says so. */
@Timeout(60)
class SmallHeapTest {
    @Test
    void aRunThatFindsNoMemoryEnds() throws Exception {
        String output = SecondJvm.startedBy().option("-Xmx32m").run(SmallHeap.class);

        assertThat(output).containsPattern("READ|no result, but an end").contains("and goes on");
    }
}
