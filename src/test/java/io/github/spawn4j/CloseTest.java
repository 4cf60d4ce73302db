package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
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
    @MethodSource("io.github.spawn4j.ThreadKind#available")
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
}
