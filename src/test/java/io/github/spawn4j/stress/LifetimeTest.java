// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.Capture;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Children from start to end: whose pid it is, who collects them, what an exit code means. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LifetimeTest {
    private static final int DROPPED = 1_000;
    private static final int POURING = 4;

    /** What the kernel gave last; the next process gets the number behind it. */
    private static final Path LAST_PID = Path.of("/proc/sys/kernel/ns_last_pid");

    @Test
    void handlesThatWereDroppedLeaveNoZombies() throws Exception {
        Set<Long> before = Os.children();
        for (int i = 0; i < DROPPED; i++) {
            PidfdProcess.builder(Os.program("noop"))
                    .strategy(SpawnStrategy.values()[1 + i % 3])
                    .stdin(Redirect.DISCARD)
                    .start();
            if (i % 100 == 0) {
                System.gc();
            }
        }
        System.gc();

        Os.await("no child is left", () -> Os.children().equals(before));
    }

    /** Outputs that never pause leave the reactor few quiet moments. */
    @Test
    void childrenAreCollectedWhileOutputsPour() throws Exception {
        Set<Long> before = Os.children();
        List<CompletableFuture<CommandResult>> pouring = new ArrayList<>();
        for (int i = 0; i < POURING; i++) {
            pouring.add(
                    PidfdProcess.builder("yes")
                            .runAsync(RunOptions.noTimeout().stdout(Capture.keepTail(0))));
        }
        for (int i = 0; i < 100; i++) {
            PidfdProcess.builder(Os.program("noop")).start().onExit();
        }

        Os.await("all others are collected", () -> Os.children().size() == POURING + before.size());

        assertThat(pouring).noneMatch(CompletableFuture::isDone);
        pouring.forEach(run -> run.cancel(true));
        Os.await("no child is left", () -> Os.children().equals(before));
    }

    @Test
    void pipesOfDroppedHandlesThatAGrandchildKeepsOpenAreClosedByTheCollector() throws Exception {
        int before = pipes().size();
        Set<Long> children = Os.children();
        List<Long> grandchildren = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            PidfdProcess shell =
                    PidfdProcess.builder("/bin/sh", "-c", "sleep 600 <&0 & echo $!").start();
            grandchildren.add(Long.parseLong(shell.inputReader().readLine()));
            assertThat(shell.waitFor()).isZero();
        }

        Os.await(
                "the pipes are closed",
                () -> {
                    System.gc();
                    return pipes().size() <= before;
                });
        for (long pid : grandchildren) {
            assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        }
        Os.await("no child is left", () -> Os.children().equals(children));
    }

    private static Collection<String> pipes() {
        try {
            Collection<String> targets = Os.descriptors().values();
            targets.removeIf(target -> !target.startsWith("pipe:"));
            return targets;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void signalsNeverReachAnotherProcessWithTheSamePid() throws Exception {
        assumeTrue(Files.isWritable(LAST_PID), "pids cannot be chosen: not root, or a container");
        PidfdProcess ended = PidfdProcess.builder(Os.program("noop")).start();
        assertThat(ended.waitFor()).isZero();
        PidfdProcess successor = startWithPid(ended.pid());
        try {
            assertThat(ended.signal(Signal.KILL)).isFalse();
            ended.destroy();
            ended.destroyForcibly();

            // Had a signal come, it would have come before the answer to what is asked now.
            successor.getOutputStream().write("alive\n".getBytes());
            successor.getOutputStream().close();
            assertThat(successor.inputReader().readLine()).isEqualTo("alive");
            assertThat(successor.waitFor()).isZero();
        } finally {
            successor.destroyForcibly();
        }
    }

    /** Others start processes as well, so that it takes a few attempts. */
    private static PidfdProcess startWithPid(long pid) throws Exception {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            try {
                Files.writeString(LAST_PID, Long.toString(pid - 1));
            } catch (IOException e) {
                assumeTrue(false, "pids cannot be chosen: " + e.getMessage());
            }
            PidfdProcess process = PidfdProcess.builder("cat").start();
            if (process.pid() == pid) {
                return process;
            }
            process.destroyForcibly().waitFor();
        }
        throw new AssertionError("pid " + pid + " was never given again");
    }

    @ParameterizedTest
    @EnumSource
    void exitCode127IsNoFailureToStart(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("/bin/sh", "-c", "exit 127").strategy(strategy).start();

        assertThat(process.waitFor()).isEqualTo(127);
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(127));
    }

    @ParameterizedTest
    @EnumSource
    void missingDirectoryIsNotReportedAsMissingProgram(SpawnStrategy strategy) {
        assertThatThrownBy(
                        () ->
                                PidfdProcess.builder("/bin/sh")
                                        .strategy(strategy)
                                        .directory(Path.of("/no/such/directory"))
                                        .start())
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("chdir \"/no/such/directory\": ENOENT");
        assertThatThrownBy(
                        () ->
                                PidfdProcess.builder("/no/such/program")
                                        .strategy(strategy)
                                        .directory(Path.of("/"))
                                        .start())
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("exec \"/no/such/program\": ENOENT");
    }

    @Test
    void spawnsGoOnAfterSomebodyHasClosedEveryDescriptorOfOurs() throws Exception {
        // The reactor logs its loss, as it should.
        SecondJvm jvm =
                SecondJvm.startedBy().option("-Dorg.slf4j.simpleLogger.defaultLogLevel=off");

        String output = jvm.run(DescriptorsClosed.class);

        assertThat(output).isEqualTo("OK");
    }
}
