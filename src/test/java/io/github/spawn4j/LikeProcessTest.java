// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Differences;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachThreadKind;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.ProcThread;
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
import java.util.Arrays;
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

    private static final String STREAM_CLOSED = "java.io.IOException: Stream closed";

    /** Leaves one behind that has its outputs, and says its pid. */
    private static final String[] LEAVES_GRANDCHILD = {"sh", "-c", "sleep 600 <&- & echo $!"};

    /** Starts a process in one of the two ways. */
    private interface Start {
        Process start(String... command) throws IOException;
    }

    /** What somebody sees who uses a process. */
    private interface Case {
        Object seen(Start start) throws Exception;
    }

    private static Process startJdks(String... command) throws IOException {
        return new ProcessBuilder(command).start();
    }

    private static Process startOurs(String... command) throws IOException {
        return PidfdProcess.builder(command[0])
                .args(List.of(command).subList(1, command.length))
                .start();
    }

    /** Demands that both look the same, and like this. */
    private static void assertAlike(Object wanted, Case each) throws Exception {
        assertThat(each.seen(LikeProcessTest::startJdks)).as("the JDK's").isEqualTo(wanted);
        assertThat(each.seen(LikeProcessTest::startOurs)).as("ours").isEqualTo(wanted);
    }

    /** Demands that they look like this, and that {@code docs/differences.md} says so. */
    private static void assertDifferent(String row, Object jdks, Object ours, Case each)
            throws Exception {
        assertThat(each.seen(LikeProcessTest::startJdks)).as("the JDK's").isEqualTo(jdks);
        assertThat(each.seen(LikeProcessTest::startOurs)).as("ours").isEqualTo(ours);
        Differences.assertListed(row);
    }

    /** What a call returns or throws. */
    private static String outcome(Callable<?> call) {
        try {
            return String.valueOf(call.call());
        } catch (Exception e) {
            return e.getClass().getName() + ": " + e.getMessage();
        }
    }

    /** The same of an action, which is quiet or throws. */
    private static String quiet(Action action) {
        return outcome(
                () -> {
                    action.run();
                    return "quiet";
                });
    }

    private interface Action {
        void run() throws Exception;
    }

    private static void end(Process process) throws Exception {
        process.destroyForcibly().waitFor();
    }

    /** Waits until {@code thread} waits in a stream of either kind of process, or is done. */
    private static void awaitBlocked(ThreadKind kind, Thread thread) throws Exception {
        Eventually.isTrue(
                () -> thread + " waits: " + Arrays.toString(thread.getStackTrace()),
                () -> kind.isBlocked(thread) || isInJdksCall(thread) || !thread.isAlive());
    }

    /** Its stack shows the native method before the thread is in the kernel. */
    private static boolean isInJdksCall(Thread thread) throws IOException {
        boolean isNative =
                Arrays.stream(thread.getStackTrace())
                        .anyMatch(
                                frame ->
                                        frame.isNativeMethod()
                                                && frame.getMethodName()
                                                        .matches("(read|write)Bytes0?"));
        return isNative && ProcThread.all().stream().anyMatch(LikeProcessTest::readsOrWritesAPipe);
    }

    /** Whether it is in read(2) or write(2), and one of ours or the carrier of one. */
    private static boolean readsOrWritesAPipe(ProcThread thread) {
        String calls = System.getProperty("os.arch").equals("amd64") ? "[01]" : "6[34]";
        return thread.name().matches("platform|ForkJoinPool.*")
                && thread.systemCall().matches(calls + " .*");
    }

    /** Whom a process that has ended leaves behind, with its output. */
    private static final class Grandchild implements AutoCloseable {
        private final ProcessHandle handle;

        /** That of a process which says its pid and nothing else. */
        Grandchild(Process parent) throws IOException {
            StringBuilder pid = new StringBuilder();
            int next;
            while ((next = parent.getInputStream().read()) != '\n') {
                pid.append((char) next);
            }
            handle = ProcessHandle.of(Long.parseLong(pid.toString())).orElseThrow();
        }

        @Override
        public void close() {
            handle.destroyForcibly();
        }
    }

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

        assertThat(lastWords.seen(LikeProcessTest::startJdks)).isIn(getsByte, getsNothing);
        assertThat(lastWords.seen(LikeProcessTest::startOurs)).isEqualTo(getsByte);
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

    // What is different: rows of docs/differences.md

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
