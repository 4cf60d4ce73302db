package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code agent-tools} starts real programs and checks what they answer. */
class AgentToolsCommandTest extends ToolsTest {
    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = run("agent-tools", "--calls", "64", "--split", "2x2", "--json");
        assertThat(run.exitCode()).as(run.err()).isZero();
        Matcher document =
                Pattern.compile(
                                "\\{\"leftOut\":\\[.*\\],\"results\":\\[\\{\"split\":\"2x2\",\"calls\":64,"
                                        + "\"jdkPerSecond\":([\\d.]+),\"templatePerSecond\":([\\d.]+),"
                                        + "\"differencePercent\":-?[\\d.]+,\"proposalPercent\":null\\}\\]\\}\n")
                        .matcher(run.out());
        assertThat(document.matches()).as(run.out()).isTrue();
        assertThat(Double.parseDouble(document.group(1))).isPositive();
        assertThat(Double.parseDouble(document.group(2))).isPositive();
    }

    @Test
    void printsATableBesideTheProposals() {
        Run run = run("agent-tools", "--calls", "16", "--split", "1x16", "--split", "8x2");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines())
                .anyMatch(
                        line ->
                                line.matches(
                                        "1x16 +16 +[\\d.]+ +[\\d.]+ +[+-][\\d.]+ % +\\+2\\.26 %"))
                .anyMatch(
                        line ->
                                line.matches(
                                        "8x2 +16 +[\\d.]+ +[\\d.]+ +[+-][\\d.]+ % +\\+2\\.00 %"));
    }

    @Test
    void measuresTemplatesThatAreKeptWarm() {
        Run run = run("agent-tools", "--warm", "--calls", "16", "--split", "2x8");
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).containsPattern("(?m)^2x8 +16 +");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--split 16", "--split 0x4", "--split axb", "--calls 0"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("agent-tools " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools agent-tools: ");
    }
}
