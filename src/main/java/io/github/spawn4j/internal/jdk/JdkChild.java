// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.jdk;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.child.ProcessGroup;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.os.Exit;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** A child that the JDK has started, and waits for. Thread-safe. */
public final class JdkChild implements ChildProcess {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int SIGCONT = 18;

    /** What a code is above where a signal has ended the process, as far as the JDK tells that. */
    private static final int BY_SIGNAL = 128;

    private final Process process;
    private final Child.Stream[] streams;
    private final CompletableFuture<Void> exited = new CompletableFuture<>();
    private volatile Exit exit;

    /** Whether we have sent SIGKILL, which no process handles. */
    private volatile boolean killed;

    private JdkChild(Process process, Child.Stream[] streams) {
        this.process = process;
        this.streams = streams;
    }

    /**
     * Takes charge of a process that has just been started.
     *
     * @param streams belong to the child from then on
     */
    public static JdkChild watch(Process process, Child.Stream[] streams) {
        JdkChild child = new JdkChild(process, streams);
        process.onExit().thenRun(child::tell);
        return child;
    }

    private void tell() {
        exit();
        exited.complete(null);
    }

    @Override
    public int pid() {
        return (int) process.pid();
    }

    @Override
    public int pidfd() {
        return -1;
    }

    @Override
    public Exit exit() {
        if (exit == null && !process.isAlive()) {
            exit = exit(process.exitValue());
        }
        return exit;
    }

    /** The JDK folds the two into one number, so that only what nobody can handle is known. */
    private Exit exit(int code) {
        return killed && code == BY_SIGNAL + SIGKILL ? Exit.killed(SIGKILL) : Exit.exited(code);
    }

    @Override
    public Exit exitWithStreams() {
        return exit();
    }

    @Override
    public Exit await(long deadlineNs) throws InterruptedException {
        if (exit() == null) {
            if (deadlineNs == Deadline.NONE) {
                process.waitFor();
            } else {
                process.waitFor(Deadline.remainingNs(deadlineNs), TimeUnit.NANOSECONDS);
            }
        }
        return exit();
    }

    @Override
    public void whenExited(Runnable task) {
        exited.thenRun(new Errand(task)::attemptHere);
    }

    /**
     * What a teardown sends behind each signal is for those that are stopped, and may be missing.
     */
    @Override
    public void signal(int signal) {
        if (signal != SIGCONT) {
            trySignal(signal);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws UnsupportedOperationException for all but SIGTERM and SIGKILL
     */
    @Override
    public boolean trySignal(int signal) {
        // Not by the process itself, which would close the streams, and what is in them be lost.
        ProcessHandle handle = process.toHandle();
        if (signal == SIGTERM && process.supportsNormalTermination()) {
            return exit() == null && handle.destroy();
        }
        if (!canSend(signal)) {
            throw new UnsupportedOperationException("the JDK cannot send signal " + signal);
        }
        killed |= signal == SIGKILL;
        return exit() == null && handle.destroyForcibly();
    }

    /** Only what happens in a cgroup is noted, where the JDK starts nothing. */
    @Override
    public void beforeKill(Runnable note) {
        throw new AssertionError("it is in no cgroup of ours");
    }

    @Override
    public void noteKill() {
        // as nobody notes it
    }

    /** Whether the JDK knows a signal. */
    public static boolean canSend(int signal) {
        return signal == SIGTERM || signal == SIGKILL;
    }

    @Override
    public CompletableFuture<Boolean> isGone() {
        return CompletableFuture.completedFuture(exit() != null);
    }

    @Override
    public boolean readsFiles() {
        return false;
    }

    @Override
    public ProcessGroup processGroup() {
        return null;
    }

    @Override
    public <T> Optional<T> whileRunning(LongFunction<Optional<T>> lookup) {
        return exit() == null ? lookup.apply(process.pid()) : Optional.empty();
    }

    @Override
    public void closeStreams() throws IOException {
        for (Child.Stream stream : streams) {
            stream.close();
        }
    }

    @Override
    public String toString() {
        return "child " + process.pid() + " of the JDK";
    }
}
