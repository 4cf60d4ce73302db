// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.TestCgroup;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Teardowns where the kernel does not signal by pidfd, and where /proc does not tell who lives. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class GroupEndTest {
    private static final String UNSHARE = "unshare --pid --fork --kill-child";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pidfd_send_signal:3=4=EINVAL", // before Linux 6.9
                "pidfd_send_signal=EPERM",
                "pidfd_send_signal=kill",
                "pidfd_send_signal=ENOSYS pidfd_open=EPERM", // Docker of 2019
            })
    void reachesEverybodyUnderAFilter(String rules) throws Exception {
        String prefix = "DENY " + rules + " --";
        if (!TestCgroup.canBeMade()) {
            assertThat(run("certain", prefix)).isEqualTo("OK");
            return;
        }
        try (TestCgroup cgroup = new TestCgroup()) {
            assertThat(run("certain", prefix, cgroup.directory().toString())).isEqualTo("OK");
        }
    }

    /** The JVM is the namespace's init and collects nobody. */
    @ParameterizedTest
    @ValueSource(strings = {"", "DENY pidfd_send_signal=EPERM -- "})
    void tellsZombiesInAPidNamespace(String filter) throws Exception {
        assumeCanUnshare();

        assertThat(run("certain", filter + UNSHARE + " --mount-proc")).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "DENY pidfd_send_signal=EPERM -- "})
    void doesNotTrustTheProcOfAnotherPidNamespace(String filter) throws Exception {
        assumeCanUnshare();

        assertThat(run("uncertain", filter + UNSHARE)).isEqualTo("OK");
    }

    @Test
    void doesNotTrustAnEmptyProc() throws Exception {
        assumeCanUnshare();

        assertThat(run("uncertain", UNSHARE + " --mount-proc", "hide")).isEqualTo("OK");
    }

    /**
     * A group whose leader has ended is out of reach there; the program's own failure counts more.
     */
    @ParameterizedTest
    @CsvSource({"0, 123", "3, 3"})
    void theToolsTellByTheirExitCodeThatSomebodyIsLeft(int own, int told) throws Exception {
        String output =
                SecondJvm.startedBy(Os.program("deny"), "pidfd_send_signal:3=4=EINVAL", "--")
                        .runOnClassPath(
                                System.getProperty("java.class.path"),
                                "io.github.spawn4j.tools.Main",
                                "run",
                                "--leave-nobody",
                                "--",
                                "sh",
                                "-c",
                                "sleep 600 >/dev/null 2>&1 & echo $!; exit " + own);

        long left =
                output.lines()
                        .filter(line -> line.matches("\\d+"))
                        .mapToLong(Long::parseLong)
                        .findFirst()
                        .orElseThrow();
        assertThat(ProcessHandle.of(left).map(ProcessHandle::destroyForcibly)).contains(true);
        assertThat(output).contains("\nspawn4j-tools run: ").endsWith("\nexit code " + told);
    }

    private static void assumeCanUnshare() throws Exception {
        Process unshare =
                new ProcessBuilder("unshare", "--pid", "--mount", "--fork", "true").start();
        assumeTrue(unshare.waitFor() == 0, "making namespaces needs root");
    }

    private static String run(String certainty, String prefix, String... more) throws Exception {
        String[] command = prefix.replace("DENY", Os.program("deny")).split(" ");
        String[] arguments =
                Stream.concat(Stream.of(certainty), Stream.of(more)).toArray(String[]::new);
        return SecondJvm.startedBy(command)
                .option("-XX:-UsePerfData") // whose file is named by the pid
                .run(GroupEnd.class, arguments);
    }
}
