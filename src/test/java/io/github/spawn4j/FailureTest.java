// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.StartWay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a failed start says, and that it leaves nothing behind. */
@Timeout(180)
class FailureTest {
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int ENOTDIR = 20;
    private static final int EINVAL = 22;

    @TempDir Path folder;

    private static SpawnException failure(EmptyProcess process) {
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e).as("exception").isNotNull();
        return e;
    }

    private static void assertStep(SpawnException e, String step, int index, int errno) {
        assertThat(e.step()).as("step of " + e).isEqualTo(step);
        assertThat(e.actionIndex()).as("action index of " + e).isEqualTo(index);
        assertThat(e.errno()).as("errno of " + e).isEqualTo(errno);
    }

    // What it says

    @ForEachExpressiveStrategy
    void namesTheActionThatFailed(SpawnStrategy strategy) {
        EmptyProcess process =
                Probe.with(strategy)
                        .action(SpawnAction.dup2(1, 5))
                        .action(SpawnAction.sigmask(List.of(Signal.INT)))
                        .action(SpawnAction.close(5))
                        .action(SpawnAction.fchdir(0))
                        .action(SpawnAction.dup2(1, 6));

        SpawnException e = failure(process);

        assertStep(e, "fchdir", 3, ENOTDIR);
        assertThat(e)
                .hasMessage(
                        "Cannot run program \""
                                + Probe.PROGRAM
                                + "\": error=20, Not a directory"
                                + " (action 3: fchdir descriptor 0: ENOTDIR)");
    }

    @ForEachExpressiveStrategy
    void namesTheFirstOfSeveralThatFail(SpawnStrategy strategy) {
        EmptyProcess process =
                Probe.with(strategy)
                        .directory(folder)
                        .stdin(Redirect.DISCARD)
                        .action(SpawnAction.open(OpenFlags.AT_FDCWD, "missing", 3, 0, 0, 0))
                        .action(SpawnAction.fchdir(0));

        SpawnException e = failure(process);

        assertStep(e, "open", 0, ENOENT);
        assertThat(e).hasMessageContaining("action 0: open \"missing\": ENOENT");
    }

    @ForEachExpressiveStrategy
    void namesADescriptorThatAnEarlierActionHasClosed(SpawnStrategy strategy) {
        SpawnException e =
                failure(
                        Probe.with(strategy)
                                .action(SpawnAction.closeRange(0, 2))
                                .action(SpawnAction.dup2(1, 7)));

        assertStep(e, "dup2", 1, EBADF);
        assertThat(e).hasMessageContaining("dup2 1 to 7: EBADF");
    }

    @ForEachExpressiveStrategy
    void reportsOpenFlagsThatTheKernelRefuses(SpawnStrategy strategy) {
        // openat2(2) wants no mode where nothing is created.
        SpawnException e =
                failure(
                        Probe.with(strategy)
                                .action(SpawnAction.open(OpenFlags.AT_FDCWD, "/", 3, 0, 0600, 0)));

        assertStep(e, "open", 0, EINVAL);
    }

    @ForEachWay
    void keepsTheMessageOfTheJdk(SpawnStrategy strategy) {
        assertThat(failure(PidfdProcess.builder("no-such-program").strategy(strategy)))
                .hasMessageStartingWith(
                        "Cannot run program \"no-such-program\": error=2, No such file or"
                                + " directory");
        assertThat(
                        failure(
                                PidfdProcess.builder("no-such-program")
                                        .strategy(strategy)
                                        .directory(folder)))
                .hasMessageStartingWith(
                        "Cannot run program \"no-such-program\" (in directory \""
                                + folder
                                + "\"): error=2, No such file or directory");
    }

    @ForEachWay
    void keepsTheMessageOnOneLine(SpawnStrategy strategy) {
        assertThat(failure(PidfdProcess.builder("/no/such\nprogram\t").strategy(strategy)))
                .hasMessageContaining("\"/no/such\\u000aprogram\\u0009\"")
                .hasMessageNotContaining("\n");
    }

    @ForEachWay
    void saysTheErrorNumberWithPosixSpawnToo(SpawnStrategy strategy) throws Exception {
        SpawnException e =
                failure(Probe.with(strategy).stdin(Redirect.from(folder.resolve("missing"))));

        assertThat(e.errno()).isEqualTo(ENOENT);
        assertThat(e.step())
                .isEqualTo(strategy == SpawnStrategy.POSIX_SPAWN ? "posix_spawn" : "open");
        assertThat(e.actionIndex()).isEqualTo(-1);
        assertThat(e).hasCauseInstanceOf(java.io.IOException.class);
    }

    // What it leaves

    @ForEachStrategy
    void leavesNothingBehind(SpawnStrategy strategy) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "no interpreter line");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        Path missing = folder.resolve("missing");
        List<Supplier<EmptyProcess>> failing =
                List.of(
                        () -> PidfdProcess.builder("no-such-program"),
                        () -> PidfdProcess.builder(script.toString()),
                        () -> StartWay.probe(strategy).directory(missing),
                        () -> StartWay.probe(strategy).stdin(Redirect.from(missing)),
                        () -> StartWay.probe(strategy).stdout(Redirect.to(folder)),
                        () -> StartWay.probe(strategy).action(SpawnAction.fchdir(0)),
                        () ->
                                StartWay.probe(strategy)
                                        .action(SpawnAction.dup2(OpenFile.unusedNumber(), 3)),
                        () -> StartWay.probe(strategy).args("x".repeat(200_000)));
        failAll(failing, strategy); // a template opens its program for the first cold start
        Map<Integer, String> before = LeakCheck.descriptors();
        for (int i = 0; i < 10; i++) {
            failAll(failing, strategy);
        }

        LeakCheck.assertOpenAsBefore(before);
        assertThat(StartWay.started()).isEmpty();
    }

    private static void failAll(List<Supplier<EmptyProcess>> failing, SpawnStrategy strategy) {
        for (Supplier<EmptyProcess> process : failing) {
            failure(process.get().strategy(strategy));
        }
    }

    @ForEachWay
    void canBeTriedOnceOnly(SpawnStrategy strategy) {
        EmptyProcess process = PidfdProcess.builder("no-such-program").strategy(strategy);
        failure(process);

        assertDead(process, "the start has failed");
    }

    @ForEachWay
    void cannotBeStartedTwice(SpawnStrategy strategy) throws Exception {
        EmptyProcess process = Probe.with(strategy, "--exit", "0");
        PidfdProcess started = process.start();

        assertDead(process, "the process has been started");
        assertThat(started.waitFor()).isZero();
    }

    private void assertDead(EmptyProcess process, String reason) {
        List<Callable<?>> calls =
                List.of(
                        process::start,
                        () -> process.args("x"),
                        () -> process.args(List.of()),
                        () -> process.env("A", "B"),
                        () -> process.unsetEnv("A"),
                        () -> process.environment(Map.of()),
                        () -> process.directory(folder),
                        () -> process.stdin(Redirect.PIPE),
                        () -> process.stdout(Redirect.PIPE),
                        () -> process.stderr(Redirect.PIPE),
                        process::inheritIO,
                        () -> process.action(SpawnAction.close(0)),
                        () -> process.strategy(SpawnStrategy.FORK));
        for (Callable<?> call : calls) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(reason);
        }
    }

    @ForEachWay
    void isNotMistakenForAProgramThatExitsWith127(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--exit", "127").start();

        assertThat(process.waitFor()).isEqualTo(127);
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(127));
    }

    /** Anything that a start may leave in the calling thread. */
    @ForEachWay
    void leavesTheSignalMaskAsItWas(SpawnStrategy strategy) throws Exception {
        Function<String, String> own = key -> ProcStatus.ofThread().get(key);
        String blocked = own.apply("SigBlk");

        failure(PidfdProcess.builder("no-such-program").strategy(strategy));
        assertThat(own.apply("SigBlk")).isEqualTo(blocked);
        failure(Probe.with(strategy).action(SpawnAction.fchdir(0)));
        assertThat(own.apply("SigBlk")).isEqualTo(blocked);
        Probe.output(Probe.with(strategy, "--exit", "0"));
        assertThat(own.apply("SigBlk")).isEqualTo(blocked);
    }
}
