// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.control.ProcessTree;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.cgroup.MemoryWatch;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.child.ProcessGroup;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Exit;
import io.github.spawn4j.internal.os.JdkHandle;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.streams.Terminal;
import io.github.spawn4j.internal.teardown.Escalation;
import io.github.spawn4j.warm.StartKind;
import io.github.spawn4j.warm.Warm;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that was started here, known by its pidfd. Thread-safe.
 *
 * <p>It is a {@link Process} in every respect; code that takes one needs no change. It adds the
 * pidfd, any signal, how the process ended and what it used.
 *
 * <pre>{@code
 * PidfdProcess process = PidfdProcess.builder("sort", "names.txt").start();
 * List<String> names = process.inputReader().lines().toList();
 * process.waitFor();
 * if (!process.exitStatus().isSuccess()) { ... }
 * }</pre>
 *
 * <p>A signal can never reach another process that has got the same pid (pidfd_send_signal(2)). The
 * exit is collected whether or not anybody waits, and whether or not this object is still referred
 * to; no thread waits for it, unless {@linkplain SpawnStrategy#JDK the JDK} had to start the
 * process. Exit and end of output are two events: a grandchild that keeps the output open delays
 * the end of {@link #getInputStream()}, never {@link #waitFor()}.
 *
 * <p>The streams belong to the caller, who may close them. Otherwise they are closed when the
 * process has exited and no other process has them; what was written can still be read then. An
 * interrupt changes nothing for a thread that reads or writes there, unless {@link
 * EmptyProcess#interruptibleStreams} asks for it.
 *
 * <p>It differs from the processes of {@link ProcessBuilder} in this:
 *
 * <ul>
 *   <li>Closing a stream ends the wait of a thread that reads there, with an {@link IOException}.
 *   <li>{@link #destroy()} does not wait for a thread that writes, which gets an {@link
 *       IOException}. It does not write what is buffered. What a process had written before it
 *       ended can still be read.
 *   <li>Writing after the exit is always a "Broken pipe".
 *   <li>An output that a grandchild keeps open does not end at the exit, but with its last writer.
 *   <li>The outputs do not support {@link InputStream#mark mark}.
 *   <li>A {@link #toHandle() handle} first asked for after the exit equals no other.
 *   <li>{@link #exitValue()} before the exit names the pid in its message.
 * </ul>
 */
public final class PidfdProcess extends Process implements Closeable {
    private final ChildProcess child;

    private final StandardStreams streams;

    private final Escalation escalation;

    /** Whether somebody has said how, so that {@link #close} does not wait for ever. */
    private final boolean tornDownByClose;

    /** Whether the teardown begins with the end of the input. */
    private final boolean closesInput;

    // Not under the lock of this object, which is the user's. He may hold it while he writes, so
    // that
    // writers take turns; a write that waits for room would keep everybody from ending the process.
    @GuardedBy("child")
    private boolean closed;

    /** Made while the process was there to be looked up. */
    private volatile ProcessHandle handle;

    /** Null where the process was given none. */
    private final Terminal terminal;

    /** Tells what it died of, or null. */
    private final MemoryWatch memory;

    /** Where it was started, or null. */
    private final Path cgroup;

    /** Of its sandbox, or null. */
    private final Enclosure enclosure;

    /** As {@link Launched#startKind} has it. */
    private final byte startKind;

    /**
     * A process that has just been started.
     *
     * @param interruptible whether an interrupt of a thread that uses a stream closes the stream
     * @param teardown how to end it, or null if nobody has said so
     * @param cgroup where it was started, or null
     * @param enclosure of its sandbox, or null
     */
    PidfdProcess(
            Newborn newborn,
            boolean interruptible,
            Teardown teardown,
            Path cgroup,
            Enclosure enclosure)
            throws IOException {
        terminal = newborn.terminal();
        startKind = (byte) newborn.startKind();
        memory = newborn.memory();
        this.cgroup = cgroup;
        streams = newborn.streams(interruptible);
        handle = newborn.handle();
        tornDownByClose = teardown != null;
        Teardown known = tornDownByClose ? teardown : Teardown.DEFAULT;
        child = newborn.watch(streams.ends(), known);
        closesInput = known.closesInput();
        boolean endsInput = closesInput && streams.hasInput();
        escalation = known.of(child, cgroup, endsInput ? new UserInput(streams, this) : null);
        if (known.isToBeReleased()) {
            releaseInTime();
        }
        if (memory != null) {
            child.beforeKill(memory::beforeKill);
            child.whenExited(() -> status(child.exit(), memory));
        }
        this.enclosure = enclosure;
        if (enclosure != null) {
            enclosure.watch(child, escalation::begin);
        }
    }

    private void releaseInTime() {
        boolean succeeded = false;
        try {
            child.whenExited(escalation::childExited);
            dropWith(child, escalation);
            succeeded = true;
        } finally {
            if (!succeeded) {
                escalation.release(); // as nobody will know of the process
            }
        }
    }

    private void dropWith(ChildProcess running, Escalation pending) {
        Leftovers.closeWhenDropped(this, () -> running.whenExited(pending::drop));
    }

    /** Kills all that its teardown would reach, and closes the streams. */
    void discard() {
        escalation.kill();
        try {
            child.closeStreams();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // close(2) of a pipe does not fail
        }
    }

    /**
     * Begins the description of a process.
     *
     * @param program a path if it contains a slash, else the name of a program in PATH
     * @param args its arguments
     * @return an empty process, to be configured and started
     * @throws IllegalArgumentException if {@code program} is empty, or if a string contains NUL
     */
    public static EmptyProcess builder(String program, String... args) {
        return new EmptyProcess(program).args(args);
    }

    /**
     * Begins the description of a process whose command comes as one list, as that of a {@link
     * ProcessBuilder} does.
     *
     * <pre>{@code
     * List<String> command = config.getStringList("formatter"); // such as [clang-format, -i]
     * PidfdProcess.builder(command).args(file.toString()).start();
     * }</pre>
     *
     * @param command the program, as for {@link #builder(String, String...)}, and its arguments;
     *     later changes of the list have no effect
     * @return an empty process, to be configured and started
     * @throws IllegalArgumentException if {@code command} or the program is empty, or if a string
     *     contains NUL
     */
    public static EmptyProcess builder(List<String> command) {
        return new EmptyProcess(ProcessSettings.program(command)).arguments(command);
    }

    /**
     * The process's pid.
     *
     * @return the pid; another process may have it once the exit of this one has been collected
     */
    @Override
    public long pid() {
        return child.pid();
    }

    /**
     * The number of the process's pidfd (see pidfd_open(2)), for calls that this library does not
     * offer. It stays the library's: to keep it, duplicate it; do not close it.
     *
     * @return the descriptor, which is close-on-exec, or -1 once the exit has been collected and
     *     the descriptor closed, and where {@linkplain SpawnStrategy#JDK the JDK} has started the
     *     process
     */
    public int pidfd() {
        return child.pidfd();
    }

    /**
     * Sends a signal.
     *
     * @param signal the signal
     * @return true if it was sent to a process that runs, false if the process has already ended,
     *     whether or not anybody has been told of that
     * @throws IOException if the kernel forbids it (EPERM: the process has changed its ids)
     * @throws UnsupportedOperationException if {@linkplain SpawnStrategy#JDK the JDK} has started
     *     the process, and it is neither SIGTERM nor SIGKILL
     */
    public boolean signal(Signal signal) throws IOException {
        // The kernel takes a signal to a zombie for sent.
        return child.exit() == null && child.trySignal(signal.number());
    }

    /**
     * Sets the size of the window of the process's terminal. If it is another one, the foreground
     * process group gets SIGWINCH; a full-screen program then asks for the size and redraws.
     *
     * @param size the size
     * @throws IllegalStateException if the process was not started with {@link
     *     EmptyProcess#terminal(WindowSize) terminal}
     * @throws IOException if both streams of the terminal are closed, which they are at the latest
     *     when the process has exited and no other has the terminal
     */
    public void windowSize(WindowSize size) throws IOException {
        checkedTerminal().resize(size.rows(), size.columns());
    }

    /**
     * The size of the window of the process's terminal, which the process can change too.
     *
     * @return the size
     * @throws IllegalStateException if the process was not started with {@link
     *     EmptyProcess#terminal(WindowSize) terminal}
     * @throws IOException if both streams of the terminal are closed, or if the process has set a
     *     size of no rows or no columns
     */
    public WindowSize windowSize() throws IOException {
        long size = checkedTerminal().size();
        int rows = (int) (size >> 16);
        int columns = (int) size & 0xffff;
        if (rows == 0 || columns == 0) {
            throw new IOException("the window has no size: " + rows + " x " + columns);
        }
        return new WindowSize(rows, columns);
    }

    private Terminal checkedTerminal() {
        if (terminal == null) {
            throw new IllegalStateException(
                    "process " + pid() + " was not started with terminal(size)");
        }
        return terminal;
    }

    /**
     * How the process was started: warm if it is of a template that is kept {@linkplain Warm warm}
     * and could be.
     *
     * @return the way
     */
    public StartKind startedAs() {
        return startKind(startKind);
    }

    /** As {@link Launched#startKind} has it. */
    static StartKind startKind(int kind) {
        return switch (kind) {
            case Launched.PARKED -> StartKind.PARKED;
            case Launched.WARM -> StartKind.WARM;
            default -> StartKind.COLD;
        };
    }

    /**
     * What enforces which limit of the process's {@linkplain Sandbox sandbox}.
     *
     * @return the mechanisms; empty without a sandbox
     */
    public Map<Sandbox.Limit, Sandbox.Mechanism> enforcement() {
        return enclosure == null ? Map.of() : enclosure.mechanisms();
    }

    /**
     * How the process ended.
     *
     * @return the status
     * @throws IllegalThreadStateException if it has not ended yet
     */
    public ExitStatus exitStatus() {
        return status(collected(), memory);
    }

    /**
     * What the process and those of its children that it waited for have used. All zero if the exit
     * is {@link ExitStatus.Unknown}, or if {@linkplain SpawnStrategy#JDK the JDK} has started it.
     *
     * @return the usage
     * @throws IllegalThreadStateException if the process has not ended yet
     */
    public ResourceUsage resourceUsage() {
        return ResourceUsage.of(collected(), startKind != Launched.COLD);
    }

    private Exit collected() {
        Exit exit = child.exitWithStreams();
        if (exit == null) {
            throw new IllegalThreadStateException("process " + pid() + " hasn't exited");
        }
        return exit;
    }

    /**
     * How a process has ended.
     *
     * @param memory what tells whether that was for want of memory, or null
     */
    static ExitStatus status(Exit exit, MemoryWatch memory) {
        ExitStatus status = status(exit);
        boolean isOutOfMemory = memory != null && memory.judge(isKill(status));
        return isOutOfMemory ? new ExitStatus.OutOfMemory() : status;
    }

    private static boolean isKill(ExitStatus status) {
        return status instanceof ExitStatus.Killed killed && killed.signal().equals(Signal.KILL);
    }

    private static ExitStatus status(Exit exit) {
        switch (exit.code()) {
            case Exit.EXITED:
                return new ExitStatus.Exited(exit.status());
            case Exit.KILLED:
            case Exit.DUMPED:
                return new ExitStatus.Killed(Signal.of(exit.status()), exit.code() == Exit.DUMPED);
            default:
                return new ExitStatus.Unknown();
        }
    }

    /**
     * {@inheritDoc}
     *
     * @return the exit code, or 128 + n after signal n; {@link #exitStatus()} tells the two apart
     */
    @Override
    public int exitValue() {
        return exitStatus().exitValue();
    }

    @Override
    public boolean isAlive() {
        return child.exit() == null;
    }

    @Override
    public int waitFor() throws InterruptedException {
        return status(child.await(Deadline.NONE)).exitValue();
    }

    @Override
    public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        return timeout <= 0 ? !isAlive() : child.await(Deadline.after(timeout, unit)) != null;
    }

    /**
     * As {@link #waitFor()}, but tells an exit code from a signal.
     *
     * <pre>{@code
     * if (process.awaitExit() instanceof ExitStatus.Killed killed) {
     *   log.warn("ended by {}", killed.signal());
     * }
     * }</pre>
     *
     * @return how the process ended, at once if it has ended already
     * @throws InterruptedException if the thread was or is interrupted; the process lives on
     */
    public ExitStatus awaitExit() throws InterruptedException {
        return status(child.await(Deadline.NONE), memory);
    }

    /**
     * The same, but waits for a limited time.
     *
     * @param timeout how long to wait at most; 0 and less does not wait
     * @return how the process ended; empty if it has not ended by then
     * @throws InterruptedException if the thread was or is interrupted; the process lives on
     */
    public Optional<ExitStatus> awaitExit(Duration timeout) throws InterruptedException {
        Exit exit =
                timeout.isNegative() || timeout.isZero()
                        ? child.exitWithStreams()
                        : child.await(Deadline.after(Deadline.toNanos(timeout), NANOSECONDS));
        return exit == null ? Optional.empty() : Optional.of(status(exit, memory));
    }

    /**
     * How the process ends, as a future; {@link #onExit()} has the process itself.
     *
     * <pre>{@code
     * process.exited().thenAccept(status -> log.info("{}: {}", process.pid(), status));
     * }</pre>
     *
     * @return completed as that of {@link #onExit()}; cancelling it does not affect the process
     */
    public CompletableFuture<ExitStatus> exited() {
        CompletableFuture<ExitStatus> told = new CompletableFuture<>();
        child.whenExited(new Errand(() -> told.complete(exitStatus())));
        return told;
    }

    /**
     * {@inheritDoc}
     *
     * <p>A thread of the library completes the future. Code that depends on it may block without
     * harm to others, as long as fewer than 512 such calls block at once. Cancelling it does not
     * affect the process.
     */
    @Override
    public CompletableFuture<Process> onExit() {
        CompletableFuture<Process> told = new CompletableFuture<>();
        child.whenExited(new Errand(() -> told.complete(ended())));
        return told;
    }

    private Process ended() {
        collected(); // so that no zombie is left when it is told
        return this;
    }

    /**
     * Asks the process to end, with SIGTERM, if it has not ended yet, and closes the streams.
     * Output that was not read, and input that is still buffered, are lost; but if the process had
     * already ended and no other process can write there, its output can still be read.
     *
     * <p>A thread that waits in a read goes on waiting, for the next bytes or the end of the
     * output; one that waits in a write gets an {@link IOException}. On a terminal both do, and the
     * process gets SIGHUP.
     *
     * <p>A process that may not be signalled, because it has become another user's, lives on, as
     * with {@link ProcessBuilder}; {@link #signal} reports it.
     */
    @Override
    public void destroy() {
        end(Signal.TERM);
    }

    /**
     * Ends the process, with SIGKILL, if it has not ended yet, and closes the streams, as {@link
     * #destroy} does.
     *
     * @return this
     */
    @Override
    public Process destroyForcibly() {
        end(Signal.KILL);
        return this;
    }

    private void end(Signal signal) {
        boolean hasExited = child.exit() != null;
        try {
            child.trySignal(signal.number());
        } catch (IOException e) {
            // Not allowed, and there is nobody to be told: Process has no exception for it.
        }
        try {
            streams.destroy(hasExited);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // close(2) of a pipe does not fail
        }
    }

    /**
     * Begins the process' {@linkplain EmptyProcess#teardown teardown}, if it has not begun yet, and
     * does not wait. The streams stay open.
     *
     * @return completed, by a thread of the library, when no process is left that it reaches; with
     *     an {@link IOException} if a process has survived the last grace, or could not be
     *     signalled
     */
    public CompletableFuture<@Nullable Void> teardown() {
        CompletableFuture<Void> told = new CompletableFuture<>();
        CompletableFuture<Void> ending = escalation.begin();
        Errand telling = new Errand(() -> tell(told, ending));
        ending.whenComplete((gone, survival) -> telling.run());
        return told;
    }

    private static void tell(CompletableFuture<Void> told, CompletableFuture<Void> ending) {
        try {
            told.complete(ending.join());
        } catch (CompletionException e) {
            told.completeExceptionally(e.getCause());
        }
    }

    /**
     * All processes that belong to this one: those of the {@linkplain EmptyProcess#cgroup cgroup}
     * that it was started in, else those of the process group that its {@linkplain Teardown#ofGroup
     * teardown} reaches.
     *
     * @return the tree, which may outlive the process
     * @throws IllegalStateException if the process has neither a cgroup nor such a group
     */
    public ProcessTree tree() {
        ProcessGroup group = child.processGroup();
        if (cgroup == null && group == null) {
            throw new IllegalStateException(
                    "process " + pid() + " has no cgroup, nor a teardown of its group");
        }
        return cgroup == null
                ? Access.control().tree(this, group)
                : Access.control().tree(this, cgroup);
    }

    /**
     * Closes the streams, and waits until the process has ended; closing again does nothing. What
     * was not read is lost.
     *
     * <p>A process with a {@linkplain EmptyProcess#teardown teardown} of its own is torn down at
     * once. Its standard input is closed before, without writing what is still buffered for it
     * unless that is the teardown's {@linkplain Teardown#closeInput first step}. Its outputs are
     * closed when the teardown is over, so that it can print as it ends. A thread that is reading
     * them reads on meanwhile. Afterwards it has 100 ms for what is left, if it waited in a read at
     * the beginning or has read something in the last 500 ms. If a full pipe keeps the process
     * waiting and nobody has read from it for 100 ms, what is in it is dropped. A process on a
     * terminal gets SIGHUP first, because both sides are closed, unless the teardown begins with
     * the end of input.
     *
     * <p>Any other process ends by itself, as JDK 26 documents {@code Process.close}: what is
     * buffered is written first, all streams are closed, and an interrupt begins {@link
     * Teardown#DEFAULT}. The interrupt status is kept.
     *
     * @throws IOException if a stream cannot be closed, or if somebody has survived the teardown;
     *     the streams are closed all the same
     */
    @Override
    public void close() throws IOException {
        synchronized (child) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (tornDownByClose) {
            tearDown();
            return;
        }
        IOException failure = flushInterruptibly();
        try {
            child.closeStreams();
        } finally {
            awaitEnd();
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void tearDown() throws IOException {
        if (terminal != null && !closesInput) {
            child.closeStreams(); // to hang up is how a terminal is closed
        }
        try {
            streams.tearDown(escalation, closesInput);
        } finally {
            child.closeStreams();
        }
    }

    /**
     * Writes what is buffered, on a worker, as an interrupt does not end the wait for a child that
     * does not read; it does end the child. Returns what went wrong, or null.
     */
    private IOException flushInterruptibly() throws IOException {
        if (!streams.hasBuffers()) {
            return null;
        }
        FutureTask<Void> flushing =
                new FutureTask<>(
                        () -> {
                            flush();
                            return null;
                        });
        Workers.execute(flushing);
        try {
            flushing.get();
        } catch (InterruptedException e) {
            escalation.begin();
            child.closeStreams();
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            return e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException(e.getCause());
        }
        return null;
    }

    /** Writes what an {@link #outputWriter()} or the stream below it still has, and closes both. */
    private void flush() throws IOException {
        try {
            outputWriter().close();
        } catch (IllegalStateException e) {
            // Its writer has another charset, and is the caller's to flush.
            getOutputStream().close();
        }
    }

    /** As {@link #flush}, but closes nothing. */
    void flushInput() throws IOException {
        try {
            outputWriter().flush();
        } catch (IllegalStateException e) {
            getOutputStream().flush();
        }
    }

    private void awaitEnd() {
        boolean interrupted = false;
        while (true) {
            try {
                waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                escalation.begin();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean supportsNormalTermination() {
        ProcessHandle known = handle; // which the JDK gives where it has started the process
        return known == null || known.supportsNormalTermination();
    }

    /**
     * {@inheritDoc}
     *
     * <p>First asked for when the exit has been collected, the handle knows the pid and that the
     * process is gone. It does not equal one that was taken before.
     */
    @Override
    public ProcessHandle toHandle() {
        ProcessHandle known = handle;
        if (known == null) {
            known =
                    child.whileRunning(ProcessHandle::of)
                            .orElseGet(
                                    () -> {
                                        child.exit(); // which leaves no zombie
                                        return JdkHandle.ofEnded(pid())
                                                .orElseGet(() -> new EndedProcessHandle(pid()));
                                    });
            handle = known;
        }
        return known;
    }

    @Override
    public OutputStream getOutputStream() {
        return streams.stdin();
    }

    @Override
    public InputStream getInputStream() {
        return streams.stdout();
    }

    @Override
    public InputStream getErrorStream() {
        return streams.stderr();
    }

    @Override
    public String toString() {
        Exit exit = child.exit();
        return "Process[pid="
                + pid()
                + ", exitValue="
                + (exit == null ? "\"not exited\"" : status(exit).exitValue())
                + "]";
    }
}
