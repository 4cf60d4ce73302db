// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code agent-tools} starts real programs and checks what they answer. */
class AgentToolsCommandTest extends ToolsTest {
    @Test
    void makesCallsInEveryWayThatIsThere() {
        Run run = run("agent-tools --tools grep,sh --calls 32 --split 2x2 --json".split(" "));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).containsPattern("this will take about \\d+ s\n");
        JsonObject document = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(document.keySet())
                .containsExactly("leftOut", "machine", "warnings", "results", "tools");
        JsonObject result = document.getAsJsonArray("results").get(0).getAsJsonObject();
        assertThat(result.get("split").getAsString()).isEqualTo("2x2");
        assertThat(result.get("proposalPercent").isJsonNull()).isTrue();
        List<String> expected =
                Stream.of("jdk", "nuprocess", "python", "builder", "template", "warm", "parked")
                        .filter(way -> !run.err().contains("left out: " + way + ":"))
                        .collect(Collectors.toList());
        assertThat(ways(result, 32)).isEqualTo(expected).contains("jdk", "builder", "template");
        List<String> tools = new ArrayList<>();
        for (JsonElement element : document.getAsJsonArray("tools")) {
            JsonObject tool = element.getAsJsonObject();
            tools.add(tool.get("tool").getAsString());
            assertThat(tool.get("startPercent").getAsInt()).isPositive();
            assertThat(ways(tool, 8)).isEqualTo(expected);
        }
        assertThat(tools).containsExactly("nothing", "grep", "sh");
    }

    /** The names of the ways, each of which has made so many calls and said what they took. */
    private static List<String> ways(JsonObject result, int calls) {
        List<String> ways = new ArrayList<>();
        for (JsonElement element : result.getAsJsonArray("ways")) {
            JsonObject way = element.getAsJsonObject();
            ways.add(way.get("way").getAsString());
            assertThat(way.get("calls").getAsInt()).isEqualTo(calls);
            assertThat(way.get("perSecond").getAsDouble()).isPositive();
            assertThat(way.get("cpuMicros").getAsDouble()).isPositive();
            assertThat(way.get("callerPercent").getAsInt()).isBetween(0, 100);
            JsonObject ofJdk = way.getAsJsonObject("perSecondOfJdk");
            assertThat(ofJdk.get("ratio").getAsDouble()).isPositive();
        }
        return ways;
    }

    @Test
    void printsTablesBesideTheProposalsAndWritesAPage(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("page.html");
        Run run =
                run(
                        ("agent-tools --tools cat,sh --ways jdk,template --calls 16 --split 1x16"
                                        + " --split 8x2 --html "
                                        + page)
                                .split(" "));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("1x16 +jdk +16 +[\\d.]+ .* \\d+ % +\\d+"))
                .anyMatch(line -> line.matches("1x16 +template +16 +[\\d.]+ .* \\+2\\.26 %"))
                .anyMatch(line -> line.matches("8x2 +template +16 +[\\d.]+ .* \\+2\\.00 %"))
                .anyMatch(line -> line.matches("nothing +8 +\\d+ +100 % .*"))
                .anyMatch(line -> line.matches("cat +8 +\\d+ +\\d+ % .*"))
                .noneMatch(line -> line.startsWith("grep "));
        assertThat(Files.readString(page)).contains("agent-tools-cpu", "kernel proposal");
    }

    @Test
    void saysNoMoreThanThatItWasInterrupted() throws Exception {
        PidfdProcess calls = startApart("agent-tools", "--tools", "sh", "--ways", "jdk");
        BufferedReader err = calls.errorReader();
        assertThat(err.readLine()).contains("this will take about");

        calls.signal(Signal.INT);

        assertThat(err.lines()).allMatch("spawn4j-tools agent-tools: interrupted"::equals);
        assertThat(calls.awaitExit(Duration.ofSeconds(60))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--split 16",
                "--split 0x4",
                "--split axb",
                "--calls 0",
                "--tools vi",
                "--ways vi"
            })
    void refusesWhatCannotBe(String options) {
        Run run = run(("agent-tools " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools agent-tools: ");
    }
}
