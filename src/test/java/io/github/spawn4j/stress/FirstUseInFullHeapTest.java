// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A heap that is nearly full when the library is used first leaves no class lost for ever. */
@Timeout(90)
class FirstUseInFullHeapTest {
    @ParameterizedTest
    @CsvSource({"start, 80", "start, 240", "run, 80", "run, 280", "terminal, 240", "template, 200"})
    void theNextUseWorksHoweverLittleMemoryWasLeft(String use, String kibibytes) throws Exception {
        String output =
                SecondJvm.startedBy()
                        .option("-Xmx32m")
                        .run(FirstUseInFullHeap.class, use, kibibytes);

        assertThat(output).contains("OutOfMemoryError").endsWith("OK");
    }
}
