// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM raises its own soft limit of open files when it begins. Its children have the one that it
 * was started with, where that can be known.
 */
@Timeout(120)
class RaisedLimitTest {
    /** What the shell's soft limit is, and with it that of the JVM at first. */
    private static final int GIVEN = 256;

    private static final int LEAST = 4096;

    /** What a JVM does, and stays the parent of what it starts. */
    private static final String RAISE = "ulimit -Sn $(ulimit -Hn); \"$@\"; exit $?";

    private String hard;

    @TempDir private Path folder;

    @BeforeEach
    void findHardLimit() throws IOException {
        String[] ours =
                Files.readAllLines(Path.of("/proc/self/limits")).stream()
                        .filter(line -> line.startsWith("Max open files"))
                        .findFirst()
                        .orElseThrow()
                        .split(" +");
        hard = ours[4];
        assumeTrue(Long.parseLong(hard) >= LEAST, "the hard limit of open files is only " + hard);
    }

    /** A JVM that a shell starts, which takes these steps before; it stays the JVM's parent. */
    private static SecondJvm startedByShell(String steps) {
        return SecondJvm.startedBy("sh", "-c", steps + "; \"$@\"; exit $?", "sh");
    }

    private static SecondJvm raising() {
        return startedByShell("ulimit -Sn " + GIVEN);
    }

    @Test
    void isPutBackForAllButThoseThatSpeakForTheJvm() throws Exception {
        List<String> lines = raising().run(RaisedLimit.class, folder.toString()).lines().toList();

        String given = GIVEN + "," + hard;
        String raised = hard + "," + hard;
        assertThat(lines)
                .containsExactly(
                        "FORK: " + given,
                        "VFORK: " + given,
                        "POSIX_SPAWN: " + raised,
                        "CLONE3: " + given,
                        "JDK: " + raised,
                        "from: " + raised,
                        "copy: " + given,
                        "sandbox: " + given,
                        "other attributes: " + given,
                        "stage: " + given,
                        "stage of builders: " + raised,
                        "template: " + given,
                        "warm: " + given,
                        "cold starts {}",
                        "parked: " + given,
                        "parked starts 1",
                        "cache: " + given,
                        "posix_spawn: " + raised,
                        "pidfd_spawn_run: " + raised,
                        "limit: 100,200",
                        "soft limit: 300," + hard,
                        "as the JVM: " + raised,
                        "above it: " + given,
                        "builder has [setpriority 1, prlimit NOFILE " + GIVEN + "]",
                        "from has []",
                        "JDK has []",
                        "limit has [prlimit NOFILE 100:100]");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                // Its parent has what it has itself, and the next one another hard limit.
                "ulimit -n 4096; \"$@\"; exit $? | 4096,4096",
                // The shell's hard limit is another, so who knows what has come in between.
                "ulimit -Sn 256; sh -c 'ulimit -n 4096; exec \"$@\"' sh \"$@\"; exit $? | 4096,4096",
                // The JVM's parent is of another session, as one is that has adopted it.
                "ulimit -Sn 256; setsid \"$@\"; exit $? | HARD,HARD",
                // The one that has lowered the limit has become the JVM; those before are of
                // another session.
                "setsid sh -c '\"$@\"; exit $?' sh sh -c 'ulimit -Sn 256; exec \"$@\"' sh \"$@\""
                        + " | HARD,HARD"
            })
    void isLeftWhereItCannotBeKnown(String script, String expected) throws Exception {
        String output = SecondJvm.startedBy("sh", "-c", script, "sh").run(RaisedLimit.class);

        assertThat(output).isEqualTo(oneStart(expected.replace("HARD", hard), ""));
    }

    private static String oneStart(String limits, String attributes) {
        return "builder: " + limits + "\nbuilder has [" + attributes + "]";
    }

    /** The JVM in between has raised its own, and hands that on. */
    @Test
    void isPutBackInAJvmThatAJvmHasStarted() throws Exception {
        String output =
                startedByShell("ulimit -Sn " + GIVEN + "; set -- sh -c '" + RAISE + "' sh \"$@\"")
                        .run(RaisedLimit.class);

        assertThat(output).isEqualTo(oneStart(GIVEN + "," + hard, "prlimit NOFILE " + GIVEN));
    }

    /** Where nobody names a strategy. */
    @ParameterizedTest
    @ValueSource(strings = {"jdk", "posix-spawn"})
    void isNoAttributeWhereTheStrategyOfAllCannotLimit(String strategy) throws Exception {
        String output =
                raising().option("-Dio.github.spawn4j.strategy=" + strategy).run(RaisedLimit.class);

        assertThat(output).isEqualTo(oneStart(hard + "," + hard, ""));
    }

    @Test
    void isLeftWhereTheJvmHasNotRaisedIt() throws Exception {
        String output = raising().option("-XX:-MaxFDLimit").run(RaisedLimit.class);

        assertThat(output).isEqualTo(oneStart(GIVEN + "," + hard, ""));
    }

    /** The kernel refuses it likewise where the hard limit is above fs.nr_open by now. */
    @Test
    void isLeftWhereAFilterRefusesThatItIsPutBack() throws Exception {
        String script =
                "ulimit -Sn "
                        + GIVEN
                        + "; sh -c 'ulimit -Sn $(ulimit -Hn); exec \"$@\"' sh \"$@\"; exit $?";
        String output =
                SecondJvm.startedBy(
                                "sh",
                                "-c",
                                script,
                                "sh",
                                Os.program("deny"),
                                "prlimit64:2=0", // who only asks
                                "prlimit64:1=7=EPERM", // RLIMIT_NOFILE
                                "--")
                        .run(RaisedLimit.class);

        assertThat(output.lines().findFirst()).hasValue("builder: " + hard + "," + hard);
    }

    @Test
    void isToldByRunOfTheTools() throws Exception {
        String output =
                raising()
                        .runOnClassPath(
                                System.getProperty("java.class.path"),
                                "io.github.spawn4j.tools.Main",
                                "run",
                                "--explain",
                                "--",
                                "sh",
                                "-c",
                                "ulimit -Sn");

        assertThat(output).contains("prlimit NOFILE " + GIVEN).endsWith("\n" + GIVEN);
    }
}
