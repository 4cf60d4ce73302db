// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.spawn4j.testing.ForEachWay;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a process is described by: commands as lists, several variables, copies. */
@Timeout(60)
class DescriptionTest {
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50));

    private static String output(EmptyProcess process) throws Exception {
        return process.run(OPTIONS).stdout().text();
    }

    @Test
    void takesACommandAsAList() throws Exception {
        List<String> command = new ArrayList<>(List.of("echo", "a", "b c"));
        EmptyProcess echo = PidfdProcess.builder(command).args("d");
        command.set(1, "changed");

        assertThat(output(echo)).isEqualTo("a b c d\n");
    }

    @Test
    void makesATemplateOfACommandAsAList() throws Exception {
        try (SpawnTemplate echo = SpawnTemplate.builder(List.of("echo", "a")).build()) {
            assertThat(echo.run(OPTIONS, "b").stdout().text()).isEqualTo("a b\n");
        }
    }

    @Test
    void refusesACommandOfNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PidfdProcess.builder(List.of()))
                .withMessage("command is empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SpawnTemplate.builder(List.of()))
                .withMessage("command is empty");
    }

    @Test
    void setsSeveralVariablesAndLeavesTheOthers() throws Exception {
        EmptyProcess sh =
                PidfdProcess.builder("sh", "-c", "echo $A $B $C; test -n \"$PATH\"")
                        .env("A", "1")
                        .env(Map.of("B", "2", "C", "3"));

        assertThat(output(sh)).isEqualTo("1 2 3\n");
    }

    @Test
    void refusesAVariableThatCannotBe() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PidfdProcess.builder("sh").env(Map.of("A=", "1")))
                .withMessageContaining("contains '='");
    }

    @ForEachWay
    void runsCopiesOfADescriptionAgainAndAgain(SpawnStrategy strategy) throws Exception {
        EmptyProcess echo = PidfdProcess.builder("sh", "-c", "echo $A $1", "sh").strategy(strategy);
        echo.env("A", "1");

        for (int i = 0; i < 3; i++) {
            EmptyProcess copy = echo.copy().args(Integer.toString(i));
            assertThat(output(copy)).isEqualTo("1 " + i + "\n");
        }
    }

    @Test
    void aCopyIsChangedAlone() throws Exception {
        EmptyProcess sh = PidfdProcess.builder("sh", "-c", "echo $A").env("A", "1");
        EmptyProcess copy = sh.copy().env("A", "2").umask(0);

        assertThat(output(sh.copy())).isEqualTo("1\n");
        assertThat(output(copy)).isEqualTo("2\n");
        assertThat(sh.inheritLimits().attributes()).isEmpty();
    }

    @Test
    void runsCopiesInPipelines() throws Exception {
        EmptyProcess cat = PidfdProcess.builder("cat");

        for (int i = 0; i < 2; i++) {
            CommandResult result = Pipeline.of(cat.copy(), cat.copy()).run(OPTIONS.stdin("text"));
            assertThat(result.stdout().text()).isEqualTo("text");
        }
    }

    @Test
    void copiesWhatComesFromATemplateOrACache() throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder("echo").build();
                SpawnTemplateCache cache = SpawnTemplateCache.builder().build()) {
            assertThat(output(template.prepare().copy().args("a"))).isEqualTo("a\n");
            assertThat(output(cache.prepare("echo").copy().args("a"))).isEqualTo("a\n");
            assertThat(cache.statistics().misses()).isEqualTo(1);
        }
    }

    @Test
    void copiesWhatIsLikeAProcessBuilder() throws Exception {
        EmptyProcess echo = EmptyProcess.from(new ProcessBuilder("echo", "a"));

        assertThat(output(echo.copy())).isEqualTo("a\n");
        assertThat(output(echo)).isEqualTo("a\n");
    }

    @Test
    void refusesToCopyWhatHasBeenStarted() throws Exception {
        EmptyProcess process = PidfdProcess.builder("true");
        process.run(OPTIONS);

        assertThatIllegalStateException().isThrownBy(process::copy);
    }
}
