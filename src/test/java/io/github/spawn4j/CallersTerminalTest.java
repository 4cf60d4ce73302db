// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.os.Pty;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that takes a terminal of the caller's own for its controlling one. */
@Timeout(60)
class CallersTerminalTest {
    private static final int EPERM = 1;

    private static String device(int fd) throws IOException {
        return Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:rdev").toString();
    }

    private interface TerminalUse {
        void with(Pty pty) throws Exception;
    }

    private static void withTerminal(TerminalUse use) throws Exception {
        try (Pty pty = Pty.open(30, 90)) {
            use.with(pty);
        }
    }

    @ForEachExpressiveStrategy
    void takesATerminalOfTheCaller(SpawnStrategy strategy) throws Exception {
        withTerminal(
                pty -> {
                    ProbeReport report =
                            Probe.report(
                                    Probe.with(strategy)
                                            .newSession()
                                            .stdin(Redirect.descriptor(pty.peer()))
                                            .action(SpawnAction.controllingTerminal(pty.peer())));

                    String pid = report.text("pid");
                    String device = device(pty.peer());
                    assertThat(report.text("controlling_terminal")).isEqualTo(device);
                    assertThat(report.text("tty.0"))
                            .isEqualTo(device + " " + pid + " " + pid + " 30x90");
                    assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
                });
    }

    @ForEachExpressiveStrategy
    void takesATerminalThatAnActionHasOpened(SpawnStrategy strategy) throws Exception {
        withTerminal(
                pty -> {
                    ProbeReport report =
                            Probe.report(
                                    Probe.with(strategy)
                                            .newSession()
                                            .action(SpawnAction.dup2(pty.peer(), 7))
                                            .action(SpawnAction.controllingTerminal(7))
                                            .action(SpawnAction.close(7)));

                    assertThat(report.text("controlling_terminal")).isEqualTo(device(pty.peer()));
                });
    }

    @ForEachExpressiveStrategy
    void takesNoTerminalWithoutASession(SpawnStrategy strategy) throws Exception {
        withTerminal(
                pty ->
                        assertFails(
                                Probe.with(strategy)
                                        .action(SpawnAction.sigdefault(List.of()))
                                        .action(SpawnAction.controllingTerminal(pty.peer())),
                                "ioctl(TIOCSCTTY)",
                                EPERM,
                                1));
    }

    @ForEachExpressiveStrategy
    void takesNothingButTerminals(SpawnStrategy strategy) {
        EmptyProcess process =
                Probe.with(strategy).newSession().action(SpawnAction.controllingTerminal(0));

        assertThatThrownBy(process::start)
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("action 0: ioctl(TIOCSCTTY) descriptor 0: ENOTTY");
    }

    @Test
    void refusesPosixSpawnWhichCannotTakeATerminal() throws Exception {
        withTerminal(
                pty ->
                        assertThatThrownBy(
                                        () ->
                                                Probe.with(SpawnStrategy.POSIX_SPAWN)
                                                        .newSession()
                                                        .action(
                                                                SpawnAction.controllingTerminal(
                                                                        pty.peer()))
                                                        .start())
                                .isInstanceOf(SpawnException.class)
                                .hasMessageContaining(
                                        "posix_spawn cannot express ioctl(TIOCSCTTY)"));
    }
}
