// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A {@linkplain EmptyProcess#runAsync run} that goes on: its {@link CommandResult} as a future, and
 * its processes, which can be signalled and talked to meanwhile. No thread waits for it, unless
 * {@linkplain SpawnStrategy#JDK the JDK} starts the processes. Thread-safe.
 *
 * <pre>{@code
 * RunningCommand bc = PidfdProcess.builder("bc", "-q").runAsync(RunOptions.noTimeout()
 *     .openStdin()
 *     .stdout(Capture.keepTail(0).lines(answers::add)));
 * bc.write("6 * 7\n");
 * ...
 * bc.closeStdin();
 * bc.join();
 * }</pre>
 *
 * <p>So a conversation takes three things: a listener for what the process says ({@link
 * Capture#lines Capture.lines} or {@link Capture#buffers buffers}), {@link #write} for what it is
 * told, and this future for its end. A listener is called by a thread of the library, one call at a
 * time, in the order of the output; until it returns nothing more is read, and a process that goes
 * on writing waits once its pipe is full (64 KiB, mostly). All calls of listeners come before the
 * completion of the future. A listener may call {@code write}, which never waits.
 *
 * <p>The future is completed by a thread of the library, with the result or, as {@link
 * EmptyProcess#run} would throw it, with a {@link SpawnException} or a {@link CommandException}.
 * Completing or cancelling it yourself tears the processes down.
 */
public final class RunningCommand extends CompletableFuture<CommandResult> {
    /** Null where none could be started. */
    private final Run run;

    RunningCommand(Run run) {
        this.run = run;
    }

    /** One that could not be started. */
    static RunningCommand failed(SpawnException e) {
        RunningCommand failed = new RunningCommand(null);
        failed.completeExceptionally(e);
        return failed;
    }

    /** What depends on it is a plain future, which knows no processes. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }

    /**
     * The pid of the process; of a pipeline that of the first one.
     *
     * @return the pid; another process may have it once the exit of this one has been collected
     * @throws IllegalStateException if it could not be started
     */
    public long pid() {
        return pids().get(0);
    }

    /**
     * The pids of all processes.
     *
     * @return in the order of the pipeline; one where there is none
     * @throws IllegalStateException if they could not be started
     */
    public List<Long> pids() {
        return started().pids();
    }

    /**
     * Sends a signal, to all processes of a pipeline.
     *
     * @param signal the signal
     * @return true if a process that runs has got it; false if all have ended
     * @throws IllegalStateException if they could not be started
     * @throws IOException if the kernel forbids it (EPERM: a process has changed its ids)
     * @throws UnsupportedOperationException as for {@link PidfdProcess#signal}
     */
    public boolean signal(Signal signal) throws IOException {
        return started().signal(signal);
    }

    /**
     * Writes to standard input, which {@link RunOptions#openStdin} has left open; of a pipeline to
     * that of the first process. Does not wait: what the process has no room for is kept in memory,
     * and written in the order of the calls as it reads. A caller with much to write should wait
     * for the future before writing more.
     *
     * <pre>{@code
     * CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
     * for (byte[] part : parts) {
     *   sent = sent.thenCompose(done -> command.write(part)); // one part in memory at a time
     * }
     * }</pre>
     *
     * @param bytes what is written; copied
     * @return completed when the kernel has all of it, whether or not the process has read it; with
     *     an {@link IOException} if the process does not read any more, or standard input was
     *     closed. It is completed at once if there is room, else by a thread of the library.
     *     Cancelling it does not take the bytes back
     * @throws IllegalStateException if the options do not leave standard input open, or if the
     *     process could not be started
     */
    public CompletableFuture<Void> write(byte[] bytes) {
        return started().write(bytes.clone());
    }

    /**
     * The same of a text, encoded as {@link Process#outputWriter()} would (the system property
     * {@code native.encoding}).
     *
     * @param text what is written
     * @return as {@link #write(byte[])} has it
     * @throws IllegalStateException as for {@link #write(byte[])}
     */
    public CompletableFuture<Void> write(String text) {
        return started().write(text.getBytes(CapturedOutput.NATIVE_CHARSET));
    }

    /**
     * Ends standard input after what has been written; ending it again does nothing. On a terminal,
     * this types the end-of-input character.
     *
     * @throws IllegalStateException as for {@link #write(byte[])}
     */
    public void closeStdin() {
        started().closeStdin();
    }

    private Run started() {
        if (run == null) {
            throw new IllegalStateException("the command could not be started");
        }
        return run;
    }
}
