// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.BothProcesses.LEAVES_GRANDCHILD;
import static io.github.spawn4j.testing.BothProcesses.STREAM_CLOSED;
import static io.github.spawn4j.testing.BothProcesses.assertAlike;
import static io.github.spawn4j.testing.BothProcesses.awaitBlocked;
import static io.github.spawn4j.testing.BothProcesses.end;
import static io.github.spawn4j.testing.BothProcesses.outcome;
import static io.github.spawn4j.testing.BothProcesses.quiet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.BothProcesses;
import io.github.spawn4j.testing.BothProcesses.Case;
import io.github.spawn4j.testing.BothProcesses.Grandchild;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachThreadKind;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.ThreadKind;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Code that takes a {@link Process} needs no change: each case is seen on the JDK's own process and
 * on ours, and must look the same.
 */
@Timeout(60)
class LikeProcessTest {
    /** Often enough to meet both orders of what happens at once. */
    private static final int RUNS = 200;

    // Interrupts

    @ForEachThreadKind
    void aReaderThatIsInterruptedGetsTheDataAndKeepsItsStatus(ThreadKind kind) throws Exception {
        assertAlike(
                "x true y",
                start -> {
                    Process process = start.start("cat");
                    InputStream output = process.getInputStream();
                    ThreadKind.Running<String> reader =
                            kind.run(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        String read = "" + (char) output.read();
                                        read += " " + Thread.interrupted();
                                        return read + " " + (char) output.read();
                                    });
                    awaitBlocked(kind, reader.thread());
                    reader.thread().interrupt(); // once more, in the middle of it
                    say(process, "x");
                    say(process, "y");
                    String read = reader.get();
                    process.getOutputStream().close();
                    process.waitFor();
                    return read;
                });
    }

    private static void say(Process process, String text) throws IOException {
        process.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    @ForEachThreadKind
    void aWriterThatIsInterruptedWritesOnAndKeepsItsStatus(ThreadKind kind) throws Exception {
        int much = 1 << 20;
        assertAlike(
                "true " + much,
                start -> {
                    Process slow = start.start("sh", "-c", "kill -STOP $$; wc -c");
                    ThreadKind.Running<String> writer =
                            kind.run(
                                    () -> {
                                        Thread.currentThread().interrupt();
                                        slow.getOutputStream().write(new byte[much]);
                                        return "" + Thread.interrupted();
                                    });
                    awaitBlocked(kind, writer.thread());
                    writer.thread().interrupt();
                    goOn(slow);
                    String written = writer.get();
                    slow.getOutputStream().close();
                    String count = new String(slow.getInputStream().readAllBytes()).strip();
                    slow.waitFor();
                    return written + " " + count;
                });
    }

    /** Once it has stopped itself. */
    private static void goOn(Process process) throws Exception {
        Path stat = Path.of("/proc/" + process.pid() + "/stat");
        Eventually.isTrue("it has stopped", () -> Files.readString(stat).contains(") T "));
        LibC.check("kill", LibC.kill((int) process.pid(), Signal.CONT.number()));
    }

    @Test
    void anInterruptedThreadTransfersAllAndKeepsItsStatus(@TempDir Path folder) throws Exception {
        assertAlike(
                "3 true",
                start -> {
                    Process process = start.start("sh", "-c", "kill -STOP $$; echo ab");
                    goOn(process);
                    Thread.currentThread().interrupt();
                    // Files.newOutputStream would be interruptible itself.
                    try (OutputStream out = new FileOutputStream(folder.resolve("f").toFile())) {
                        long moved = process.getInputStream().transferTo(out);
                        return moved + " " + Thread.interrupted();
                    } finally {
                        Thread.interrupted();
                        process.waitFor();
                    }
                });
    }

    // destroy()

    @ForEachThreadKind
    void aReaderThatWaitsAtDestroyGetsTheEnd(ThreadKind kind) throws Exception {
        assertAlike(
                List.of("-1, then " + STREAM_CLOSED),
                start -> {
                    List<String> seen = new ArrayList<>();
                    for (int i = 0; i < RUNS; i++) {
                        Process process = start.start("sleep", "600");
                        InputStream output = process.getInputStream();
                        ThreadKind.Running<String> reader = kind.run(() -> outcome(output::read));
                        awaitBlocked(kind, reader.thread());
                        process.destroy();
                        seen.add(reader.get() + ", then " + outcome(output::read));
                        process.waitFor();
                    }
                    return seen.stream().distinct().toList();
                });
    }

    /** The JDK's gets it or does not, as the closing is slow or fast. */
    @ForEachThreadKind
    void aReaderThatWaitsAtDestroyGetsWhatComes(ThreadKind kind) throws Exception {
        String getsByte = (int) 'b' + ", then " + STREAM_CLOSED;
        String getsNothing = STREAM_CLOSED + ", then " + STREAM_CLOSED;
        Case lastWords =
                start -> {
                    Process process =
                            start.start(
                                    "sh",
                                    "-c",
                                    "trap 'printf b; exit' TERM; echo; while :; do sleep 0.01; done");
                    InputStream output = process.getInputStream();
                    assertThat(output.read()).isEqualTo('\n');
                    ThreadKind.Running<String> reader = kind.run(() -> outcome(output::read));
                    awaitBlocked(kind, reader.thread());
                    process.destroy();
                    String word = reader.get();
                    process.waitFor();
                    return word + ", then " + outcome(output::read);
                };

        assertThat(lastWords.seen(BothProcesses::startJdks)).isIn(getsByte, getsNothing);
        assertThat(lastWords.seen(BothProcesses::startOurs)).isEqualTo(getsByte);
    }

    @Test
    void destroyClosesTheStreams() throws Exception {
        assertAlike(
                List.of(STREAM_CLOSED, STREAM_CLOSED, STREAM_CLOSED, "quiet", "quiet"),
                start -> {
                    Process process = start.start("sleep", "600");
                    OutputStream input = process.getOutputStream();
                    input.write(1);
                    process.destroy();
                    process.waitFor();
                    return List.of(
                            outcome(process.getInputStream()::read),
                            outcome(process.getInputStream()::available),
                            outcome(process.getErrorStream()::read),
                            quiet(input::close),
                            quiet(process.getInputStream()::close));
                });
    }

    @SuppressWarnings("try")
    @Test
    void destroyClosesWhatAGrandchildHolds() throws Exception {
        assertAlike(
                List.of(STREAM_CLOSED, STREAM_CLOSED),
                start -> {
                    Process process = start.start(LEAVES_GRANDCHILD);
                    try (Grandchild grandchild = new Grandchild(process)) {
                        process.waitFor();
                        process.destroy();
                        return List.of(
                                outcome(process.getInputStream()::read),
                                outcome(process.getErrorStream()::read));
                    }
                });
    }

    @SuppressWarnings("try")
    @ForEachThreadKind
    void aReaderThatWaitsForAGrandchildAtDestroyMeetsItsEnd(ThreadKind kind) throws Exception {
        assertAlike(
                "-1, then " + STREAM_CLOSED,
                start -> {
                    Process process = start.start(LEAVES_GRANDCHILD);
                    InputStream output = process.getInputStream();
                    ThreadKind.Running<String> reader;
                    try (Grandchild grandchild = new Grandchild(process)) {
                        reader = kind.run(() -> outcome(output::read));
                        awaitBlocked(kind, reader.thread());
                        process.waitFor();
                        process.destroy();
                    }
                    return reader.get() + ", then " + outcome(output::read);
                });
    }

    @Test
    void destroyOfAProcessThatHasBecomeRootIsQuiet(@TempDir Path folder) throws Exception {
        Path program = setUserIdRoot(folder);
        assertAlike(
                List.of("root", "quiet", "quiet", "true", STREAM_CLOSED, "quiet"),
                start -> {
                    List<Process> started = new ArrayList<>();
                    List<String> seen =
                            OwnThread.callUnprivileged(
                                    () -> {
                                        Process process = start.start(program.toString());
                                        started.add(process);
                                        return seenOfRoot(process);
                                    });
                    for (Process process : started) {
                        LibC.check("kill", LibC.kill((int) process.pid(), Signal.KILL.number()));
                        process.waitFor();
                    }
                    return seen;
                });
    }

    private static List<String> seenOfRoot(Process process) throws Exception {
        byte[] said = process.getInputStream().readNBytes("root".length());
        return List.of(
                new String(said, StandardCharsets.UTF_8),
                quiet(process::destroy),
                quiet(process::destroyForcibly),
                "" + process.isAlive(),
                outcome(process.getInputStream()::read),
                quiet(process.getOutputStream()::close));
    }

    private static Path setUserIdRoot(Path folder) throws Exception {
        assumeTrue(LibC.isRoot(), "needs root, to make a set-user-ID program and an ordinary user");
        assumeTrue(
                "0".equals(ProcStatus.ofThread().get("NoNewPrivs")),
                "programs gain no privileges here");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path program = Files.copy(Probe.program("becomes_root"), folder.resolve("becomes_root"));
        LibC.check("chmod", LibC.chmod(program.toString(), 04755));
        return program;
    }

    // Writing

    @Test
    void aWriteToAProcessThatHasClosedItsInputIsABrokenPipe() throws Exception {
        String broken = "java.io.IOException: Broken pipe";
        assertAlike(
                List.of(broken, broken),
                start -> {
                    Process process = start.start("sh", "-c", "exec <&-; echo; exec sleep 600");
                    process.getInputStream().read();
                    OutputStream input = process.getOutputStream();
                    input.write(1);
                    List<String> seen = List.of(quiet(input::flush), quiet(input::close));
                    end(process);
                    return seen;
                });
    }

    @ForEachThreadKind
    void aWriterThatWaitsForAProcessThatDiesMeetsABrokenPipe(ThreadKind kind) throws Exception {
        assertAlike(
                "java.io.IOException: Broken pipe",
                start -> {
                    Process process = start.start("sleep", "600");
                    OutputStream input = process.getOutputStream();
                    ThreadKind.Running<String> writer =
                            kind.run(() -> quiet(() -> input.write(new byte[1 << 20])));
                    awaitBlocked(kind, writer.thread());
                    LibC.check("kill", LibC.kill((int) process.pid(), Signal.KILL.number()));
                    return writer.get();
                });
    }

    // Exit and handle

    @Test
    void waitForWantsAUnit() throws Exception {
        assertAlike(
                List.of("NullPointerException", "NullPointerException"),
                start -> {
                    Process process = start.start("cat");
                    String before = nameOfWhatIsThrown(() -> process.waitFor(0, null));
                    process.getOutputStream().close();
                    process.waitFor();
                    return List.of(before, nameOfWhatIsThrown(() -> process.waitFor(0, null)));
                });
    }

    private static String nameOfWhatIsThrown(Callable<?> call) {
        String outcome = outcome(call);
        return outcome.replaceFirst(":.*", "").replaceFirst(".*\\.", "");
    }

    @Test
    void handlesCompareWithThoseOfTheJdk() throws Exception {
        assertAlike(
                List.of("true", "true", "true"),
                start -> {
                    Process process = start.start("true");
                    process.waitFor();
                    ProcessHandle handle = process.toHandle();
                    ProcessHandle other = ProcessHandle.current();
                    int wanted = Long.compare(process.pid(), other.pid());
                    return List.of(
                            outcome(() -> other.compareTo(handle) == -wanted),
                            outcome(() -> handle.compareTo(other) == wanted),
                            outcome(() -> handle.compareTo(process.toHandle()) == 0));
                });
    }

    @Test
    void theHandleOfAnEndedProcessKnowsThatItIsGone() throws Exception {
        assertAlike(
                "[] [] Optional.empty false false false [] [] same true",
                start -> {
                    Process process = start.start("true");
                    process.waitFor();
                    ProcessHandle handle = process.toHandle();
                    return String.join(
                            " ",
                            process.info().toString(),
                            handle.info().toString(),
                            handle.parent().toString(),
                            "" + handle.isAlive(),
                            "" + handle.destroy(),
                            "" + handle.destroyForcibly(),
                            handle.children().toList().toString(),
                            process.descendants().toList().toString(),
                            handle.onExit().get().equals(handle) ? "same" : "another",
                            "" + handle.toString().equals("" + process.pid()));
                });
    }

    @Test
    void aReadOfNothingTellsThatTheStreamIsClosed() throws Exception {
        assertAlike(
                STREAM_CLOSED,
                start -> {
                    Process process = start.start("true");
                    process.getInputStream().close();
                    process.waitFor();
                    return outcome(() -> process.getInputStream().read(new byte[0]));
                });
    }
}
