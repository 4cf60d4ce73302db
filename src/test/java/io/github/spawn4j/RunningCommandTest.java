// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.testing.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A run that goes on: its pids, signals to it, and a conversation without a thread of one's own.
 */
@Timeout(60)
class RunningCommandTest {
    private static final long LIMIT_S = 20;
    private static final RunOptions OPEN = RunOptions.timeout(ofSeconds(50)).openStdin();

    /** More than a pipe holds. */
    private static final int MUCH = 1 << 20;

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static IOException failure(CompletableFuture<?> future) {
        ExecutionException e =
                catchThrowableOfType(ExecutionException.class, () -> future.get(LIMIT_S, SECONDS));
        return (IOException) e.getCause();
    }

    @Test
    void tellsThePid() throws Exception {
        RunningCommand running = sh("echo $$").runAsync(RunOptions.noTimeout());

        CommandResult result = running.get(LIMIT_S, SECONDS);

        assertThat(result.stdout().text()).isEqualTo(running.pid() + "\n");
        assertThat(running.pids()).containsExactly(result.stage().pid());
    }

    @Test
    void signalsEveryProcessOfAPipeline() throws Exception {
        RunningCommand running =
                // The second one does not end by itself when the first one has.
                Pipeline.of(
                                PidfdProcess.builder("sleep", "600"),
                                PidfdProcess.builder("sleep", "600"))
                        .runAsync(RunOptions.noTimeout().anyExit());

        assertThat(running.pids()).hasSize(2).doesNotHaveDuplicates();
        assertThat(running.signal(Signal.INT)).isTrue();

        CommandResult result = running.get(LIMIT_S, SECONDS);
        assertThat(result.stages())
                .extracting(CommandResult.Stage::exitStatus)
                .containsOnly(new ExitStatus.Killed(Signal.INT, false));
        assertThat(running.signal(Signal.INT)).isFalse();
    }

    @Test
    void holdsAConversation() throws Exception {
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        RunningCommand echo =
                sh("while read line; do echo \"<$line>\"; done")
                        .runAsync(OPEN.stdout(Capture.keepTail(0).lines(answers::add)));

        echo.write("one\n").get(LIMIT_S, SECONDS);
        assertThat(answers.poll(LIMIT_S, SECONDS)).isEqualTo("<one>");
        echo.write("two\n").get(LIMIT_S, SECONDS);
        assertThat(answers.poll(LIMIT_S, SECONDS)).isEqualTo("<two>");
        assertThat(echo).isNotDone();
        echo.closeStdin();

        assertThat(echo.get(LIMIT_S, SECONDS).exitStatus()).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void aListenerCanWriteTheNextMessage() throws Exception {
        CompletableFuture<RunningCommand> started = new CompletableFuture<>();
        List<String> answers = new ArrayList<>();
        RunningCommand cat =
                PidfdProcess.builder("cat")
                        .runAsync(
                                OPEN.stdout(
                                        Capture.keepTail(0)
                                                .lines(line -> answer(started, line, answers))));
        started.complete(cat);
        cat.write("1\n");

        cat.get(LIMIT_S, SECONDS);

        assertThat(answers).containsExactly("1", "2", "3", "4", "5");
    }

    private static void answer(
            CompletableFuture<RunningCommand> started, String line, List<String> answers) {
        answers.add(line);
        if (answers.size() == 5) {
            started.join().closeStdin();
        } else {
            started.join().write(answers.size() + 1 + "\n");
        }
    }

    @Test
    void writesInOrderWhatIsMoreThanAPipeHolds() throws Exception {
        RunningCommand cat = PidfdProcess.builder("cat").runAsync(OPEN);
        byte[] expected = new byte[4 * MUCH];

        CompletableFuture<Void> last = null;
        for (int i = 0; i < 4; i++) {
            byte[] part = new byte[MUCH];
            Arrays.fill(part, (byte) ('a' + i));
            System.arraycopy(part, 0, expected, i * MUCH, MUCH);
            last = cat.write(part);
        }
        cat.closeStdin();

        last.get(LIMIT_S, SECONDS);
        assertThat(cat.get(LIMIT_S, SECONDS).stdout().bytes()).isEqualTo(expected);
    }

    @Test
    void aWriteIsOverOnlyWhenThereWasRoom() throws Exception {
        CountDownLatch mayRead = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        RunningCommand cat =
                PidfdProcess.builder("cat")
                        .runAsync(
                                OPEN.stdout(
                                        Capture.keepTail(0)
                                                .buffers(
                                                        bytes -> {
                                                            begun.countDown();
                                                            await(mayRead);
                                                        })));
        CompletableFuture<Void> written = cat.write(new byte[MUCH]);
        await(begun);

        assertThat(written).isNotDone();
        mayRead.countDown();

        written.get(LIMIT_S, SECONDS);
        cat.closeStdin();
        assertThat(cat.get(LIMIT_S, SECONDS).stdout().total()).isEqualTo(MUCH);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_S, SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatDependsOnAWriteIsRunByAThreadOfTheLibrary() throws Exception {
        RunningCommand sleep = PidfdProcess.builder("sleep", "600").runAsync(OPEN.anyExit());
        CompletableFuture<String> teller =
                sleep.write(new byte[MUCH]).handle((done, e) -> Thread.currentThread().getName());

        sleep.signal(Signal.KILL);

        assertThat(teller.get(LIMIT_S, SECONDS)).startsWith("spawn4j-worker");
        sleep.get(LIMIT_S, SECONDS);
    }

    @Test
    void aWriteFailsThatNobodyReads() throws Exception {
        RunningCommand sleep = PidfdProcess.builder("sleep", "600").runAsync(OPEN.anyExit());
        CompletableFuture<Void> written = sleep.write(new byte[MUCH]);

        sleep.signal(Signal.KILL);

        assertThat(failure(written)).hasMessage("Broken pipe");
        sleep.get(LIMIT_S, SECONDS);
        assertThat(failure(sleep.write("late"))).hasMessage("Stream closed");
    }

    @Test
    void aWriteFailsAfterTheEndOfTheInput() throws Exception {
        RunningCommand cat = PidfdProcess.builder("cat").runAsync(OPEN);
        cat.write("early");
        cat.closeStdin();
        cat.closeStdin();

        assertThat(failure(cat.write("late"))).hasMessage("Stream closed");
        assertThat(cat.get(LIMIT_S, SECONDS).stdout().text()).isEqualTo("early");
    }

    @Test
    void aTeardownEndsTheInputBehindWhatWasWritten() throws Exception {
        RunningCommand cat =
                PidfdProcess.builder("cat")
                        .teardown(Teardown.closeInput(ofSeconds(20)))
                        .runAsync(OPEN.stdout(Capture.keepTail(0).lines(line -> {})));
        byte[] much = "text\n".repeat(MUCH / 5).getBytes(StandardCharsets.US_ASCII);
        CompletableFuture<Void> written = cat.write(much);

        cat.cancel(true);

        written.get(LIMIT_S, SECONDS);
        Eventually.isTrue("cat has ended", () -> !cat.signal(Signal.CONT));
    }

    @Test
    void cancellingTearsItDown() throws Exception {
        RunningCommand sleep = PidfdProcess.builder("sleep", "600").runAsync(OPEN);

        sleep.cancel(true);

        Eventually.isTrue("it has ended", () -> !sleep.signal(Signal.CONT));
    }

    @Test
    void typesOnATerminal() throws Exception {
        BlockingQueue<String> shown = new LinkedBlockingQueue<>();
        RunningCommand cat =
                PidfdProcess.builder("cat")
                        .terminal(new WindowSize(24, 80))
                        .runAsync(OPEN.stdout(Capture.keepTail(0).lines(shown::add)));

        cat.write("typed\n");
        assertThat(shown.poll(LIMIT_S, SECONDS)).isEqualTo("typed"); // the echo
        cat.closeStdin();

        assertThat(cat.get(LIMIT_S, SECONDS).isSuccess()).isTrue();
    }

    @Test
    void refusesToWriteWhatWasNotLeftOpen() throws Exception {
        RunningCommand running = PidfdProcess.builder("true").runAsync(RunOptions.noTimeout());

        assertThatIllegalStateException()
                .isThrownBy(() -> running.write("text"))
                .withMessageContaining("openStdin()");
        assertThatIllegalStateException().isThrownBy(running::closeStdin);
        running.get(LIMIT_S, SECONDS);
    }

    @Test
    void refusesAnOpenInputThatNobodyCouldWriteTo() {
        EmptyProcess cat = PidfdProcess.builder("cat");

        assertThatIllegalStateException()
                .isThrownBy(() -> cat.run(OPEN))
                .withMessageContaining("runAsync");
        assertThatIllegalStateException()
                .isThrownBy(() -> cat.stdin(Redirect.DISCARD).runAsync(OPEN))
                .withMessageContaining("standard input");
    }

    @Test
    void oneThatCouldNotBeStartedSaysSo() {
        RunningCommand failed = PidfdProcess.builder("/no/such").runAsync(OPEN);

        assertThat(failure(failed)).isInstanceOf(SpawnException.class);
        assertThatIllegalStateException().isThrownBy(failed::pid);
        assertThatIllegalStateException().isThrownBy(() -> failed.signal(Signal.TERM));
        assertThatIllegalStateException().isThrownBy(() -> failed.write("text"));
    }
}
