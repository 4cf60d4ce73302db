// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Failures.assertFails;
import static io.github.spawn4j.testing.Terminals.SIZE;
import static io.github.spawn4j.testing.Terminals.probe;
import static io.github.spawn4j.testing.Terminals.report;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be had together with a terminal, and what is granted. */
@Timeout(60)
class TerminalRefusalTest {
    private static final int ENOENT = 2;

    private static final int EOPNOTSUPP = 95;

    @TempDir Path folder;

    private static void assertRefused(EmptyProcess process, String... named) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        assertThatThrownBy(process::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(named);
        LeakCheck.assertOpenAsBefore(before);
    }

    @Test
    void refusesAStreamToATerminalThatThereIsNot() throws Exception {
        EmptyProcess process = PidfdProcess.builder(Probe.PROGRAM).stderr(Redirect.TERMINAL);

        assertRefused(process, "Redirect.TERMINAL", "terminal(size)");

        Probe.output(process.stderr(Redirect.PIPE)); // put right
    }

    @Test
    void refusesATerminalThatNoStreamLeadsTo() throws Exception {
        EmptyProcess process = PidfdProcess.builder("/bin/true").terminal(SIZE).inheritIO();

        assertRefused(process, "Redirect.TERMINAL", "terminal(size)");

        assertThat(process.stdin(Redirect.TERMINAL).start().waitFor()).isZero();
    }

    @Test
    void refusesAProcessGroupThatExists() throws Exception {
        assertRefused(
                probe(SpawnStrategy.CLONE3).processGroup(77), "terminal(size)", "processGroup(77)");
        assertRefused(
                Probe.with(SpawnStrategy.CLONE3).processGroup(77).terminal(SIZE),
                "processGroup(77)");
    }

    @ForEachExpressiveStrategy
    void grantsAGroupAndASessionThatItHasAnyway(SpawnStrategy strategy) throws Exception {
        ProbeReport report = report(probe(strategy).processGroup(0).newSession());

        assertThat(report.text("pgrp")).isEqualTo(report.text("pid"));
        assertThat(report.text("session")).isEqualTo(report.text("pid"));
    }

    @Test
    void refusesPosixSpawnWhichHasNoWordsForIt() throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();

        assertFails(
                probe(SpawnStrategy.POSIX_SPAWN),
                "posix_spawn cannot express terminal",
                EOPNOTSUPP,
                -1);

        LeakCheck.assertOpenAsBefore(before);
    }

    @ForEachExpressiveStrategy
    void leavesNothingIfTheProgramCannotBeExecuted(SpawnStrategy strategy) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        Path text = Files.writeString(folder.resolve("text"), "no program");
        text.toFile().setExecutable(true);

        assertFails(
                PidfdProcess.builder(text.toString()).strategy(strategy).terminal(SIZE),
                "exec",
                8,
                -1);
        assertFails(probe(strategy).action(SpawnAction.chdir("/no/such")), "chdir", ENOENT, 0);

        LeakCheck.assertOpenAsBefore(before);
    }

    @Test
    void hasNoWindowWithoutATerminal() throws Exception {
        PidfdProcess process = PidfdProcess.builder("/bin/true").start();

        assertThatThrownBy(process::windowSize).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> process.windowSize(SIZE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "process " + process.pid() + " was not started with terminal");
        process.waitFor();
    }
}
