// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Timeout;

/** The variables of a child. */
@Timeout(60)
class EnvironmentTest {
    private static final int E2BIG = 7;

    @ForEachStrategy
    void passesTheEnvironmentOfTheJvmOnByteForByte(SpawnStrategy strategy) throws Exception {
        // The java launcher may add variables before the JVM starts, and nobody does later.
        byte[] initial = Files.readAllBytes(Path.of("/proc/self/environ"));
        List<String> expected =
                Arrays.asList(new String(initial, StandardCharsets.ISO_8859_1).split("\0"));

        List<String> seen = Probe.report(Probe.with(strategy)).rawEnvironment();

        assertThat(seen.subList(0, expected.size())).isEqualTo(expected);
        assertThat(seen.subList(expected.size(), seen.size()))
                .allMatch(entry -> entry.startsWith("NLSPATH=") || entry.startsWith("_JAVA"));
    }

    @ForEachWay
    void addsAVariable(SpawnStrategy strategy) throws Exception {
        List<String> before = Probe.report(Probe.with(strategy)).rawEnvironment();

        List<String> seen =
                Probe.report(Probe.with(strategy).env("SPAWN4J_TEST", "value")).rawEnvironment();

        assertThat(seen).containsAll(before).contains("SPAWN4J_TEST=value");
        assertThat(seen).hasSize(before.size() + 1);
    }

    @ForEachWay
    void replacesAVariable(SpawnStrategy strategy) throws Exception {
        List<String> seen =
                Probe.report(Probe.with(strategy).env("PATH", "/x").env("PATH", "/y"))
                        .rawEnvironment();

        assertThat(seen).contains("PATH=/y").doesNotContain("PATH=/x");
        assertThat(seen).filteredOn(entry -> entry.startsWith("PATH=")).hasSize(1);
    }

    @ForEachWay
    void removesAVariable(SpawnStrategy strategy) throws Exception {
        Map<String, String> seen =
                Probe.report(
                                Probe.with(strategy)
                                        .env("SPAWN4J_TEST", "value")
                                        .unsetEnv("SPAWN4J_TEST")
                                        .unsetEnv("PATH")
                                        .unsetEnv("SPAWN4J_NEVER_SET"))
                        .environment();

        assertThat(seen).doesNotContainKeys("SPAWN4J_TEST", "PATH", "SPAWN4J_NEVER_SET");
        assertThat(seen).isNotEmpty();
    }

    @ForEachWay
    void replacesTheWholeEnvironment(SpawnStrategy strategy) throws Exception {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("B", "2");
        variables.put("A", "1 = one");
        variables.put("EMPTY", "");

        ProbeReport report = Probe.report(Probe.with(strategy).environment(variables));

        assertThat(report.rawEnvironment()).containsExactlyInAnyOrder("B=2", "A=1 = one", "EMPTY=");
    }

    @ForEachWay
    void startsWithNoVariablesAtAll(SpawnStrategy strategy) throws Exception {
        ProbeReport report = Probe.report(Probe.with(strategy).environment(Map.of()));

        assertThat(report.rawEnvironment()).isEmpty();
    }

    @ForEachWay
    void passesNamesAndValuesBeyondAscii(SpawnStrategy strategy) throws Exception {
        String value = "gr\u00fcn \u4f60\u597d \ud83d\ude80\n\ttab";

        ProbeReport report =
                Probe.report(Probe.with(strategy).env("GR\u00d6SSE", value).env("EMPTY", ""));

        assertThat(report.environment())
                .containsEntry("GR\u00d6SSE", value)
                .containsEntry("EMPTY", "");
    }

    @ForEachWay
    void passesAnEnvironmentThatIsLargerThanTheUsualBlock(SpawnStrategy strategy) throws Exception {
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < 500; i++) {
            variables.put("VARIABLE_" + i, Integer.toString(i % 10).repeat(1024));
        }

        ProbeReport report = Probe.report(Probe.with(strategy).environment(variables));

        assertThat(report.environment()).isEqualTo(variables);
    }

    private static EmptyProcess withSecrets(SpawnStrategy strategy) {
        return Probe.with(strategy)
                .env("A_SPAWN4J_TOKEN", "1")
                .env("SPAWN4J_T_KEY", "2")
                .env("SPAWN4J_T", "3")
                .env("a.b\\E", "4")
                .env("\u00e4_SPAWN4J_TOKEN", "5");
    }

    @ForEachWay
    void keepsOnlyWhatFitsAPattern(SpawnStrategy strategy) throws Exception {
        EmptyProcess process = withSecrets(strategy).keepEnv("SPAWN4J_T*", "a.b\\E", "nothing");
        assertThat(Probe.report(process.env("LAST", "6")).environment())
                .isEqualTo(
                        Map.of("SPAWN4J_T_KEY", "2", "SPAWN4J_T", "3", "a.b\\E", "4", "LAST", "6"));
        assertThat(Probe.report(withSecrets(strategy).keepEnv()).environment()).isEmpty();
        assertThat(Probe.report(withSecrets(strategy).keepEnv("\u00e4*", "axb*")).environment())
                .containsOnlyKeys("\u00e4_SPAWN4J_TOKEN");
    }

    @ForEachWay
    void dropsWhatFitsAPattern(SpawnStrategy strategy) throws Exception {
        Map<String, String> before = Probe.report(Probe.with(strategy)).environment();
        Map<String, String> seen =
                Probe.report(withSecrets(strategy).dropEnv("*_SPAWN4J_TOKEN", "SPAWN4J_T_*"))
                        .environment();
        assertThat(seen).containsAllEntriesOf(before).hasSize(before.size() + 2);
        assertThat(seen).containsKeys("SPAWN4J_T", "a.b\\E");
        assertThat(Probe.report(withSecrets(strategy).dropEnv("*")).environment()).isEmpty();
        assertThat(Probe.report(Probe.with(strategy).dropEnv()).environment()).isEqualTo(before);
    }

    @ForEachWay
    void reportsAnEnvironmentThatTheKernelRefuses(SpawnStrategy strategy) throws Exception {
        EmptyProcess process = Probe.with(strategy).env("HUGE", "x".repeat(200 * 1024));

        assertThatThrownBy(process::start)
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(E2BIG))
                .hasMessageContaining("error=7, Argument list too long");
    }

    @ForEachWay
    void leavesTheEnvironmentOfTheJvmAlone(SpawnStrategy strategy) throws Exception {
        Probe.report(Probe.with(strategy).env("SPAWN4J_TEST", "value").unsetEnv("PATH"));

        assertThat(System.getenv()).doesNotContainKey("SPAWN4J_TEST").containsKey("PATH");
        assertThat(Probe.report(Probe.with(strategy)).environment())
                .doesNotContainKey("SPAWN4J_TEST")
                .containsKey("PATH");
    }
}
