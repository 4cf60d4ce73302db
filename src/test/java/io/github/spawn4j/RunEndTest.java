// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Runs.OPTIONS;
import static io.github.spawn4j.testing.Runs.failure;
import static io.github.spawn4j.testing.Runs.sh;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.Seq;
import io.github.spawn4j.testing.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs that end before their process would, or before its output has ended. */
@Timeout(60)
class RunEndTest {
    private static final int MIB = 1 << 20;

    // Time

    @ForEachStrategy
    void endsWhatTakesTooLong(SpawnStrategy strategy) throws Exception {
        AtomicReference<Duration> given = new AtomicReference<>();
        CommandException failure =
                Patience.until(
                        "it has said why",
                        e -> e.result().stderr().total() > 0,
                        time -> {
                            given.set(time);
                            return failure(
                                    sh("echo begun; echo cause >&2; exec sleep 600")
                                            .strategy(strategy),
                                    RunOptions.timeout(time));
                        });

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
        assertThat(failure)
                .hasMessageContaining("took longer than %ss", given.get().toMillis() / 1000.0)
                .hasMessageEndingWith("its standard error:\ncause");
        assertThat(failure.result().stdout().text()).isEqualTo("begun\n");
        assertThat(failure.result().exitStatus())
                .isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    @Test
    void doesNotFailForAProcessThatTakesNoTime() throws Exception {
        assertThat(
                        PidfdProcess.builder("true")
                                .run(RunOptions.timeout(Duration.ofDays(1_000_000)))
                                .isSuccess())
                .isTrue();
        assertThat(PidfdProcess.builder("true").run(RunOptions.noTimeout()).isSuccess()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("io.github.spawn4j.testing.ThreadKind#available")
    void anInterruptEndsTheProcessToo(ThreadKind kind) throws Exception {
        CompletableFuture<String> pid = new CompletableFuture<>();
        ThreadKind.Running<CommandResult> run =
                kind.run(
                        () ->
                                sh("echo $$; exec sleep 600")
                                        .run(
                                                OPTIONS.stdout(
                                                        Capture.keepTail(9).lines(pid::complete))));
        long running = Long.parseLong(pid.get(30, TimeUnit.SECONDS));
        run.thread().interrupt();

        assertThat(run.failure()).isInstanceOf(InterruptedException.class);
        assertThat(ProcessHandle.of(running)).as("the process").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.github.spawn4j.testing.ThreadKind#available")
    void runsOnEitherKindOfThread(ThreadKind kind) throws Exception {
        byte[] input = new byte[MIB];

        CommandResult result =
                kind.run(() -> PidfdProcess.builder("cat").run(OPTIONS.stdin(input))).get();

        assertThat(result.stdout().bytes()).isEqualTo(input);
    }

    @Test
    void completingTheFutureEndsTheProcess() throws Exception {
        CompletableFuture<String> pid = new CompletableFuture<>();
        CompletableFuture<CommandResult> run =
                sh("echo $$; exec sleep 600")
                        .runAsync(OPTIONS.stdout(Capture.keepTail(9).lines(pid::complete)));
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(pid.get(30, TimeUnit.SECONDS))).orElseThrow();

        run.completeExceptionally(new IllegalStateException("orTimeout does so too"));

        Eventually.isTrue("the process ends", () -> !process.isAlive());
    }

    @Test
    void cancellingTheFutureEndsTheProcess() throws Exception {
        CompletableFuture<String> pid = new CompletableFuture<>();
        CompletableFuture<CommandResult> run =
                sh("echo $$; exec sleep 600")
                        .runAsync(OPTIONS.stdout(Capture.keepTail(9).lines(pid::complete)));
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(pid.get(30, TimeUnit.SECONDS))).orElseThrow();

        run.cancel(false);

        Eventually.isTrue("the process ends", () -> !process.isAlive());
    }

    // Grandchildren

    @Test
    void cutsOutputThatAGrandchildKeepsOpen() throws Exception {
        CommandResult result =
                sh("echo mine; sleep 600 & echo $!").run(OPTIONS.linger(ofMillis(50)));
        List<String> lines = result.stdout().lines();
        ProcessHandle.of(Long.parseLong(lines.get(1))).ifPresent(ProcessHandle::destroyForcibly);

        assertThat(lines).hasSize(2).startsWith("mine");
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.stdout().isCut()).isTrue();
        assertThat(result.stdout().isTruncated()).isFalse();
    }

    /** The end is there when the listener has returned, though later than the run would linger. */
    @Test
    void isNotCutBecauseAListenerIsSlow() throws Exception {
        CommandResult result =
                sh("echo $$")
                        .run(
                                OPTIONS.linger(Duration.ZERO)
                                        .stdout(Capture.keepTail(9).lines(RunEndTest::awaitEnd)));

        assertThat(result.stdout().isCut()).isFalse();
    }

    private static void awaitEnd(String pid) {
        OwnThread.await(
                "the exit is collected", () -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
    }

    @Test
    void waitsForOutputOfAGrandchildAsLongAsAsked() throws Exception {
        CommandResult result =
                sh("(sleep 0.3; echo late) & echo early").run(OPTIONS.linger(ofSeconds(40)));

        assertThat(result.stdout().lines()).containsExactly("early", "late");
        assertThat(result.stdout().isCut()).isFalse();
    }

    /** What the process has written itself is in the pipe, however slow the listener is. */
    @Test
    void losesNothingOfItsOwnWhenItIsCut() throws Exception {
        StringBuilder heard = new StringBuilder();

        CommandResult result =
                sh("sleep 600 & echo $!; seq 1 10000")
                        .run(
                                OPTIONS.linger(Duration.ZERO)
                                        .stdout(
                                                Capture.failBeyond(MIB)
                                                        .lines(
                                                                line ->
                                                                        heard.append(line)
                                                                                .append('\n'))));

        String[] pidAndRest = heard.toString().split("\n", 2);
        ProcessHandle.of(Long.parseLong(pidAndRest[0])).ifPresent(ProcessHandle::destroyForcibly);
        assertThat(pidAndRest[1]).isEqualTo(Seq.to(10_000));
        assertThat(result.stdout().text()).isEqualTo(heard.toString());
        assertThat(result.stdout().isCut()).isTrue();
    }
}
