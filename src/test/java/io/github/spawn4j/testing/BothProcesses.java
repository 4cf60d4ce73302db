// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;

/** Processes that are started by the JDK and by us, and what somebody sees who uses either. */
public final class BothProcesses {
    public static final String STREAM_CLOSED = "java.io.IOException: Stream closed";

    /** Leaves one behind that has its outputs, and says its pid. */
    public static final String[] LEAVES_GRANDCHILD = {"sh", "-c", "sleep 600 <&- & echo $!"};

    private BothProcesses() {}

    /** Starts a process in one of the two ways. */
    public interface Start {
        Process start(String... command) throws IOException;
    }

    /** What somebody sees who uses a process. */
    public interface Case {
        Object seen(Start start) throws Exception;
    }

    public static Process startJdks(String... command) throws IOException {
        return new ProcessBuilder(command).start();
    }

    public static Process startOurs(String... command) throws IOException {
        return PidfdProcess.builder(command[0])
                .args(List.of(command).subList(1, command.length))
                .start();
    }

    /** Demands that both look the same, and like this. */
    public static void assertAlike(Object wanted, Case each) throws Exception {
        assertThat(each.seen(BothProcesses::startJdks)).as("the JDK's").isEqualTo(wanted);
        assertThat(each.seen(BothProcesses::startOurs)).as("ours").isEqualTo(wanted);
    }

    /** Demands that they look like this, and that {@code docs/differences.md} says so. */
    public static void assertDifferent(String row, Object jdks, Object ours, Case each)
            throws Exception {
        assertThat(each.seen(BothProcesses::startJdks)).as("the JDK's").isEqualTo(jdks);
        assertThat(each.seen(BothProcesses::startOurs)).as("ours").isEqualTo(ours);
        Differences.assertListed(row);
    }

    /** What a call returns or throws. */
    public static String outcome(Callable<?> call) {
        try {
            return String.valueOf(call.call());
        } catch (Exception e) {
            return e.getClass().getName() + ": " + e.getMessage();
        }
    }

    /** The same of an action, which is quiet or throws. */
    public static String quiet(Action action) {
        return outcome(
                () -> {
                    action.run();
                    return "quiet";
                });
    }

    public interface Action {
        void run() throws Exception;
    }

    public static void end(Process process) throws Exception {
        process.destroyForcibly().waitFor();
    }

    /** Waits until {@code thread} waits in a stream of either kind of process, or is done. */
    public static void awaitBlocked(ThreadKind kind, Thread thread) throws Exception {
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
        return isNative && ProcThread.all().stream().anyMatch(BothProcesses::readsOrWritesAPipe);
    }

    /** Whether it is in read(2) or write(2), and one of ours or the carrier of one. */
    private static boolean readsOrWritesAPipe(ProcThread thread) {
        String calls = System.getProperty("os.arch").equals("amd64") ? "[01]" : "6[34]";
        return thread.name().matches("platform|ForkJoinPool.*")
                && thread.systemCall().matches(calls + " .*");
    }

    /** Whom a process that has ended leaves behind, with its output. */
    public static final class Grandchild implements AutoCloseable {
        private final ProcessHandle handle;

        /** That of a process which says its pid and nothing else. */
        public Grandchild(Process parent) throws IOException {
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
}
