// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.BothProcesses.LEAVES_GRANDCHILD;
import static io.github.spawn4j.testing.BothProcesses.STREAM_CLOSED;
import static io.github.spawn4j.testing.BothProcesses.assertDifferent;
import static io.github.spawn4j.testing.BothProcesses.awaitBlocked;
import static io.github.spawn4j.testing.BothProcesses.end;
import static io.github.spawn4j.testing.BothProcesses.outcome;
import static io.github.spawn4j.testing.BothProcesses.quiet;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.BothProcesses.Grandchild;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.ThreadKind;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is different from the JDK's {@link Process}: rows of {@code docs/differences.md}. */
@Timeout(60)
class UnlikeProcessTest {
    @Test
    void aWriteAfterCloseSaysSoInTheWordsOfAllOtherStreams() throws Exception {
        assertDifferent(
                "writing after `close()`",
                "java.io.IOException: Stream Closed",
                STREAM_CLOSED,
                start -> {
                    Process process = start.start("sleep", "60");
                    OutputStream input = process.getOutputStream();
                    input.close();
                    String outcome =
                            outcome(
                                    () -> {
                                        input.write('a');
                                        input.flush();
                                        return "quiet";
                                    });
                    process.destroyForcibly().waitFor();
                    return outcome;
                });
    }

    @Test
    void closeEndsAReaderThatWaits() throws Exception {
        assertDifferent(
                "`close()` of a stream that is being read",
                "-1",
                STREAM_CLOSED,
                start -> {
                    Process process = start.start("cat");
                    InputStream output = process.getInputStream();
                    ThreadKind.Running<String> reader =
                            ThreadKind.PLATFORM.run(() -> outcome(output::read));
                    awaitBlocked(ThreadKind.PLATFORM, reader.thread());
                    output.close();
                    if (process instanceof PidfdProcess) {
                        reader.thread().join();
                    }
                    process.destroy();
                    process.waitFor();
                    return reader.get();
                });
    }

    @Test
    void destroyDoesNotWaitForAWriter() throws Exception {
        assertDifferent(
                "a write that waits at `destroy()`",
                "destroy() waits",
                STREAM_CLOSED,
                start -> {
                    Process process = start.start("sh", "-c", "trap '' TERM; echo; exec sleep 600");
                    process.getInputStream().read();
                    OutputStream input = process.getOutputStream();
                    ThreadKind.Running<String> writer =
                            ThreadKind.PLATFORM.run(
                                    () -> quiet(() -> input.write(new byte[1 << 20])));
                    awaitBlocked(ThreadKind.PLATFORM, writer.thread());
                    ThreadKind.Running<String> destroyer =
                            ThreadKind.PLATFORM.run(() -> quiet(process::destroy));
                    if (process instanceof PidfdProcess) {
                        assertThat(destroyer.get()).isEqualTo("quiet");
                        String written = writer.get();
                        end(process);
                        return written;
                    }
                    awaitLock(destroyer.thread());
                    LibC.check("kill", LibC.kill((int) process.pid(), Signal.KILL.number()));
                    writer.get();
                    destroyer.get();
                    process.waitFor();
                    return "destroy() waits";
                });
    }

    private static void awaitLock(Thread thread) throws Exception {
        Eventually.isTrue(
                "it waits for a lock",
                () ->
                        thread.getState() == Thread.State.BLOCKED
                                || thread.getState() == Thread.State.WAITING);
    }

    @Test
    void theOutputOfAProcessThatHadEndedAtDestroyCanBeRead() throws Exception {
        assertDifferent(
                "`destroy()` after the exit",
                STREAM_CLOSED,
                "abc\n",
                start -> {
                    Process process = start.start("echo", "abc");
                    process.waitFor();
                    process.destroy();
                    return outcome(() -> new String(process.getInputStream().readAllBytes()));
                });
    }

    @Test
    void aWriteAfterTheExitIsABrokenPipe() throws Exception {
        assertDifferent(
                "writing after the exit",
                STREAM_CLOSED,
                "java.io.IOException: Broken pipe",
                start -> {
                    Process process = start.start("true");
                    process.waitFor();
                    if (!(process instanceof PidfdProcess)) {
                        awaitReaper(process);
                    }
                    OutputStream input = process.getOutputStream();
                    input.write(1);
                    return quiet(input::flush);
                });
    }

    /** The JDK's closes the streams a moment after it has told of the exit. */
    private static void awaitReaper(Process process) throws Exception {
        OutputStream input = process.getOutputStream();
        Eventually.isTrue(
                "the reaper has closed the input",
                () -> {
                    input.write(1);
                    return quiet(input::flush).equals(STREAM_CLOSED);
                });
    }

    @Test
    void destroyDropsWhatIsBuffered() throws Exception {
        assertDifferent(
                "`destroy()` and what is buffered for the process",
                "late",
                "",
                start -> {
                    Path file = Files.createTempFile("spawn4j", ".input");
                    Process process =
                            start.start(
                                    "sh",
                                    "-c",
                                    "trap 'cat > \"$0\"; exit' TERM; echo; while :; do sleep 0.01; done",
                                    file.toString());
                    process.getInputStream().read();
                    process.getOutputStream().write("late".getBytes(StandardCharsets.UTF_8));
                    process.destroy();
                    process.waitFor();
                    String read = Files.readString(file);
                    Files.delete(file);
                    return read;
                });
    }

    @Test
    void outputsKnowNoMark() throws Exception {
        assertDifferent(
                "`markSupported()` of an output",
                "true true",
                "false false",
                start -> {
                    Process process = start.start("true");
                    process.waitFor();
                    return process.getInputStream().markSupported()
                            + " "
                            + process.getErrorStream().markSupported();
                });
    }

    @SuppressWarnings("try")
    @Test
    void anOutputEndsWhenItsLastWriterEnds() throws Exception {
        assertDifferent(
                "output that a grandchild keeps open after the exit",
                "-1",
                "waits, then -1",
                start -> {
                    Process process = start.start(LEAVES_GRANDCHILD);
                    ThreadKind.Running<String> reader;
                    String seen = "";
                    try (Grandchild grandchild = new Grandchild(process)) {
                        process.waitFor();
                        if (process instanceof PidfdProcess) {
                            seen = "waits, then ";
                        } else {
                            awaitReaper(process);
                        }
                        reader =
                                ThreadKind.PLATFORM.run(
                                        () -> outcome(process.getInputStream()::read));
                        if (process instanceof PidfdProcess) {
                            reader.untilBlocked();
                        } else {
                            reader.thread().join(); // while the grandchild still has the output
                        }
                    }
                    return seen + reader.get();
                });
    }

    @Test
    void aHandleAskedForLateEqualsNoOther() throws Exception {
        assertDifferent(
                "`toHandle()` first asked for after the exit",
                true,
                false,
                start -> {
                    Process process = start.start("cat");
                    ProcessHandle before = ProcessHandle.of(process.pid()).orElseThrow();
                    process.getOutputStream().close();
                    process.waitFor();
                    return before.equals(process.toHandle());
                });
    }

    @Test
    void theExitThatHasNotComeIsThatOfAPid() throws Exception {
        assertDifferent(
                "`exitValue()` before the exit",
                "java.lang.IllegalThreadStateException: process hasn't exited",
                "java.lang.IllegalThreadStateException: process PID hasn't exited",
                start -> {
                    Process process = start.start("cat");
                    String seen = outcome(process::exitValue).replaceAll("\\d+", "PID");
                    process.getOutputStream().close();
                    process.waitFor();
                    return seen;
                });
    }
}
