// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pipe has a lock, and a child that has to wait for a page of what it writes (from swap, FUSE,
 * userfaultfd) holds it meanwhile. Whoever reads then waits, and nobody else may.
 */
@Timeout(60)
class LatePageTest {
    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC"})
    void aReadThatWaitsForAChildDoesNotStopTheCollector(String collector) throws Exception {
        String output = SecondJvm.withCollector(collector).option("-Xmx64m").run(LatePage.class);

        assumeFalse(output.equals("forbidden"), "userfaultfd(2) is forbidden here");
        assertThat(output).isEqualTo("OK");
    }
}
