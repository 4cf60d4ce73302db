package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code warm} measures all ways; how much they gain is no matter of tests. */
class WarmCommandTest extends ToolsTest {
    private static final String COSTS =
            "\\{\"crowdMicros\":[\\d.]+,\"aloneMicros\":[\\d.]+,\"crowdBlockedMicros\":[\\d.]+,"
                    + "\"blockedMicros\":[\\d.]+,"
                    + "\"totalMicros\":[\\d.]+\\}";

    private static Run warm(String options) {
        Run run = run(("warm --rounds 1 --starts 8 " + options).split(" "));
        assumeFalse(run.err().contains("cannot be kept warm"), run::err);
        return run;
    }

    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = warm("--programs true --json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"rounds\":1,\"starts\":8,\"results\":\\[\\{\"command\":\"true\",\"clone3\":"
                                + COSTS
                                + ",\"refused\":"
                                + COSTS
                                + ",\"warm\":"
                                + COSTS
                                + ",\"parked\":"
                                + COSTS
                                + "\\}\\]\\}\n");
    }

    @Test
    void printsATableOfEachCostWithRatiosAndTheirMean() {
        Run run = warm("--programs true,sh");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(line -> line.contains("clone3")))
                .extracting(line -> line.substring(0, line.indexOf("  ")))
                .containsExactly(
                        "CPU, 16 in flight",
                        "CPU, one after the other",
                        "blocked, 16 in flight",
                        "blocked, one after the other",
                        "total, one after the other");
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("true +\\d+( +\\d+ +\\d+\\.\\d\\d){3}"))
                .anyMatch(line -> line.matches("sh -c : +\\d+( +\\d+ +\\d+\\.\\d\\d){3}"))
                .anyMatch(line -> line.matches("geometric mean( +\\d+\\.\\d\\d){3}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rounds 0", "--starts 1", "--programs vi"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("warm " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools warm: ");
    }
}
