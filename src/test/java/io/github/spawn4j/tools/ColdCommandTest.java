// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cold} starts JVMs of each kind; how fast they are is no matter of tests. */
class ColdCommandTest extends ToolsTest {
    private static final String[] STARTS = {"1", "2-10", "11-100"};
    private static final String NUMBER = "0*[1-9]\\d*(?:\\.\\d+)?";

    private static String result(ColdWay way, String starts) {
        return "\\{\"spawner\":\""
                + way
                + "\",\"starts\":\""
                + starts
                + "\",\"startMicros\":\\{\"p50\":"
                + NUMBER
                + "\\},\"totalMicros\":\\{\"p50\":"
                + NUMBER
                + "\\}\\}";
    }

    private static Stream<String> results() {
        return Stream.of(ColdWay.values())
                .flatMap(way -> Arrays.stream(STARTS).map(starts -> result(way, starts)));
    }

    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = run("cold", "--jvms", "1", "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"program\":\"[^\"]+/noop\",\"jvms\":1,\"results\":\\["
                                + results().collect(Collectors.joining(","))
                                + "\\]\\}\n");
    }

    @Test
    void printsATableOfAnyProgram() {
        Run run = run("cold", "--jvms", "1", "--program", "true");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("/true, 1 JVMs each");
        assertThat(run.out().lines().skip(3).map(line -> line.split(" ")[0]).distinct())
                .containsExactly("jdk", "spawn4j-builder", "spawn4j-template");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--jvms 0", "--jvms many", "--program /no/such"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("cold " + options).split(" "));
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("spawn4j-tools cold: ");
    }
}
