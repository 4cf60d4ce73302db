// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.ClassLoaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several copies of the library in one process, as web applications and build plugins have them.
 */
@Timeout(60)
class ClassLoadersTest {
    private static void assertDone(String what) throws Exception {
        assertThat(SecondJvm.startedBy().run(ClassLoaders.class, what)).isEqualTo("done");
    }

    @Test
    void shareTheReservedDescriptors() throws Exception {
        assertDone("share");
    }

    @Test
    void areUnloadedWhenTheyAreDropped() throws Exception {
        assertDone("unload");
    }

    @Test
    void doNotKeepTheirFirstCaller() throws Exception {
        assertDone("caller");
    }
}
