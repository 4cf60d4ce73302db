// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The arguments of a child. */
@Timeout(60)
class ArgumentsTest {
    private static final int E2BIG = 7;

    @TempDir Path folder;

    @ForEachWay
    void passesWhateverIsInAnArgument(SpawnStrategy strategy) throws Exception {
        List<String> arguments =
                List.of(
                        "--",
                        "",
                        "two words",
                        "\"quoted\" and 'quoted'",
                        "line\nline\r\n\ttab",
                        "back\\slash $HOME `id` * ? ; | &",
                        "gr\u00fcn \u4f60\u597d \ud83d\ude80",
                        "-",
                        "",
                        "=");

        List<String> seen = Probe.report(Probe.with(strategy).args(arguments)).arguments();

        assertThat(seen.subList(1, seen.size())).isEqualTo(arguments);
    }

    @ForEachStrategy
    void passesTheProgramAsGivenAsTheFirst(SpawnStrategy strategy) throws Exception {
        assertThat(Probe.report(Probe.with(strategy)).arguments()).containsExactly(Probe.PROGRAM);

        EmptyProcess searched =
                PidfdProcess.builder("probe", "x")
                        .strategy(strategy)
                        .env("PATH", Probe.FILE.getParent().toString());
        assertThat(Probe.report(searched).arguments()).containsExactly("probe", "x");

        EmptyProcess relative =
                PidfdProcess.builder("./probe")
                        .strategy(strategy)
                        .directory(Probe.FILE.getParent());
        assertThat(Probe.report(relative).arguments()).containsExactly("./probe");
    }

    @ForEachWay
    void addsArgumentsInOrder(SpawnStrategy strategy) throws Exception {
        EmptyProcess process = Probe.with(strategy, "a").args("b", "c").args(List.of("d")).args();

        assertThat(Probe.report(process).arguments())
                .containsExactly(Probe.PROGRAM, "a", "b", "c", "d");
    }

    @ForEachWay
    void passesTenThousandArguments(SpawnStrategy strategy) throws Exception {
        List<String> arguments = IntStream.range(0, 10_000).mapToObj(i -> "argument " + i).toList();

        List<String> seen = Probe.report(Probe.with(strategy).args(arguments)).arguments();

        assertThat(seen.subList(1, seen.size())).isEqualTo(arguments);
    }

    @ForEachWay
    void passesAnArgumentOfTheGreatestLength(SpawnStrategy strategy) throws Exception {
        String longest = "x".repeat(128 * 1024 - 1);

        assertThat(Probe.report(Probe.with(strategy, longest)).arguments().get(1))
                .isEqualTo(longest);
    }

    @ForEachWay
    void reportsAnArgumentThatTheKernelRefuses(SpawnStrategy strategy) {
        assertThatThrownBy(() -> Probe.with(strategy, "x".repeat(128 * 1024)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(E2BIG));
    }

    @ForEachWay
    void passesArgumentsThroughAScript(SpawnStrategy strategy) throws Exception {
        Path script = folder.resolve("script");
        Files.writeString(script, "#!" + Probe.PROGRAM + " fixed\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        List<String> seen =
                Probe.report(PidfdProcess.builder(script.toString(), "a b", "").strategy(strategy))
                        .arguments();

        assertThat(seen).containsExactly(Probe.PROGRAM, "fixed", script.toString(), "a b", "");
    }

    @ForEachWay
    void isNotAffectedByLaterChangesOfTheList(SpawnStrategy strategy) throws Exception {
        List<String> arguments = new ArrayList<>(List.of("a"));
        EmptyProcess process = Probe.with(strategy).args(arguments);
        arguments.set(0, "changed");

        assertThat(Probe.report(process).arguments()).containsExactly(Probe.PROGRAM, "a");
    }
}
