// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Runs.OPTIONS;
import static io.github.spawn4j.testing.Runs.failure;
import static io.github.spawn4j.testing.Runs.sh;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.Seq;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who hears of output while the process runs, and what a run does meanwhile. */
@Timeout(60)
class RunListenerTest {
    @TempDir Path folder;

    @Test
    void handsOutLinesWhileTheProcessRuns() throws Exception {
        Path fifo = folder.resolve("fifo");
        PidfdProcess.builder("mkfifo", fifo.toString()).run(OPTIONS.expectExit(0));
        List<String> lines = Collections.synchronizedList(new ArrayList<>());

        // It goes on when its first line has been heard.
        CommandResult result =
                PidfdProcess.builder("sh", "-c", "echo first; read line < \"$0\"; printf \"$line\"")
                        .args(fifo.toString())
                        .run(
                                OPTIONS.stdout(
                                        Capture.keepTail(0)
                                                .lines(
                                                        line -> {
                                                            lines.add(line);
                                                            if (lines.size() == 1) {
                                                                write(fifo, "second\n");
                                                            }
                                                        })));

        assertThat(lines).containsExactly("first", "second");
        assertThat(result.stdout().bytes()).isEmpty();
        assertThat(result.stdout().total()).isEqualTo(12);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void splitsLinesAsReadersDo() throws Exception {
        List<String> lines = new ArrayList<>();

        PidfdProcess.builder("printf", "a\\n\\nb\\r\\nc\\rd\\r\\r\\n\\342\\202\\254")
                .run(OPTIONS.stdout(Capture.keepHead(0).lines(StandardCharsets.UTF_8, lines::add)));

        assertThat(lines).containsExactly("a", "", "b", "c", "d", "", "\u20ac");
    }

    @Test
    void handsOutBytesInOrder() throws Exception {
        StringBuilder heard = new StringBuilder();

        PidfdProcess.builder("seq", "1", "100000")
                .run(
                        OPTIONS.stdout(
                                Capture.keepHead(0)
                                        .buffers(
                                                bytes ->
                                                        heard.append(
                                                                StandardCharsets.US_ASCII.decode(
                                                                        bytes)))));

        assertThat(heard).hasToString(Seq.to(100_000));
    }

    @Test
    void callsListenersOnNoThreadThatOthersNeed() throws Exception {
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        Capture capture =
                Capture.keepTail(0).lines(line -> threads.add(Thread.currentThread().getName()));

        sh("echo out; echo error >&2").run(OPTIONS.stdout(capture).stderr(capture));

        assertThat(threads).hasSize(2).allMatch(name -> name.startsWith("spawn4j-worker-"));
    }

    @Test
    void tearsDownAProcessWhoseListenerThrows() {
        CommandException failure =
                failure(
                        PidfdProcess.builder("yes"),
                        OPTIONS.stdout(
                                Capture.keepTail(10)
                                        .lines(
                                                line -> {
                                                    throw new IllegalStateException("enough");
                                                })));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.LISTENER);
        assertThat(failure).hasMessageContaining("enough");
        assertThat(failure.getCause()).isInstanceOf(IllegalStateException.class);
    }

    private static boolean somebodyWritesToAFullPipe() {
        return ProcessHandle.current()
                .descendants()
                .anyMatch(process -> waitChannel(process.pid()).contains("pipe_write"));
    }

    private static String waitChannel(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "wchan"));
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    void aListenerThatBlocksHoldsUpNobodyElse() throws Exception {
        CountDownLatch blocked = new CountDownLatch(8);
        CountDownLatch end = new CountDownLatch(1);
        Capture blocking =
                Capture.keepTail(100)
                        .lines(
                                line -> {
                                    blocked.countDown();
                                    await(end);
                                });
        List<CompletableFuture<CommandResult>> stuck = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            stuck.add(PidfdProcess.builder("echo", "a").runAsync(OPTIONS.stdout(blocking)));
        }
        assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();

        List<String> lines = new ArrayList<>();
        assertThat(
                        PidfdProcess.builder("echo", "b")
                                .run(OPTIONS.stdout(Capture.keepTail(9).lines(lines::add)))
                                .stdout()
                                .text())
                .isEqualTo("b\n");
        assertThat(lines).containsExactly("b");
        assertThat(stuck).noneMatch(CompletableFuture::isDone);

        end.countDown();
        for (CompletableFuture<CommandResult> run : stuck) {
            assertThat(run.get(30, TimeUnit.SECONDS).stdout().text()).isEqualTo("a\n");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Nothing more is read while a listener has something, so the process comes to a halt. */
    @Test
    void aSlowListenerSlowsDownItsProcess() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicLong total = new AtomicLong();
        Path progress = folder.resolve("progress");
        CompletableFuture<CommandResult> run =
                PidfdProcess.builder("sh", "-c", "head -c 1000000 /dev/zero; echo > \"$0\"")
                        .args(progress.toString())
                        .runAsync(
                                OPTIONS.stdout(
                                        Capture.keepTail(0)
                                                .buffers(
                                                        bytes -> {
                                                            total.addAndGet(bytes.remaining());
                                                            heard.countDown();
                                                            await(go);
                                                        })));
        assertThat(heard.await(30, TimeUnit.SECONDS)).isTrue();
        Eventually.isTrue(
                "head waits for room in the pipe", RunListenerTest::somebodyWritesToAFullPipe);
        assertThat(total.get()).isLessThanOrEqualTo(65536);
        assertThat(progress).doesNotExist();

        go.countDown();
        assertThat(run.get(30, TimeUnit.SECONDS).isSuccess()).isTrue();
        assertThat(total.get()).isEqualTo(1_000_000);
        assertThat(progress).exists();
    }

    /** Nor is it told of the rest, which is there: two more lines, the last one without an end. */
    @Test
    void aListenerThatNeverReturnsDoesNotOutliveTheTime() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        List<String> heard = Collections.synchronizedList(new ArrayList<>());

        CommandException failure =
                Patience.until(
                        "printf has ended, and the listener has a line",
                        e -> e.result().isSuccess() && !heard.isEmpty(),
                        time -> {
                            heard.clear();
                            return failure(
                                    PidfdProcess.builder("printf", "a\\nb\\nc"),
                                    RunOptions.timeout(time)
                                            .stdout(
                                                    Capture.keepTail(9)
                                                            .lines(
                                                                    line -> {
                                                                        heard.add(line);
                                                                        stay(interrupted);
                                                                    })));
                        });

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
        await(interrupted);
        assertThat(heard).containsExactly("a");
    }

    private static void stay(CountDownLatch interrupted) {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            interrupted.countDown();
        }
    }

    /** Whose own text is code of the user as well. */
    @Test
    void anExceptionThatCannotSpeakEndsTheRunToo() {
        class Unspeakable extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
                throw new IllegalStateException("speechless");
            }
        }

        CommandException failure =
                failure(
                        PidfdProcess.builder("echo", "a"),
                        OPTIONS.stdout(
                                Capture.keepTail(9)
                                        .lines(
                                                line -> {
                                                    throw new Unspeakable();
                                                })));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.LISTENER);
        assertThat(failure.getMessage()).contains("Unspeakable");
    }
}
