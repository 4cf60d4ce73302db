// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

/** {@code virtual-threads} counts OS threads, in a JVM of its own. */
class VirtualThreadsCommandTest extends ToolsTest {
    @Test
    void printsNothingButTheDocumentAsJson() throws Exception {
        assumeTrue(VirtualThread.isSupported(), "this JVM has no virtual threads");
        Run run = runApart("virtual-threads", "--count", "3", "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"count\":3,\"additionalThreads\":\\{\"spawn4j\":-?\\d+,\"jdk\":-?\\d+\\}\\}\n");
    }

    @Test
    void saysWhereThereAreNone() {
        assumeFalse(VirtualThread.isSupported(), "this JVM has virtual threads");
        Run run = run("virtual-threads");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo(
                        "spawn4j-tools virtual-threads: this JVM has no virtual threads; JDK 21"
                                + " has\n");
    }

    @Test
    void refusesWhatCannotBe() {
        Run run = run("virtual-threads", "--count", "0");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools virtual-threads: --count must be positive");
    }
}
