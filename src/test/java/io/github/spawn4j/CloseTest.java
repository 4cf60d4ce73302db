// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.ThreadKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Closing a process: as JDK 26 documents Process.close(), or with the process' own teardown. */
@Timeout(60)
class CloseTest {
    @TempDir Path folder;

    @Test
    void writesWhatIsBufferedAndWaitsForTheEnd() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = PidfdProcess.builder("cat").stdout(Redirect.to(file)).start();
        try (process) {
            process.outputWriter().write("buffered");
        }

        assertThat(process.isAlive()).isFalse();
        assertThat(process.exitValue()).isZero();
        assertThat(file).hasContent("buffered");
    }

    @Test
    void writesWhatTheStreamHasEvenIfItsWriterHasAnotherCharset() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process = PidfdProcess.builder("cat").stdout(Redirect.to(file)).start();
        process.outputWriter(StandardCharsets.UTF_16BE);
        process.getOutputStream().write('a');
        process.close();

        assertThat(file).hasContent("a");
    }

    @Test
    void closesAllStreams() throws Exception {
        PidfdProcess process = PidfdProcess.builder("cat").start();
        process.close();

        assertThatThrownBy(() -> process.getInputStream().read()).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> process.getErrorStream().read()).isInstanceOf(IOException.class);
        OutputStream input = process.getOutputStream();
        assertThatThrownBy(
                        () -> {
                            input.write(1);
                            input.flush();
                        })
                .isInstanceOf(IOException.class);
    }

    @Test
    void againDoesNothing() throws Exception {
        PidfdProcess process = PidfdProcess.builder("cat").start();
        process.close();

        assertThatCode(process::close).doesNotThrowAnyException();
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void anInterruptEndsTheProcess() throws Exception {
        PidfdProcess process = PidfdProcess.builder("sleep", "600").start();
        FutureTask<Boolean> closing =
                new FutureTask<>(
                        () -> {
                            process.close();
                            return Thread.currentThread().isInterrupted();
                        });
        Thread thread = new Thread(closing, "closing");
        thread.start();
        thread.interrupt();

        assertThat(closing.get(30, TimeUnit.SECONDS)).as("interrupt status is kept").isTrue();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    /** The writer is stuck in the very stream that is to be flushed. */
    @ParameterizedTest
    @MethodSource("io.github.spawn4j.testing.ThreadKind#available")
    void anInterruptEndsAProcessThatDoesNotReadWhatIsWritten(ThreadKind kind) throws Exception {
        PidfdProcess process = PidfdProcess.builder("sleep", "600").start();
        ThreadKind.Running<Void> writing =
                kind.run(
                        () -> {
                            process.outputWriter().write("a".repeat(1 << 20));
                            return null;
                        });
        writing.untilBlocked();
        FutureTask<Void> closing =
                new FutureTask<>(
                        () -> {
                            process.close();
                            return null;
                        });
        Thread thread = new Thread(closing, "closing");
        thread.start();
        thread.interrupt();

        closing.get(30, TimeUnit.SECONDS);
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
        assertThat(writing.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void tearsDownAtOnceWhoHasATeardown() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "trap '' TERM; echo ready; exec sleep 600")
                        .teardown(
                                Teardown.first(Signal.TERM, ofMillis(100))
                                        .then(Signal.KILL, ofSeconds(50)))
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        process.close();

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    /** Not even by a process that does not read what is buffered for it. */
    @Test
    void isNotHeldUpByInputThatNobodyReads() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600").teardown(Teardown.DEFAULT).start();
        process.getOutputStream().write(new byte[8000]);
        process.getOutputStream().write(new byte[8000]);
        process.close();

        assertThat(process.isAlive()).isFalse();
    }

    /** As who writes messages that must not mix does; the process does not read them. */
    @ParameterizedTest
    @MethodSource("teardowns")
    void isNotHeldUpByAWriterWhoLocksTheProcess(Teardown teardown) throws Exception {
        PidfdProcess process = PidfdProcess.builder("sleep", "600").teardown(teardown).start();
        ThreadKind.Running<Void> writing =
                ThreadKind.PLATFORM.run(
                        () -> {
                            synchronized (process) {
                                process.getOutputStream().write(new byte[1 << 20]);
                                return null;
                            }
                        });
        writing.untilBlocked();

        ThreadKind.PLATFORM
                .run(
                        () -> {
                            process.close();
                            return null;
                        })
                .get();

        assertThat(process.isAlive()).isFalse();
        assertThat(writing.failure()).isInstanceOf(IOException.class);
    }

    static Stream<Teardown> teardowns() {
        return Stream.of(
                Teardown.DEFAULT,
                Teardown.closeInput(ofMillis(50)).then(Signal.TERM, ofSeconds(600)));
    }

    @Test
    void saysThatTheProcessHasSurvived() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "trap '' TERM; echo ready; exec sleep 600")
                        .teardown(Teardown.first(Signal.TERM, ofMillis(50)))
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        assertThatThrownBy(process::close)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has left somebody");

        process.destroyForcibly().waitFor();
    }

    @Test
    void isWhatTryWithResourcesCalls() throws Exception {
        ProcessHandle handle;
        try (PidfdProcess server =
                PidfdProcess.builder("sleep", "600").teardown(Teardown.DEFAULT.ofGroup()).start()) {
            handle = server.toHandle();
            assertThat(handle.isAlive()).isTrue();
        }

        assertThat(handle.isAlive()).isFalse();
    }

    // A server that ends in peace

    private static final String SERVER =
            "trap 'echo ending; echo ending >&2; echo saved > \"$0\"; exit 7' TERM;"
                    + " echo ready; while :; do sleep 0.01; done";

    private static final Teardown PATIENT = Teardown.first(Signal.TERM, ofSeconds(600));

    private PidfdProcess server(String script, Path file) throws Exception {
        PidfdProcess server =
                PidfdProcess.builder("sh", "-c", script, file.toString())
                        .teardown(PATIENT.ofGroup())
                        .start();
        assertThat(readLine(server)).isEqualTo("ready");
        return server;
    }

    /** No more than the line. */
    private static String readLine(PidfdProcess process) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = process.getInputStream().read();
                c >= 0 && c != '\n';
                c = process.getInputStream().read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    /** It would be killed with SIGPIPE if the outputs were closed first. */
    @Test
    void letsAServerPrintAndSaveAsItEnds() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess server = server(SERVER, file);

        server.close();

        assertThat(server.exitStatus()).isEqualTo(new ExitStatus.Exited(7));
        assertThat(file).hasContent("saved");
    }

    @Test
    void closesTheInputBeforeTheTeardown() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess server =
                server(
                        "trap 'cat; echo saved > \"$0\"; exit' TERM; echo ready;"
                                + " while :; do sleep 0.01; done",
                        file);

        server.close();

        assertThat(file).hasContent("saved");
    }

    /** More than a pipe holds. */
    @Test
    void dropsWhatNobodyReads() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess server =
                server(
                        "trap 'head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2;"
                                + " echo saved > \"$0\"; exit' TERM; echo ready;"
                                + " while :; do sleep 0.01; done",
                        file);

        server.close();

        assertThat(file).hasContent("saved");
        assertThatThrownBy(() -> server.getInputStream().read())
                .isInstanceOf(IOException.class)
                .hasMessage("Stream closed");
    }

    @ParameterizedTest
    @MethodSource("io.github.spawn4j.testing.ThreadKind#available")
    void letsAReaderReadToTheEnd(ThreadKind kind) throws Exception {
        PidfdProcess server =
                server(
                        "trap 'seq 50000; exit' TERM; echo ready; while :; do sleep 0.01; done",
                        folder);
        ThreadKind.Running<byte[]> reading = kind.run(() -> server.getInputStream().readAllBytes());
        reading.untilBlocked();

        server.close();

        assertThat(new String(reading.get(), StandardCharsets.US_ASCII))
                .startsWith("1\n2\n")
                .endsWith("\n49999\n50000\n");
    }

    /** Who is busy with a line when the process is closed, and meets the rest when it has ended. */
    @Test
    void letsAReaderReadToTheEndWhoIsBusyMeanwhile() throws Exception {
        PidfdProcess server = server(SERVER, folder.resolve("file"));
        ThreadKind.Running<byte[]> reading =
                ThreadKind.PLATFORM.run(
                        () -> {
                            server.waitFor();
                            return server.getInputStream().readAllBytes();
                        });
        reading.untilBlocked();

        server.close();

        assertThat(new String(reading.get(), StandardCharsets.US_ASCII)).isEqualTo("ending\n");
    }

    @Test
    void closesTheOutputsWhenSomebodyElseKeepsThemOpen() throws Exception {
        PidfdProcess server =
                PidfdProcess.builder("sh", "-c", "sleep 600 & echo $!; wait")
                        .teardown(PATIENT)
                        .start();
        ProcessHandle orphan = ProcessHandle.of(Long.parseLong(readLine(server))).orElseThrow();
        ThreadKind.Running<Integer> reading =
                ThreadKind.PLATFORM.run(() -> server.getInputStream().read());
        reading.untilBlocked();

        server.close();

        assertThat(reading.failure()).hasMessage("Stream closed");
        orphan.destroyForcibly();
    }

    @Test
    void hangsUpATerminal() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "echo ready; exec sleep 600")
                        .terminal(new WindowSize(24, 80))
                        .teardown(PATIENT)
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        process.close();

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.HUP, false));
    }

    @Test
    void endsTheInputOfATerminalGently() throws Exception {
        Path file = folder.resolve("file");
        PidfdProcess process =
                PidfdProcess.builder(
                                "sh", "-c", "echo ready; cat; echo saved > \"$0\"", file.toString())
                        .terminal(new WindowSize(24, 80))
                        .teardown(Teardown.closeInput(ofSeconds(600)))
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        process.close();

        assertThat(process.exitValue()).isZero();
        assertThat(file).hasContent("saved");
    }
}
