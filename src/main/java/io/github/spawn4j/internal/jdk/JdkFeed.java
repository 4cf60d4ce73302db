// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.jdk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.streams.ForeignCall;
import io.github.spawn4j.internal.streams.LiveInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedList;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Writes to the input of a child of the JDK's, by a thread of its own, in the order of the calls.
 * Thread-safe.
 *
 * <p>Nothing ends a write of the JDK's but a child that reads, or ends. So what is given up is
 * given up between two pieces of what a pipe holds at least.
 */
public final class JdkFeed implements Child.Stream, Child.Input, LiveInput {
    private static final Log LOG = Log.of(JdkFeed.class);

    /** What a pipe always takes as one (PIPE_BUF). */
    private static final int PIECE = 4096;

    /** One thing to be done by the thread. */
    private interface Step {
        void run() throws IOException;
    }

    /** What waits for its turn, and who is told. */
    private record Task(Step step, CompletableFuture<Void> done) {
        void fail(Throwable failure) {
            new Errand(() -> done.completeExceptionally(failure)).run();
        }

        void succeed() {
            new Errand(() -> done.complete(null)).run();
        }
    }

    private final OutputStream to;

    /** Whether a teardown ends it behind what waits, rather than where it is. */
    private final boolean isLive;

    private final ForeignCall reading = new ForeignCall();

    @GuardedBy("this")
    private final Queue<Task> tasks = new LinkedList<>();

    /** Nothing more is taken. */
    @GuardedBy("this")
    private boolean ended;

    /** What waits is given up too. */
    private volatile boolean closed;

    @GuardedBy("this")
    private boolean hasThread;

    /**
     * Takes over {@code to}.
     *
     * @param isLive whether a teardown ends it behind what waits, rather than where it is
     */
    public JdkFeed(OutputStream to, boolean isLive) {
        this.to = to;
        this.isLive = isLive;
    }

    @Override
    public CompletableFuture<Void> write(byte[] bytes) {
        return add(() -> writePieces(bytes, bytes.length));
    }

    /**
     * Writes {@code bytes}.
     *
     * @param failed told what has gone wrong, if not just that the child wants no more; must not
     *     wait
     */
    public void write(byte[] bytes, Consumer<Throwable> failed) {
        add(() -> writePieces(bytes, bytes.length), failed);
    }

    /**
     * Copies a stream of the user, which stays his.
     *
     * @param failed told what has gone wrong, such as what the stream throws, if not just that the
     *     child wants no more; must not wait
     */
    public void copy(InputStream from, Consumer<Throwable> failed) {
        add(() -> copyAll(from), failed);
    }

    private void add(Step step, Consumer<Throwable> failed) {
        // Before the child sees the end of its input, which it could take for a success.
        Step telling =
                () -> {
                    try {
                        step.run();
                    } catch (UnwantedException e) {
                        throw e;
                    } catch (Throwable e) { // a user's stream can throw anything
                        failed.accept(e);
                        throw e;
                    }
                };
        try {
            enter(new Task(telling, new CompletableFuture<>()));
        } catch (UnwantedException e) {
            LOG.debug("{}", to, e);
        } catch (IOException e) {
            failed.accept(e);
        }
    }

    private CompletableFuture<Void> add(Step step) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            enter(new Task(step, done));
        } catch (IOException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    /** Throws what keeps the task from being done: the end of the input, or that of threads. */
    private synchronized void enter(Task task) throws IOException {
        if (ended) {
            throw closed();
        }
        startThread();
        tasks.add(task);
        notifyAll();
    }

    private static IOException closed() {
        return new UnwantedException(new IOException("Stream closed"));
    }

    @GuardedBy("this")
    private void startThread() throws IOException {
        if (!hasThread) {
            Threads.start(Threads.daemon("spawn4j-input", 0, this::work));
            hasThread = true;
        }
    }

    private void work() {
        Task task = next();
        while (task != null) {
            perform(task);
            task = next();
        }
        try {
            to.close();
        } catch (IOException e) {
            LOG.debug("the end of the input {} is not wanted", to, e);
        }
    }

    private void perform(Task task) {
        try {
            task.step.run();
            task.succeed();
        } catch (Throwable e) { // a user's stream can throw anything
            synchronized (this) {
                ended = true;
                closed = true;
            }
            task.fail(e);
        }
    }

    /** Waits for the next task. Returns null at the end. */
    private Task next() {
        synchronized (this) {
            while (tasks.isEmpty() && !ended) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    // Meant for a stream of the user that has returned meanwhile.
                }
            }
            if (closed) {
                tasks.forEach(task -> task.fail(closed()));
                tasks.clear();
            }
            return tasks.poll();
        }
    }

    private void writePieces(byte[] bytes, int length) throws IOException {
        try {
            for (int i = 0; i < length; i += PIECE) {
                if (closed) {
                    throw new IOException("Stream closed");
                }
                to.write(bytes, i, Math.min(PIECE, length - i));
            }
            to.flush();
        } catch (IOException e) {
            throw new UnwantedException(e);
        }
    }

    /** The child does not read any more, which is no failure of the user's stream. */
    private static final class UnwantedException extends IOException {
        private static final long serialVersionUID = 1L;

        UnwantedException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    private void copyAll(InputStream from) throws IOException {
        byte[] buffer = new byte[PIECE];
        int count = read(from, buffer);
        while (count >= 0) {
            writePieces(buffer, count);
            count = read(from, buffer);
        }
    }

    private int read(InputStream from, byte[] buffer) throws IOException {
        if (!reading.begin()) {
            return -1;
        }
        try {
            return from.read(buffer);
        } finally {
            reading.end();
        }
    }

    /** Ends the input behind what waits. */
    public void endBehind() {
        end(false);
    }

    @Override
    public void end() {
        if (isLive) {
            endBehind();
        } else {
            close();
        }
    }

    /** Writes no more; a user's stream that waits is interrupted. */
    @Override
    public void close() {
        end(true);
        reading.endForGood();
    }

    private void end(boolean givesUp) {
        synchronized (this) {
            ended = true;
            closed |= givesUp;
            try {
                startThread(); // to close a stream may take a while as well
            } catch (IOException e) {
                LOG.debug("{} stays open", to, e);
            }
            notifyAll();
        }
    }

    @Override
    public void childExited() {
        // Others may still read; if nobody can, the next write says so.
    }
}
