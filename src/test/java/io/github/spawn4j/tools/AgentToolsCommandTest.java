package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code agent-tools} starts real programs and checks what they answer. */
class AgentToolsCommandTest extends ToolsTest {
    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = run("agent-tools", "--calls", "64", "--split", "2x2", "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err()).containsPattern("this will take about \\d+ s\n");
        JsonObject document = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(document.keySet()).containsExactly("leftOut", "machine", "warnings", "results");
        JsonObject result = document.getAsJsonArray("results").get(0).getAsJsonObject();
        assertThat(result.get("split").getAsString()).isEqualTo("2x2");
        assertThat(result.get("proposalPercent").isJsonNull()).isTrue();
        List<String> ways = new ArrayList<>();
        for (JsonElement element : result.getAsJsonArray("ways")) {
            JsonObject way = element.getAsJsonObject();
            ways.add(way.get("way").getAsString());
            assertThat(way.get("calls").getAsInt()).isEqualTo(64);
            assertThat(way.get("perSecond").getAsDouble()).isPositive();
            assertThat(way.get("cpuMicros").getAsDouble()).isPositive();
            assertThat(way.get("jvmPercent").getAsInt()).isBetween(0, 100);
            assertThat(way.getAsJsonObject("perSecondOfJdk").get("ratio").getAsDouble())
                    .isPositive();
        }
        assertThat(ways).containsExactly("jdk", "builder", "template");
    }

    @Test
    void printsATableBesideTheProposals() {
        Run run = run("agent-tools", "--calls", "16", "--split", "1x16", "--split", "8x2");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.matches("1x16 +jdk +16 +[\\d.]+ .* \\d+ % +0"))
                .anyMatch(line -> line.matches("1x16 +template +16 +[\\d.]+ .* \\+2\\.26 %"))
                .anyMatch(line -> line.matches("8x2 +template +16 +[\\d.]+ .* \\+2\\.00 %"));
    }

    @Test
    void measuresTemplatesThatAreKeptWarm() {
        Run run = run("agent-tools", "--warm", "--calls", "16", "--split", "2x8");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("(?m)^2x8 +warm +16 +");
    }

    @Test
    void makesCallsOfTheNamedToolsOnly() {
        Run run = run("agent-tools", "--tools", "cat,sh", "--calls", "16", "--split", "1x4");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("1x4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--split 16", "--split 0x4", "--split axb", "--calls 0", "--tools vi"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("agent-tools " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools agent-tools: ");
    }
}
