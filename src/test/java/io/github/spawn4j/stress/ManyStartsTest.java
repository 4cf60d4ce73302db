// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Starts of more threads than there are reserved descriptors for wait for one another. */
@Timeout(60)
class ManyStartsTest {
    @Test
    void copyNoTable() throws Exception {
        assertThat(SecondJvm.startedBy().run(ManyStarts.class, "1")).isEqualTo("[64]");
    }

    @Test
    void waitForThoseOfAnotherClassLoader() throws Exception {
        assertThat(SecondJvm.startedBy().run(ManyStarts.class, "2")).isEqualTo("[64]");
    }
}
