// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code threads} measures everybody; how fast they are is no matter of tests. */
class ThreadsCommandTest extends ToolsTest {
    private static final String NUMBER = "\\d+(?:\\.\\d+)?";
    private static final String RESULT =
            "\\{\"program\":\"([^\"]+)\",\"streams\":\"(discarded|pipes)\","
                    + "\"spawner\":\"([a-z0-9-]+)\",\"threads\":(\\d+),\"perSecond\":"
                    + NUMBER
                    + ",\"startMicros\":\\{\"p50\":"
                    + NUMBER
                    + ",\"p99\":"
                    + NUMBER
                    + ",\"max\":"
                    + NUMBER
                    + "\\}\\}";

    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = run("threads", "--threads", "1,3", "--rounds", "2", "--round-ms", "10", "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"rounds\":2,\"roundMs\":10,\"results\":\\["
                                + RESULT
                                + "(?:,"
                                + RESULT
                                + ")*\\]\\}\n");
        assertThat(Pattern.compile(RESULT).matcher(run.out()).results())
                .extracting(ThreadsCommandTest::summary)
                .containsExactly(
                        "noop discarded jdk 1",
                        "noop discarded jdk 3",
                        "noop discarded spawn4j-builder 1",
                        "noop discarded spawn4j-builder 3",
                        "noop discarded spawn4j-template 1",
                        "noop discarded spawn4j-template 3",
                        "noop discarded floor 1",
                        "noop discarded floor 3",
                        "noop pipes jdk 1",
                        "noop pipes jdk 3",
                        "noop pipes spawn4j-builder 1",
                        "noop pipes spawn4j-builder 3",
                        "noop pipes spawn4j-template 1",
                        "noop pipes spawn4j-template 3",
                        "true discarded jdk 1",
                        "true discarded jdk 3",
                        "true discarded spawn4j-builder 1",
                        "true discarded spawn4j-builder 3",
                        "true discarded spawn4j-template 1",
                        "true discarded spawn4j-template 3",
                        "true discarded floor 1",
                        "true discarded floor 3",
                        "true pipes jdk 1",
                        "true pipes jdk 3",
                        "true pipes spawn4j-builder 1",
                        "true pipes spawn4j-builder 3",
                        "true pipes spawn4j-template 1",
                        "true pipes spawn4j-template 3");
    }

    private static String summary(MatchResult result) {
        String path = result.group(1);
        return String.join(
                " ",
                path.substring(path.lastIndexOf('/') + 1),
                result.group(2),
                result.group(3),
                result.group(4));
    }

    @Test
    void printsTablesOfAnyProgram() {
        Run run = run("threads --program true --threads 2 --rounds 1 --round-ms 5".split(" "));
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("/true, discarded\n").contains("/true, pipes\n");
        assertThat(run.out().lines().map(line -> line.split(" ")[0]))
                .containsSubsequence("jdk", "spawn4j-builder", "spawn4j-template", "floor", "jdk");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--program /no/such",
                "--threads 0",
                "--threads 1,many",
                "--rounds 0",
                "--round-ms -1"
            })
    void refusesWhatCannotBe(String options) {
        Run run = run(("threads " + options).split(" "));
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines().findFirst().orElseThrow())
                .startsWith("spawn4j-tools threads: ");
        assertThat(run.err()).doesNotContain("\tat ");
    }
}
