// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProbeReport.Descriptor;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where the standard streams lead to, and how ours behave. */
@Timeout(60)
class StreamsTest {
    private static final int ENOENT = 2;

    /** A pipe's capacity. */
    private static final int PIPE = 64 * 1024;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What {@code task} has thrown in its thread. */
    private static Throwable failureOf(FutureTask<?> task) throws InterruptedException {
        try {
            throw new AssertionError("did not fail, but returned " + task.get());
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    private static void waitUntilBlocked(Thread thread) throws Exception {
        Eventually.isTrue(
                "thread waits in native code",
                () ->
                        Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("await0")));
    }

    // Redirects

    @ForEachWay
    void inheritsTheStreamsOfTheJvm(SpawnStrategy strategy) throws Exception {
        var ours = OpenFile.descriptors();

        ProbeReport report =
                Probe.reportThroughFile(Probe.with(strategy).inheritIO(), folder.resolve("report"));

        assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
        for (int fd = 0; fd < 3; fd++) {
            assertThat(report.descriptors().get(fd).target()).isEqualTo(ours.get(fd));
        }
    }

    @ForEachWay
    void readsFromAFile(SpawnStrategy strategy) throws Exception {
        Path file = Files.writeString(folder.resolve("input"), "from the file");

        String read = Probe.text(Probe.with(strategy, "--cat").stdin(Redirect.from(file)));

        assertThat(read).isEqualTo("from the file");
    }

    @ForEachWay
    void writesToFilesThatAreEmptiedFirst(SpawnStrategy strategy) throws Exception {
        Path output = Files.writeString(folder.resolve("output"), "what was there before");
        Path error = folder.resolve("error");

        Probe.output(
                Probe.with(strategy, "--say", "out", "--say-error", "error")
                        .stdout(Redirect.to(output))
                        .stderr(Redirect.to(error)));

        assertThat(output).hasContent("out");
        assertThat(error).hasContent("error");
    }

    @ForEachWay
    void opensFilesForOneDirectionOnly(SpawnStrategy strategy) throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "");

        ProbeReport report =
                Probe.reportThroughFile(
                        Probe.with(strategy)
                                .stdin(Redirect.from(input))
                                .stdout(Redirect.to(folder.resolve("output")))
                                .stderr(Redirect.appendTo(folder.resolve("error"))),
                        folder.resolve("report"));

        assertThat(report.descriptors())
                .containsEntry(0, new Descriptor("file", "r", "-", input.toString()))
                .containsEntry(
                        1, new Descriptor("file", "w", "-", folder.resolve("output").toString()))
                .containsEntry(
                        2, new Descriptor("file", "w", "a", folder.resolve("error").toString()))
                .hasSize(3);
    }

    @ForEachWay
    void appendsFromTwoProcessesWithoutLosingALine(SpawnStrategy strategy) throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "first line\n");

        PidfdProcess one =
                Probe.with(strategy, "--write-stdout", "6400")
                        .stdout(Redirect.appendTo(log))
                        .start();
        PidfdProcess two =
                Probe.with(strategy, "--write-stderr", "6400")
                        .stderr(Redirect.appendTo(log))
                        .start();
        assertThat(one.waitFor()).isZero();
        assertThat(two.waitFor()).isZero();

        assertThat(Files.readAllLines(log)).hasSize(201).startsWith("first line");
        assertThat(log).hasSize(11 + 2 * 6400);
    }

    @ForEachWay
    void createsFilesWithTheUmask(SpawnStrategy strategy) throws Exception {
        Path byChild = folder.resolve("by-child");
        Path byJvm = Files.createFile(folder.resolve("by-jvm"));

        Probe.output(Probe.with(strategy, "--say", "x").stdout(Redirect.to(byChild)));

        assertThat(Files.getPosixFilePermissions(byChild))
                .isEqualTo(Files.getPosixFilePermissions(byJvm));
    }

    @ForEachWay
    void mergesErrorsIntoTheOutputInOrder(SpawnStrategy strategy) throws Exception {
        String merged =
                Probe.text(
                        Probe.with(
                                        strategy,
                                        "--say",
                                        "1",
                                        "--say-error",
                                        "2",
                                        "--say",
                                        "3",
                                        "--say-error",
                                        "4")
                                .stderr(Redirect.STDOUT));

        assertThat(merged).isEqualTo("1234");
    }

    @ForEachWay
    void mergesErrorsIntoAFile(SpawnStrategy strategy) throws Exception {
        Path file = folder.resolve("file");

        Probe.output(
                Probe.with(strategy, "--say", "1", "--say-error", "2", "--say", "3")
                        .stdout(Redirect.to(file))
                        .stderr(Redirect.STDOUT));

        assertThat(file).hasContent("123");
    }

    @ForEachWay
    void discardsOutputAndHasNothingToRead(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--cat", "--say", "lost", "--say-error", "lost as well")
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.DISCARD)
                        .start();

        assertThat(process.waitFor()).isZero();
        assertThat(process.getInputStream().read()).isEqualTo(-1);
        assertThat(process.getErrorStream().read()).isEqualTo(-1);
    }

    @ForEachWay
    void namesAnInputFileThatIsMissing(SpawnStrategy strategy) {
        Path missing = folder.resolve("no-such-input");

        assertThatThrownBy(() -> Probe.with(strategy).stdin(Redirect.from(missing)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(ENOENT))
                .hasMessageContaining(
                        strategy == SpawnStrategy.POSIX_SPAWN
                                ? "posix_spawn"
                                : "open \"" + missing + "\": ENOENT");
    }

    @ForEachWay
    void namesAnOutputFileInADirectoryThatIsMissing(SpawnStrategy strategy) {
        Path missing = folder.resolve("no-such-folder/output");

        assertThatThrownBy(() -> Probe.with(strategy).stdout(Redirect.to(missing)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(ENOENT))
                .hasMessageContaining(
                        strategy == SpawnStrategy.POSIX_SPAWN
                                ? "posix_spawn"
                                : "open \"" + missing + "\": ENOENT");
    }

    @ForEachWay
    void failsIfTheOutputCannotBeWritten(SpawnStrategy strategy) {
        // As root everything may be written, but what is read-only by nature.
        Path unwritable = Path.of("/proc/version-by-spawn4j");

        assertThatThrownBy(() -> Probe.with(strategy).stdout(Redirect.to(unwritable)).start())
                .isInstanceOf(SpawnException.class);
        assertThatThrownBy(() -> Probe.with(strategy).stderr(Redirect.to(folder)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(21));
    }

    // Pipes

    @ForEachWay
    void passesAMegabyteThroughInBothDirections(SpawnStrategy strategy) throws Exception {
        byte[] sent = randomBytes(1 << 20);
        PidfdProcess process = Probe.with(strategy, "--cat").start();
        CompletableFuture<Void> writer =
                CompletableFuture.runAsync(
                        () -> {
                            try (OutputStream out = process.getOutputStream()) {
                                out.write(sent);
                            } catch (IOException e) {
                                throw new AssertionError(e);
                            }
                        });

        byte[] received = process.getInputStream().readAllBytes();

        assertThat(received).isEqualTo(sent);
        writer.get();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachWay
    void givesTheChildTheEndOfItsInputWhenItIsClosed(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--read-stdin", "--report", "1").start();
        process.getOutputStream().write(utf8("some\u00e9"));
        process.getOutputStream().close();
        ProbeReport report = new ProbeReport(process.getInputStream().readAllBytes());

        assertThat(report.text("stdin")).isEqualTo("some\u00e9");
        assertThat(report.number("stdin.count")).isEqualTo(6);
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void reportsABrokenPipeWhenTheChildHasGone(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--exit", "0").start();
        process.waitFor();

        assertThatThrownBy(
                        () -> {
                            process.getOutputStream().write(randomBytes(10_000));
                            process.getOutputStream().flush();
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Broken pipe");
    }

    @ForEachWay
    void reportsABrokenPipeWhenTheChildDoesNotReadAnyMore(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--close", "0", "--say", "closed", "--pause").start();
        assertThat(process.getInputStream().readNBytes(6)).asString().isEqualTo("closed");

        assertThatThrownBy(
                        () -> {
                            process.getOutputStream().write(1);
                            process.getOutputStream().flush();
                        })
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Broken pipe");

        process.destroyForcibly().waitFor();
    }

    @ForEachStrategy
    void reportsABrokenPipeToAWriterThatWaits(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--pause").start();
        FutureTask<Object> write =
                new FutureTask<>(
                        () -> {
                            process.getOutputStream().write(randomBytes(4 * PIPE));
                            return "written";
                        });
        Thread writer = new Thread(write, "writer");
        writer.start();
        waitUntilBlocked(writer);

        process.signal(Signal.KILL);

        assertThat(failureOf(write)).isInstanceOf(IOException.class);
        writer.join();
        process.waitFor();
    }

    @ForEachStrategy
    void closesTheInputOnceAWriterWhoWasAtWorkAtTheExitHasDone(SpawnStrategy strategy)
            throws Exception {
        PidfdProcess process = Probe.with(strategy, "--fork-cat", "--say", "f", "--pause").start();
        assertThat(process.getInputStream().read()).as("it has forked").isEqualTo('f');
        Path input = Path.of("/proc", "" + process.pid(), "fd", "0");
        String pipe = Files.readSymbolicLink(input).toString();
        ProcessHandle grandchild = process.children().findAny().orElseThrow();
        FutureTask<Object> write =
                new FutureTask<>(
                        () -> {
                            process.getOutputStream().write(randomBytes(1 << 20));
                            return "written";
                        });
        Thread writer = new Thread(write, "writer");
        writer.start();
        waitUntilBlocked(writer);
        process.signal(Signal.KILL);
        process.waitFor(); // the writer waits for the grandchild

        grandchild.destroyForcibly();

        assertThat(failureOf(write)).isInstanceOf(IOException.class);
        Eventually.isTrue(pipe + " is closed", () -> !LeakCheck.descriptors().containsValue(pipe));
        assertThatThrownBy(() -> process.getOutputStream().write(randomBytes(PIPE)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Broken pipe");
    }

    @ForEachWay
    void keepsAFullPipeOfOutputAfterTheExit(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--write-stdout", "65536", "--write-stderr", "65536").start();

        assertThat(process.waitFor()).isZero();

        assertThat(process.getInputStream().available()).isEqualTo(PIPE);
        assertThat(process.getInputStream().readAllBytes())
                .hasSize(PIPE)
                .endsWith(utf8("0001023\n"));
        assertThat(process.getErrorStream().readAllBytes()).hasSize(PIPE);
    }

    @ForEachWay
    void readsOnAfterTheExitWhereItWasBefore(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--write-stdout", "32768", "--wait-stdin").start();
        byte[] first = process.getInputStream().readNBytes(1000);

        process.getOutputStream().close();
        process.waitFor();

        assertThat(first).startsWith(utf8("000"));
        assertThat(process.getInputStream().readAllBytes()).hasSize(32768 - 1000);
        assertThat(process.getInputStream().read()).isEqualTo(-1);
    }

    /** How many times this thread has called read(2) and its like. */
    private static long reads() throws IOException {
        Path io = Path.of("/proc/thread-self/io");
        assumeTrue(Files.exists(io), "a kernel without TASK_IO_ACCOUNTING");
        return Files.readAllLines(io).stream()
                .filter(line -> line.startsWith("syscr: "))
                .mapToLong(line -> Long.parseLong(line.substring("syscr: ".length())))
                .findFirst()
                .orElseThrow();
    }

    @ForEachStrategy
    void readsWhatAPipeHoldsInFewSystemCalls(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--write-stdout", "" + PIPE, "--wait-stdin").start();
        InputStream output = process.getInputStream();
        Eventually.isTrue("the pipe is full", () -> output.available() == PIPE);
        long counting = reads();
        counting = reads() - counting;

        long before = reads();
        byte[] bytes = output.readNBytes(PIPE);
        long calls = reads() - before - counting;

        assertThat(bytes).hasSize(PIPE);
        assertThat(calls)
                .as("calls, of which the first may be a cautious one")
                .isLessThanOrEqualTo(2);
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void exitsWhileAGrandchildKeepsTheOutput(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--fork-cat", "--say", "child ", "--exit", "3").start();

        assertThat(process.waitFor()).isEqualTo(3); // the grandchild lives on

        InputStream output = process.getInputStream();
        assertThat(output.readNBytes(6)).asString().isEqualTo("child ");
        process.getOutputStream().write(utf8("grandchild"));
        process.getOutputStream().close();
        assertThat(output.readAllBytes()).asString().isEqualTo("grandchild");
    }

    @ForEachWay
    void countsWhatCanBeReadAtOnce(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--cat").start();
        InputStream output = process.getInputStream();
        assertThat(output.available()).isZero();

        process.getOutputStream().write(utf8("12345"));
        process.getOutputStream().flush();
        Eventually.isTrue("5 bytes are available", () -> output.available() == 5);

        assertThat(output.read()).isEqualTo('1');
        assertThat(output.available()).isEqualTo(4);
        process.getOutputStream().close();
        assertThat(output.readAllBytes()).asString().isEqualTo("2345");
        assertThat(output.available()).isZero();
        process.waitFor();
        assertThat(output.available()).isZero();
    }

    @ForEachWay
    void readsAndWritesText(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--cat", "--say-error", "warning\n").start();
        try (BufferedWriter writer = process.outputWriter(StandardCharsets.UTF_8)) {
            writer.write("\u00fcber\nzwei\n");
        }
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
                BufferedReader errors = process.errorReader(StandardCharsets.UTF_8)) {
            assertThat(reader.lines()).containsExactly("\u00fcber", "zwei");
            assertThat(errors.lines()).containsExactly("warning");
        }
        assertThat(process.waitFor()).isZero();
    }

    @ForEachWay
    void givesTheSameStreamsAgain(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy).start();

        assertThat(process.getInputStream()).isSameAs(process.getInputStream());
        assertThat(process.getErrorStream()).isSameAs(process.getErrorStream());
        assertThat(process.getOutputStream()).isSameAs(process.getOutputStream());

        process.getOutputStream().close();
        process.getInputStream().readAllBytes();
        process.waitFor();
    }

    // Streams that are no pipes: as ProcessBuilder documents them

    @ForEachStrategy
    void givesStreamsThatAreAtTheirEndWhereThereIsNoPipe(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--say", "x")
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.STDOUT)
                        .start();
        for (InputStream stream :
                new InputStream[] {process.getInputStream(), process.getErrorStream()}) {
            assertThat(stream.read()).isEqualTo(-1);
            assertThat(stream.available()).isZero();
            stream.close();
            assertThat(stream.read()).isEqualTo(-1);
            assertThat(stream.available()).isZero();
        }
        process.getOutputStream().close();
        process.waitFor();
    }

    @ForEachWay
    void refusesToWriteWhereThereIsNoPipe(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--cat").stdin(Redirect.DISCARD).start();

        assertThatThrownBy(
                        () -> {
                            process.getOutputStream().write(1);
                            process.getOutputStream().flush();
                        })
                .isInstanceOf(IOException.class);

        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    // Other threads

    @ForEachStrategy
    void endsAReaderWhoseStreamAnotherThreadCloses(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--wait-stdin").start();
        InputStream output = process.getInputStream();
        FutureTask<Object> read = new FutureTask<>(output::read);
        Thread reader = new Thread(read, "reader");
        reader.start();
        waitUntilBlocked(reader);

        output.close();

        assertThat(failureOf(read)).isInstanceOf(IOException.class);
        reader.join();
        assertThatThrownBy(output::read).isInstanceOf(IOException.class);
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void endsAReaderThatIsInterruptedWhereThatIsAskedFor(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--wait-stdin").interruptibleStreams().start();
        InputStream output = process.getInputStream();
        FutureTask<Object> read =
                new FutureTask<>(
                        () -> {
                            try {
                                return output.read();
                            } catch (IOException e) {
                                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                                throw e;
                            }
                        });
        Thread reader = new Thread(read, "reader");
        reader.start();
        waitUntilBlocked(reader);

        reader.interrupt();

        assertThat(failureOf(read)).isInstanceOf(ClosedByInterruptException.class);
        reader.join();
        assertThatThrownBy(output::read).isInstanceOf(IOException.class);
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void endsAWriterThatIsInterruptedWhereThatIsAskedFor(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--pause").interruptibleStreams().start();
        FutureTask<Object> write =
                new FutureTask<>(
                        () -> {
                            process.getOutputStream().write(randomBytes(4 * PIPE));
                            return "written";
                        });
        Thread writer = new Thread(write, "writer");
        writer.start();
        waitUntilBlocked(writer);

        writer.interrupt();

        assertThat(failureOf(write)).isInstanceOf(ClosedByInterruptException.class);
        writer.join();
        process.destroyForcibly().waitFor();
    }

    @ForEachStrategy
    void doesNotReadAtAllInAThreadThatIsInterrupted(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--wait-stdin").interruptibleStreams().start();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> process.getInputStream().read())
                .isInstanceOf(ClosedByInterruptException.class);

        assertThat(Thread.interrupted()).isTrue();
        process.getOutputStream().close();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachWay
    void closesTwiceWithoutComplaint(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--wait-stdin").start();
        for (int i = 0; i < 2; i++) {
            process.getInputStream().close();
            process.getErrorStream().close();
            process.getOutputStream().close();
        }
        assertThat(process.waitFor()).isZero();
        process.getInputStream().close();
    }

    @ForEachStrategy
    void endsTheChildWithSigpipeWhenNobodyReads(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--wait-stdin", "--say", "x").start();
        process.getInputStream().close();
        process.getOutputStream().close();

        process.waitFor();

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.PIPE, false));
    }
}
