package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * {@code exits} tells of every exit; how soon is no matter of tests.
 *
 * <p>In a JVM of its own: NuProcess makes its JVM ignore SIGPIPE.
 */
class ExitsCommandTest extends ToolsTest {
    private static final String NUMBER = "\\d+(?:\\.\\d+)?";
    private static final String TIMES =
            "\"p50Micros\":" + NUMBER + ",\"p99Micros\":" + NUMBER + ",\"maxMicros\":" + NUMBER;

    @Test
    void printsNothingButTheDocumentAsJson() throws Exception {
        Run run = runApart("exits", "--count", "10", "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"count\":10,\"results\":\\[\\{\"notifier\":\"jdk\","
                                + TIMES
                                + "\\},\\{\"notifier\":\"nuprocess\","
                                + TIMES
                                + "\\},\\{\"notifier\":\"spawn4j\","
                                + TIMES
                                + "\\}\\]\\}\n");
    }

    @Test
    void printsATable() throws Exception {
        Run run = runApart("exits", "--count", "1");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(1).map(line -> line.split(" ")[0]))
                .containsExactly("jdk", "nuprocess", "spawn4j");
    }

    @Test
    void refusesWhatCannotBe() {
        Run run = run("exits", "--count", "0");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools exits: --count must be positive");
    }
}
