// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.internal.os.Io;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two thousand children at once cost little, and none is forgotten. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LiveChildrenTest {
    private static final int CHILDREN = 2_000;

    /** A pidfd and three pipes each, and some for the JVM. */
    private static final int DESCRIPTORS = 4 * CHILDREN + 200;

    @Test
    void twoThousandChildrenNeedOneThreadAndEightKibibytesEachAndAllExitsAreNoticed()
            throws Exception {
        assumeTrue(
                Io.maxOpenFiles() >= DESCRIPTORS,
                () -> "the limit on open files is " + Io.maxOpenFiles() + ", below " + DESCRIPTORS);

        String output =
                SecondJvm.startedBy()
                        .option("-Xms128m")
                        .option("-XX:+AlwaysPreTouch")
                        .run(LiveChildren.class, Integer.toString(CHILDREN));

        assumeFalse(output.startsWith(LiveChildren.IMPOSSIBLE), output);
        assertThat(output).isEqualTo("OK");
    }
}
