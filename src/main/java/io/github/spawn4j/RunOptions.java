// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * How a process is {@linkplain EmptyProcess#run run} to its end: for how long, with what input, and
 * what becomes of its output. Immutable: each method returns new options.
 *
 * <pre>{@code
 * RunOptions options = RunOptions.timeout(ofSeconds(30))
 *     .stdin("select 1;")
 *     .stdout(Capture.failBeyond(1 << 20))
 *     .stderr(Capture.keepTail(8192).lines(log::warn))
 *     .expectExit(0, 1);
 * }</pre>
 *
 * <p>By default there is no input. Both outputs are captured, up to 16 MiB each; more is a failure.
 * Any exit but code 0 is a failure. If another process keeps an output open after the exit, the run
 * waits for it for 100 ms.
 *
 * <p>Only code 0 is a success, because few callers look at a status that they did not ask for, and
 * would take half an output, or none, for the whole. For programs whose other codes are answers,
 * such as diff(1) and grep(1), there are {@link #expectExit} and {@link #anyExit}. The exception
 * has the whole result.
 */
public final class RunOptions {
    private static final int DEFAULT_CAPTURE = 16 * 1024 * 1024;
    private static final Set<Integer> SUCCESS = Set.of(0);
    private static final Duration DEFAULT_LINGER = Duration.ofMillis(100);

    /** Null for ever. Like the others it is only changed before anybody else sees the object. */
    private Duration timeout;

    private Duration linger = DEFAULT_LINGER;
    private Input input = Input.NONE;
    private boolean leavesNobody;
    private Capture stdout = Capture.failBeyond(DEFAULT_CAPTURE);
    private Capture stderr = Capture.failBeyond(DEFAULT_CAPTURE);

    /** Null if all are expected. */
    private Set<Integer> expectedExits = SUCCESS;

    private RunOptions(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * A run that may take this long, once the process has been started. Then the process is
     * {@linkplain EmptyProcess#teardown torn down}, and the run fails with {@link
     * CommandException.Reason#TIMEOUT} when that is over.
     *
     * @param timeout from the moment at which the program is executed; not negative
     * @return the options
     * @throws IllegalArgumentException if it is negative
     */
    public static RunOptions timeout(Duration timeout) {
        return new RunOptions(notNegative("timeout", timeout));
    }

    /**
     * A run that may take as long as it likes.
     *
     * @return the options
     */
    public static RunOptions noTimeout() {
        return new RunOptions((Duration) null);
    }

    private RunOptions(RunOptions other) {
        timeout = other.timeout;
        linger = other.linger;
        input = other.input;
        stdout = other.stdout;
        stderr = other.stderr;
        expectedExits = other.expectedExits;
        leavesNobody = other.leavesNobody;
    }

    private static Duration notNegative(String name, Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(name + " " + duration + " is negative");
        }
        return duration;
    }

    private RunOptions with(Consumer<RunOptions> change) {
        RunOptions changed = new RunOptions(this);
        change.accept(changed);
        return changed;
    }

    private RunOptions withInput(Input input) {
        return with(options -> options.input = input);
    }

    /**
     * Gives the process these bytes as standard input, and then the end. It need not read them.
     *
     * @param bytes the input
     * @return the options
     */
    public RunOptions stdin(byte[] bytes) {
        return withInput(Input.of(bytes));
    }

    /**
     * Gives the process a text as standard input, encoded as {@link Process#outputWriter()} would
     * (the system property {@code native.encoding}), and then the end.
     *
     * @param text the input
     * @return the options
     */
    public RunOptions stdin(String text) {
        return stdin(text, CapturedOutput.NATIVE_CHARSET);
    }

    /**
     * Gives the process a text as standard input, and then the end.
     *
     * @param text the input
     * @param charset how it is encoded
     * @return the options
     */
    public RunOptions stdin(String text, Charset charset) {
        return stdin(text.getBytes(charset));
    }

    /**
     * Copies a stream to standard input, by a thread of the library, and then gives the end. The
     * stream is not closed. What the process does not read may have been read from the stream all
     * the same. If the stream fails the process is torn down and the run fails with {@link
     * CommandException.Reason#INPUT}; if a read from the stream still waits when the process has
     * ended, the read is interrupted and the run does not wait for it. A stream that ignores
     * interrupts, such as {@link System#in}, keeps its thread, which takes what comes next.
     *
     * @param stream the input, for one run
     * @return the options
     */
    public RunOptions stdin(InputStream stream) {
        return withInput(Input.of(stream));
    }

    /**
     * Lets the process read a file as standard input. The child opens the file itself, before it
     * executes its program; a FIFO without a writer keeps the child, and so the start, waiting.
     *
     * @param file the file; a relative path counts from the JVM's directory
     * @return the options
     */
    public RunOptions stdin(Path file) {
        return withInput(Input.of(file));
    }

    /**
     * Leaves standard input open, to be written to with {@link RunningCommand#write} while the
     * process runs, and ended with {@link RunningCommand#closeStdin}. For {@code runAsync} only,
     * because during a {@code run} the caller has nothing yet to write to.
     *
     * @return the options
     */
    public RunOptions openStdin() {
        return withInput(Input.LIVE);
    }

    /**
     * Says what becomes of standard output.
     *
     * @param capture how much is kept, and which listener or destination gets it
     * @return the options
     */
    public RunOptions stdout(Capture capture) {
        Objects.requireNonNull(capture, "capture");
        return with(options -> options.stdout = capture);
    }

    /**
     * Says what becomes of standard error.
     *
     * @param capture how much is kept, and which listener or destination gets it
     * @return the options
     */
    public RunOptions stderr(Capture capture) {
        Objects.requireNonNull(capture, "capture");
        return with(options -> options.stderr = capture);
    }

    /**
     * Says which exit codes are a success; 0 alone by default. Any other exit is a failure, {@link
     * CommandException.Reason#EXIT}, as is death by a signal.
     *
     * <pre>{@code
     * CommandResult found = grep.run(RunOptions.timeout(ofSeconds(5)).expectExit(0, 1), "needle", file);
     * boolean isThere = found.isSuccess();
     * }</pre>
     *
     * @param codes the exit codes of a success, such as 0 and 1 for grep(1)
     * @return the options
     * @throws IllegalArgumentException if there is none, or one is not in 0 to 255
     */
    public RunOptions expectExit(int... codes) {
        if (codes.length == 0) {
            throw new IllegalArgumentException("no exit code is expected");
        }
        for (int code : codes) {
            if (code < 0 || code > 255) {
                throw new IllegalArgumentException("exit code " + code + " is not in 0 to 255");
            }
        }
        Set<Integer> expected =
                Arrays.stream(codes).boxed().collect(Collectors.toUnmodifiableSet());
        return with(options -> options.expectedExits = expected);
    }

    /**
     * Makes every exit a success, even death by a signal. For callers that look at {@link
     * CommandResult#exitStatus} themselves.
     *
     * <pre>{@code
     * int code = PidfdProcess.builder(command).run(RunOptions.noTimeout().anyExit()).exitValue();
     * }</pre>
     *
     * @return the options
     */
    public RunOptions anyExit() {
        return with(options -> options.expectedExits = null);
    }

    /**
     * Waits this long, after the process has ended, for an output that another process, mostly a
     * grandchild, keeps open. What the process itself has written is read in any case.
     *
     * @param linger from the exit; not negative
     * @return the options
     * @throws IllegalArgumentException if it is negative
     */
    public RunOptions linger(Duration linger) {
        notNegative("linger", linger);
        return with(options -> options.linger = linger);
    }

    /**
     * Leaves no process behind, even after success. When everything that a run waits for has ended,
     * all processes that belong to it are {@linkplain EmptyProcess#teardown torn down}, and the run
     * is over when they are gone. If one survives, the run fails, with {@link
     * CommandException.Reason#SURVIVOR} if nothing else was wrong.
     *
     * <p>In a {@linkplain EmptyProcess#cgroup cgroup}, all its processes belong to the run: daemons
     * too, and processes that were there before. Without a cgroup, the processes of its process
     * group do; the process then leads a group of its own. A process that has left the group
     * ({@code setsid}, {@code nohup} in a shell with job control) is neither reached nor noticed;
     * the {@linkplain CommandResult.Stage#reach result} says which of both it was. The teardown
     * keeps its steps; before Linux 6.9 none of them reaches a group whose leader has ended, so
     * that a straggler is an error.
     *
     * @return the options
     */
    public RunOptions leaveNobody() {
        return with(options -> options.leavesNobody = true);
    }

    /** The same, for a process in a sandbox. */
    RunOptions within(Sandbox sandbox) {
        return with(
                options -> {
                    options.timeout = Enclosure.shorter(timeout, sandbox);
                    options.leavesNobody = true;
                });
    }

    boolean leavesNobody() {
        return leavesNobody;
    }

    /** Refuses what only makes sense while somebody has the {@link RunningCommand}. */
    void checkIsWaitedFor() {
        if (input == Input.LIVE) {
            throw new IllegalStateException(
                    "openStdin() is for runAsync: run() returns when the process has ended");
        }
    }

    /** Null for ever. */
    Duration timeout() {
        return timeout;
    }

    Duration linger() {
        return linger;
    }

    Input input() {
        return input;
    }

    /** Whether an output goes anywhere else than into memory and to listeners. */
    boolean copiesOutput() {
        return stdout.isCopied() || stderr.isCopied();
    }

    Capture stdout() {
        return stdout;
    }

    Capture stderr() {
        return stderr;
    }

    /** Whether a run that ends like this is a success. */
    boolean expects(ExitStatus status) {
        return expectedExits == null || isExpected(status);
    }

    /** Whether this exit was named. */
    boolean isExpected(ExitStatus status) {
        return expectedExits != null
                && status instanceof ExitStatus.Exited exited
                && expectedExits.contains(exited.code());
    }
}
