// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code warm} measures all ways; how much they gain is no matter of tests. */
class WarmCommandTest extends ToolsTest {
    private static Run warm(String options) {
        Run run = run(("warm --rounds 1 --starts 8 " + options).split(" "));
        assumeFalse(run.err().contains("cannot be kept warm"), run::err);
        return run;
    }

    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = warm("--programs true --json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonObject document = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(document.keySet())
                .containsExactly("rounds", "starts", "machine", "warnings", "results");
        JsonObject result = document.getAsJsonArray("results").get(0).getAsJsonObject();
        assertThat(result.keySet())
                .containsExactly("command", "clone3", "refused", "warm", "parked", "helper");
        JsonObject helper = result.getAsJsonObject("helper");
        assertThat(helper.keySet())
                .containsExactly("makeMicros", "kib", "parkedKib")
                .allSatisfy(key -> assertThat(helper.get(key).getAsDouble()).isPositive());
        JsonObject warm = result.getAsJsonObject("warm");
        assertThat(warm.keySet())
                .containsExactly(
                        "crowdMicros",
                        "aloneMicros",
                        "crowdBlockedMicros",
                        "blockedMicros",
                        "totalMicros",
                        "rejectedTurns",
                        "clone3Divided");
        assertThat(warm.get("crowdMicros").getAsDouble()).isPositive();
        assertThat(warm.getAsJsonObject("clone3Divided").getAsJsonObject("totalMicros").keySet())
                .containsExactly("ratio", "low", "high", "rounds");
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
                .anyMatch(line -> line.matches("true +\\d+( +\\d+ +\\d+\\.\\d\\d \\(\\?\\)){3}"))
                .anyMatch(line -> line.matches("sh -c : +\\d+( +\\d+ +\\d+\\.\\d\\d \\(\\?\\)){3}"))
                .anyMatch(line -> line.matches("geometric mean( +\\d+\\.\\d\\d){3}"))
                .anyMatch(line -> line.matches("to keep it warm +CPU +KiB +.*"))
                .anyMatch(line -> line.matches("true( +\\d+){3}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rounds 0", "--starts 1", "--programs vi"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("warm " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools warm: ");
    }
}
