package io.github.spawn4j;

import io.github.spawn4j.internal.io.Child;
import io.github.spawn4j.internal.io.Deadline;
import io.github.spawn4j.internal.io.PipeInput;
import io.github.spawn4j.internal.io.PipeOutput;
import io.github.spawn4j.internal.io.Terminal;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.os.Exit;
import io.github.spawn4j.internal.os.Pty;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

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
 * to; there is no thread for it. Exit and end of output are two events: a grandchild that keeps the
 * output open delays the end of {@link #getInputStream()}, never {@link #waitFor()}.
 *
 * <p>The streams belong to the caller, who may close them; at the latest they are closed, with what
 * was written still to be read, when the process has exited and no other process has them.
 */
public final class PidfdProcess extends Process {
    private final Child child;

    /** Made when first asked for: its buffer would be most of what a running child costs. */
    private OutputStream stdin;

    /** Made while the process was there to be looked up. */
    private volatile ProcessHandle handle;

    /** Null where the process was given none. */
    private final Terminal terminal;

    PidfdProcess(Child child, Terminal terminal) {
        this.child = child;
        this.terminal = terminal;
    }

    /**
     * The process that a request has started.
     *
     * @param pipes the sources of its pipes, or {@link Redirect#NO_SOURCE}
     * @param pty its terminal, or null; our side is taken from it
     */
    static PidfdProcess adopt(Outcome outcome, int[] pipes, Pty pty) throws IOException {
        outcome.check();
        PipeOutput stdin =
                pipes[0] == Redirect.NO_SOURCE ? null : new PipeOutput(outcome.pipe(pipes[0]));
        PipeInput stdout = input(outcome, pipes[1]);
        PipeInput stderr = input(outcome, pipes[2]);
        Terminal terminal = null;
        if (pty != null) {
            // Before anybody can notice the exit: who looked then would take us for a process that
            // has the terminal still, and keep our side open for it.
            pty.closePeer();
            terminal = new Terminal(pty, stdout == null || stderr == null, stdin == null);
            stdin = stdin == null ? terminal.output() : stdin;
            stderr = stdout != null && stderr == null ? terminal.input() : stderr;
            stdout = stdout == null ? terminal.input() : stdout;
        }
        return new PidfdProcess(
                Child.watch(outcome.pid(), outcome.pidfd(), stdin, stdout, stderr), terminal);
    }

    /** The process that a request without pipes has started. */
    static PidfdProcess withoutPipes(Outcome outcome) throws IOException {
        return adopt(
                outcome,
                new int[] {Redirect.NO_SOURCE, Redirect.NO_SOURCE, Redirect.NO_SOURCE},
                null);
    }

    private static PipeInput input(Outcome outcome, int source) {
        return source == Redirect.NO_SOURCE ? null : new PipeInput(outcome.pipe(source));
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
     *     the descriptor closed
     */
    public int pidfd() {
        return child.pidfd();
    }

    /**
     * Sends a signal.
     *
     * @param signal the signal
     * @return true if it was sent, false if the process has already ended
     * @throws IOException if the kernel forbids it (EPERM: the process has changed its ids)
     */
    public boolean signal(Signal signal) throws IOException {
        return child.signal(signal.number());
    }

    /**
     * Sets the size of the window of the process's terminal. If it is another one, the foreground
     * process group gets SIGWINCH; a full-screen program then asks for the size and draws anew.
     *
     * @param size the size
     * @throws IllegalStateException if the process was not started with {@link
     *     EmptyProcess#terminal terminal}
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
     *     EmptyProcess#terminal terminal}
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
            throw new IllegalStateException("process " + pid() + " has no terminal of ours");
        }
        return terminal;
    }

    /**
     * How the process ended.
     *
     * @return the status
     * @throws IllegalThreadStateException if it has not ended yet
     */
    public ExitStatus exitStatus() {
        return status(collected());
    }

    /**
     * What the process and those of its children that it waited for have used. All zero if the exit
     * is {@link ExitStatus.Unknown}.
     *
     * @return the usage
     * @throws IllegalThreadStateException if the process has not ended yet
     */
    public ResourceUsage resourceUsage() {
        long[] usage = collected().usage();
        return new ResourceUsage(
                Duration.of(usage[0], ChronoUnit.MICROS),
                Duration.of(usage[1], ChronoUnit.MICROS),
                usage[2] * 1024,
                usage[3],
                usage[4],
                usage[5],
                usage[6],
                usage[7],
                usage[8]);
    }

    private Exit collected() {
        Exit exit = child.exit();
        if (exit == null) {
            throw new IllegalThreadStateException("process " + pid() + " hasn't exited");
        }
        return exit;
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
        return timeout <= 0 ? !isAlive() : child.await(Deadline.after(timeout, unit)) != null;
    }

    /**
     * {@inheritDoc}
     *
     * <p>The future is completed from {@link java.util.concurrent.ForkJoinPool#commonPool()}.
     * Cancelling it does not affect the process.
     */
    @Override
    public CompletableFuture<Process> onExit() {
        return child.exited().thenApplyAsync(exit -> this);
    }

    /** Asks the process to end, with SIGTERM, and closes the streams. */
    @Override
    public void destroy() {
        end(Signal.TERM);
    }

    /** Ends the process, with SIGKILL, and closes the streams. */
    @Override
    public Process destroyForcibly() {
        end(Signal.KILL);
        return this;
    }

    private void end(Signal signal) {
        try {
            if (child.exit() == null) {
                signal(signal);
                child.closePipes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean supportsNormalTermination() {
        return true;
    }

    /**
     * {@inheritDoc}
     *
     * <p>First asked for when the exit has been collected, the handle is one that knows the pid and
     * that the process is gone.
     */
    @Override
    public ProcessHandle toHandle() {
        ProcessHandle known = handle;
        if (known == null) {
            known =
                    child.whileUncollected(ProcessHandle::of)
                            .orElseGet(() -> new EndedProcessHandle(pid()));
            handle = known;
        }
        return known;
    }

    @Override
    public synchronized OutputStream getOutputStream() {
        if (stdin == null) {
            stdin = child.input() == null ? new NoOutput() : child.input().forUser();
        }
        return stdin;
    }

    @Override
    public InputStream getInputStream() {
        return orEmpty(child.output());
    }

    @Override
    public InputStream getErrorStream() {
        return orEmpty(child.error());
    }

    /** The stream of an output that is no pipe is empty, and stays so when it is closed. */
    private static InputStream orEmpty(InputStream pipe) {
        return pipe == null ? new ByteArrayInputStream(new byte[0]) : pipe;
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

    /** The stream of a standard input that is no pipe, as ProcessBuilder documents it. */
    private static final class NoOutput extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            throw new IOException("Stream closed");
        }
    }
}
