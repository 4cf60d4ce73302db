// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.internal.streams.LineSplitter;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.ThreadKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Running a process to its end: input, captured output, listeners, time, and what can go wrong. */
@Timeout(60)
class RunTest {
    /**
     * For runs that are to end by themselves: long, so that it tells a hang from a busy machine.
     */
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50)).anyExit();

    private static final int MIB = 1 << 20;

    @TempDir Path folder;

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static CommandException failure(EmptyProcess process, RunOptions options) {
        return catchThrowableOfType(CommandException.class, () -> process.run(options));
    }

    // What comes out

    @ForEachStrategy
    void capturesBothOutputsAndTheExit(SpawnStrategy strategy) throws Exception {
        CommandResult result =
                sh("echo out; echo error >&2; exit 3").strategy(strategy).run(OPTIONS);

        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().lines()).containsExactly("error");
        assertThat(result.stdout().bytes()).containsExactly('o', 'u', 't', '\n');
        assertThat(result.exitStatus()).isEqualTo(new ExitStatus.Exited(3));
        assertThat(result.exitValue()).isEqualTo(3);
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.stages()).containsExactly(result.stage());
        assertThat(result.stage().command()).startsWith("sh", "-c").hasSize(3);
        assertThat(result.resourceUsage().cpuTime()).isPositive();
        assertThat(result.duration()).isPositive();
        assertThat(result.stdout().isTruncated()).isFalse();
        assertThat(result.stdout().isCut()).isFalse();
    }

    @Test
    void runsATemplate() throws Exception {
        try (SpawnTemplate echo = SpawnTemplate.builder("echo").args("a").build()) {
            assertThat(echo.run(OPTIONS, "b").stdout().text()).isEqualTo("a b\n");
            assertThat(echo.runAsync(OPTIONS, "c").get().stdout().text()).isEqualTo("a c\n");
        }
    }

    @Test
    void readsTenMebibytesOfErrorsBesideOutput() throws Exception {
        CommandResult result = sh("head -c 10485760 /dev/zero >&2; echo done").run(OPTIONS);

        assertThat(result.stderr().total()).isEqualTo(10 * MIB);
        assertThat(result.stderr().bytes()).hasSize(10 * MIB);
        assertThat(result.stdout().text()).isEqualTo("done\n");
    }

    @Test
    void keepsNothingOfWhatLeadsElsewhere() throws Exception {
        Path file = folder.resolve("file");

        CommandResult result =
                sh("echo out; echo error >&2").stdout(Redirect.to(file)).run(OPTIONS);

        assertThat(result.stdout().bytes()).isEmpty();
        assertThat(result.stderr().text()).isEqualTo("error\n");
        assertThat(file).hasContent("out");
    }

    @Test
    void mergesErrorsIntoOutput() throws Exception {
        CommandResult result =
                sh("echo 1; echo 2 >&2; echo 3").stderr(Redirect.STDOUT).run(OPTIONS);

        assertThat(result.stdout().lines()).containsExactly("1", "2", "3");
        assertThat(result.stderr().bytes()).isEmpty();
    }

    @Test
    void decodesAsAsked() throws Exception {
        CapturedOutput output = PidfdProcess.builder("printf", "\\344\\374").run(OPTIONS).stdout();

        assertThat(output.text(StandardCharsets.ISO_8859_1)).isEqualTo("\u00e4\u00fc");
        assertThat(output.bytes()).containsExactly(0xe4, 0xfc);
    }

    // Bounds

    @Test
    void failsBeyondTheBound() {
        CommandException failure =
                failure(PidfdProcess.builder("yes"), OPTIONS.stdout(Capture.failBeyond(10)));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.OUTPUT);
        assertThat(failure).hasMessage("\"yes\" wrote more than 10 bytes to its standard output");
        assertThat(failure.result().stdout().text()).isEqualTo("y\ny\ny\ny\ny\n");
        assertThat(failure.result().stdout().isTruncated()).isTrue();
        assertThat(failure.result().stdout().isCut()).isTrue();
        assertThat(failure.result().exitStatus()).isInstanceOf(ExitStatus.Killed.class);
    }

    @Test
    void keepsAsMuchAsTheBoundAllows() throws Exception {
        CapturedOutput output =
                PidfdProcess.builder("printf", "0123456789")
                        .run(OPTIONS.stdout(Capture.failBeyond(10)))
                        .stdout();

        assertThat(output.text()).isEqualTo("0123456789");
        assertThat(output.isTruncated()).isFalse();
    }

    @Test
    void keepsTheHead() throws Exception {
        CapturedOutput output =
                PidfdProcess.builder("seq", "1", "100000")
                        .run(OPTIONS.stdout(Capture.keepHead(9)))
                        .stdout();

        assertThat(output.text()).isEqualTo("1\n2\n3\n4\n5");
        assertThat(output.total()).isEqualTo(588_895);
        assertThat(output.isTruncated()).isTrue();
        assertThat(output.isCut()).isFalse();
    }

    @Test
    void keepsTheTail() throws Exception {
        for (int limit : new int[] {0, 1, 9, 4096, 65536, 100_000, 588_894}) {
            CapturedOutput output =
                    PidfdProcess.builder("seq", "1", "100000")
                            .run(OPTIONS.stdout(Capture.keepTail(limit)))
                            .stdout();

            assertThat(output.bytes()).hasSize(limit);
            assertThat(numbers(100_000)).endsWith(output.text());
            assertThat(output.total()).isEqualTo(588_895);
            assertThat(output.isTruncated()).isTrue();
        }
    }

    private static String numbers(int last) {
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= last; i++) {
            text.append(i).append('\n');
        }
        return text.toString();
    }

    @Test
    void keepsAllOfWhatIsShorterThanTheTail() throws Exception {
        CapturedOutput output =
                PidfdProcess.builder("seq", "1", "1000")
                        .run(OPTIONS.stdout(Capture.keepTail(MIB)))
                        .stdout();

        assertThat(output.text()).isEqualTo(numbers(1000));
        assertThat(output.isTruncated()).isFalse();
    }

    // Listeners

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

    /** The pieces of a character come in one read each. */
    @Test
    void decodesCharactersThatComeInPieces() throws Exception {
        List<String> lines = new ArrayList<>();
        LineSplitter splitter = new LineSplitter(StandardCharsets.UTF_8, lines::add);
        byte[] bytes = "a\u20acb\ud83d\ude00\r\nz".getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            splitter.bytes(ByteBuffer.wrap(new byte[] {b}));
        }
        splitter.bytes(ByteBuffer.wrap(new byte[] {(byte) 0xe2, (byte) 0x82}));
        splitter.end();

        assertThat(lines).containsExactly("a\u20acb\ud83d\ude00", "z\ufffd");
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

        assertThat(heard).hasToString(numbers(100_000));
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
        Eventually.isTrue("head waits for room in the pipe", RunTest::somebodyWritesToAFullPipe);
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

    @Test
    void givesVeryLongLinesInParts() {
        List<Integer> lengths = new ArrayList<>();
        LineSplitter splitter =
                new LineSplitter(StandardCharsets.US_ASCII, line -> lengths.add(line.length()));
        byte[] line = new byte[2 * MIB + 1];
        java.util.Arrays.fill(line, (byte) 'a');
        line[MIB] = '\n';
        splitter.bytes(ByteBuffer.wrap(line));
        splitter.bytes(ByteBuffer.wrap(line, 0, MIB));
        splitter.end();

        assertThat(lengths).containsExactly(MIB, MIB, MIB);
    }

    /** Timers that are not due for an hour must not keep what they are no longer needed for. */
    @Test
    void nothingIsKeptOfARunThatHasEnded() throws Exception {
        List<WeakReference<CommandResult>> results = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            results.add(
                    new WeakReference<>(
                            PidfdProcess.builder("true")
                                    .run(
                                            RunOptions.timeout(Duration.ofHours(1))
                                                    .linger(Duration.ofHours(1)))));
        }

        Eventually.isTrue(
                "the results are collected",
                () -> {
                    System.gc();
                    return results.stream().allMatch(result -> result.get() == null);
                });
    }

    // Input

    @Test
    void givesNoInputByDefault() throws Exception {
        assertThat(PidfdProcess.builder("cat").run(OPTIONS).stdout().bytes()).isEmpty();
    }

    @Test
    void feedsBytesAndReadsThemBack() throws Exception {
        byte[] bytes = new byte[3 * MIB];
        Arrays.setAll(bytes);

        CapturedOutput output = PidfdProcess.builder("cat").run(OPTIONS.stdin(bytes)).stdout();

        assertThat(output.bytes()).isEqualTo(bytes);
    }

    private static final class Arrays {
        static void setAll(byte[] bytes) {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (i * 31 + i / 251);
            }
        }
    }

    @Test
    void feedsText() throws Exception {
        assertThat(
                        PidfdProcess.builder("tr", "a-z", "A-Z")
                                .run(OPTIONS.stdin("hello", StandardCharsets.US_ASCII))
                                .stdout()
                                .text())
                .isEqualTo("HELLO");
        assertThat(PidfdProcess.builder("cat").run(OPTIONS.stdin("")).stdout().bytes()).isEmpty();
    }

    @Test
    void feedsAFile() throws Exception {
        Path file = Files.writeString(folder.resolve("input"), "from the file");

        assertThat(PidfdProcess.builder("cat").run(OPTIONS.stdin(file)).stdout().text())
                .isEqualTo("from the file");
        assertThatThrownBy(
                        () ->
                                PidfdProcess.builder("cat")
                                        .run(OPTIONS.stdin(folder.resolve("none"))))
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("none");
    }

    @Test
    void feedsAStream() throws Exception {
        byte[] bytes = new byte[MIB];
        Arrays.setAll(bytes);

        CapturedOutput output =
                PidfdProcess.builder("cat")
                        .run(OPTIONS.stdin(new ByteArrayInputStream(bytes)))
                        .stdout();

        assertThat(output.bytes()).isEqualTo(bytes);
    }

    @Test
    void tearsDownAProcessWhoseInputFails() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("no more");
                    }
                };

        CommandException failure = failure(PidfdProcess.builder("cat"), OPTIONS.stdin(broken));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.INPUT);
        assertThat(failure).hasMessageContaining("no more").hasCauseInstanceOf(IOException.class);
    }

    @Test
    void doesNotWaitForAnInputThatNobodyReads() throws Exception {
        try (PipedOutputStream silent = new PipedOutputStream();
                PipedInputStream input = new PipedInputStream(silent)) {
            assertThat(PidfdProcess.builder("true").run(OPTIONS.stdin(input)).isSuccess()).isTrue();
        }
        byte[] much = new byte[MIB];
        assertThat(PidfdProcess.builder("true").run(OPTIONS.stdin(much)).isSuccess()).isTrue();
        assertThat(
                        PidfdProcess.builder("head", "-c", "1")
                                .run(OPTIONS.stdin(new ByteArrayInputStream(much)))
                                .stdout()
                                .bytes())
                .hasSize(1);
    }

    @Test
    void refusesAnInputThatCannotBeGiven() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                PidfdProcess.builder("cat")
                                        .stdin(Redirect.DISCARD)
                                        .run(OPTIONS.stdin("a")))
                .withMessage("there is an input, but standard input of \"cat\" is /dev/null");
    }

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
                                        .stdout(Capture.keepTail(9).lines(RunTest::awaitEnd)));

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
        assertThat(pidAndRest[1]).isEqualTo(numbers(10_000));
        assertThat(result.stdout().text()).isEqualTo(heard.toString());
        assertThat(result.stdout().isCut()).isTrue();
    }

    // Exits

    @Test
    void saysWhatAnUnexpectedExitWas() {
        CommandException failure = failure(sh("seq 1 30 >&2; exit 7"), OPTIONS.expectExit(0, 1));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.EXIT);
        assertThat(failure.result().exitValue()).isEqualTo(7);
        assertThat(failure.stderrTail()).startsWith("11\n12").endsWith("29\n30");
        assertThat(failure)
                .hasMessageStartingWith(
                        "\"sh\" with 2 arguments ended with exit code 7; its standard error:\n11\n");
    }

    @Test
    void showsNoArgumentsAndNoControlCharacters() {
        EmptyProcess login =
                sh("printf 'a\\tb\\033[2J\\n' >&2; exit 1").args("login", "--password=secret");
        assertThat(login).hasToString("\"sh\" with 4 arguments");

        CommandException failure = failure(login, OPTIONS.expectExit(0));

        assertThat(failure)
                .hasMessage(
                        "\"sh\" with 4 arguments ended with exit code 1; its standard error:\n"
                                + "a\tb\\u001b[2J");
        assertThat(failure.result().toString())
                .isEqualTo("\"sh\" with 4 arguments: " + failure.result().exitStatus());
        assertThat(failure.result().stage()).hasToString(failure.result().toString());
        assertThat(failure.result().stage().command()).contains("--password=secret");
        assertThat(failure.stderrTail()).isEqualTo("a\tb\u001b[2J");
    }

    /** A listener may quote what it was given. */
    @Test
    void showsNoControlCharactersOfWhatAListenerSays() {
        RunOptions options =
                OPTIONS.stdout(
                        Capture.keepTail(100)
                                .lines(
                                        line -> {
                                            throw new IllegalStateException("bad: " + line);
                                        }));

        assertThat(failure(sh("printf 'a\\033[2J\\n'"), options))
                .hasMessageContaining("IllegalStateException: bad: a\\u001b[2J");
    }

    @Test
    void refusesSecretsWithoutShowingThem() {
        assertThatThrownBy(() -> sh("true").args("--password=secret\0"))
                .hasMessageContaining("argument 3 contains NUL at index 17")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> sh("true").env("PASSWORD", "secret\0"))
                .hasMessageContaining("environment variable PASSWORD contains NUL at index 6")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(
                        () ->
                                Pipeline.of(sh("secret").stdout(Redirect.INHERIT), sh("secret"))
                                        .run(OPTIONS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> sh("secret").inheritIO().run(OPTIONS.stdin("text")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void showsTheEndOfTheOutputWhereErrorsAreMerged() {
        assertThat(
                        failure(
                                sh("echo cause >&2; exit 7").stderr(Redirect.STDOUT),
                                OPTIONS.expectExit(0)))
                .hasMessageEndingWith("ended with exit code 7; its output:\ncause");
    }

    @Test
    void takesAnyExitButZeroForAFailureUnlessToldOtherwise() throws Exception {
        RunOptions options = RunOptions.timeout(ofSeconds(50));

        assertThat(sh("exit 0").run(options).isSuccess()).isTrue();
        CommandException e = failure(sh("echo cause >&2; exit 3"), options);
        assertThat(e.reason()).isEqualTo(CommandException.Reason.EXIT);
        assertThat(e.result().exitValue()).isEqualTo(3);
        assertThat(e).hasMessageContaining("exit code 3").hasMessageContaining("cause");
        assertThat(failure(sh("kill $$"), options).reason())
                .isEqualTo(CommandException.Reason.EXIT);
        assertThat(sh("exit 3").run(options.anyExit()).exitValue()).isEqualTo(3);
        assertThat(sh("kill $$").run(options.anyExit()).exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void takesOnlyTheExpectedExits() throws Exception {
        assertThat(sh("exit 1").run(OPTIONS.expectExit(0, 1)).exitValue()).isEqualTo(1);
        assertThat(sh("kill -9 $$").run(OPTIONS).exitStatus())
                .isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
        assertThat(failure(sh("kill -9 $$"), OPTIONS.expectExit(137)))
                .hasMessageContaining("ended with SIGKILL");
    }

    @Test
    void failsLikeAStartIfThereIsNoProgram() throws Exception {
        EmptyProcess missing = PidfdProcess.builder("/no/such/program");
        assertThatExceptionOfType(SpawnException.class).isThrownBy(() -> missing.run(OPTIONS));
        assertThatIllegalStateException().isThrownBy(() -> missing.run(OPTIONS));

        CompletableFuture<CommandResult> run =
                PidfdProcess.builder("/no/such/program").runAsync(OPTIONS);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(run::get)
                .withCauseInstanceOf(SpawnException.class);
    }

    @Test
    void theFutureFailsWithTheSameException() {
        RunningCommand run = sh("exit 1").runAsync(RunOptions.timeout(ofSeconds(50)));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(run::get)
                .withCauseInstanceOf(CommandException.class);
    }

    @Test
    void refusesWrongOptions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RunOptions.timeout(ofMillis(-1)))
                .withMessage("timeout PT-0.001S is negative");
        assertThatIllegalArgumentException().isThrownBy(() -> OPTIONS.linger(ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> OPTIONS.expectExit());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.expectExit(0, 256))
                .withMessage("exit code 256 is not in 0 to 255");
        assertThatIllegalArgumentException().isThrownBy(() -> Capture.keepTail(-1));
    }

    // Many

    @Test
    void runsManyAtOnceWithoutAThreadForEach() throws Exception {
        int before = Thread.getAllStackTraces().size();
        List<CompletableFuture<CommandResult>> runs = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            runs.add(
                    sh("read line; echo $line; echo error >&2; sleep 0.2")
                            .runAsync(OPTIONS.stdin("line " + i + "\n")));
        }
        int threads = Thread.getAllStackTraces().size();

        for (int i = 0; i < runs.size(); i++) {
            CommandResult result = runs.get(i).get(30, TimeUnit.SECONDS);
            assertThat(result.stdout().text()).isEqualTo("line " + i + "\n");
            assertThat(result.stderr().text()).isEqualTo("error\n");
        }
        assertThat(threads - before).isLessThan(20);
    }

    @Test
    void runsWithinAListener() throws Exception {
        CompletableFuture<String> inner = new CompletableFuture<>();

        PidfdProcess.builder("echo", "outer")
                .run(
                        OPTIONS.stdout(
                                Capture.keepTail(0)
                                        .lines(line -> inner.complete(runNested(line)))));

        assertThat(inner.get()).isEqualTo("outer inner\n");
    }

    private static String runNested(String line) {
        try {
            return PidfdProcess.builder("echo", line, "inner")
                    .run(RunOptions.timeout(ofMinutes(1)))
                    .stdout()
                    .text();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
