package io.github.spawn4j.internal.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads an output of a child to its end, without a thread: the reactor reads what is there, keeps
 * it in a buffer, and hands it to a listener. Thread-safe.
 *
 * <p>The listener is user code and is called by a worker. Until it returns nothing more is read, so
 * that a slow one slows down its own child and nothing else.
 */
public final class Drain implements Child.Stream, Reactor.Handler {
    /** Told of all that is read, one call at a time. */
    public interface Listener {
        void bytes(ByteBuffer bytes) throws Exception;

        /** Nothing more will come. */
        void end() throws Exception;

        /** Called meanwhile by another thread: the run has ended, and nobody is to be told more. */
        void stop();
    }

    /** The listener has thrown the cause. */
    public static final class ListenerException extends IOException {
        private static final long serialVersionUID = 1L;

        ListenerException(Throwable cause) {
            super("listener", cause); // its own text would be code of the user
        }
    }

    /** More has come than may be kept. */
    public static final class OverflowException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Reads in a row, so that one busy child does not keep the reactor from all others. */
    private static final int MOST_READS = 16;

    private final Fd fd;
    private final boolean isTerminal;
    private final boolean failsBeyond;

    /** Null where nobody listens. */
    private final Listener listener;

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final CaptureBuffer captured;

    /** Known to the reactor under this id. */
    @GuardedBy("lock")
    private long id;

    /** Nothing more is read. */
    @GuardedBy("lock")
    private boolean ended;

    /** The listener has been given something and has not returned. */
    @GuardedBy("lock")
    private boolean calling;

    private final ForeignCall listening = new ForeignCall();

    /** How much is still read although the end has not come; negative while there is no limit. */
    @GuardedBy("lock")
    private int remaining = -1;

    @GuardedBy("lock")
    private boolean cut;

    @GuardedBy("lock")
    private boolean childHasExited;

    /**
     * Takes over a descriptor, which must not block.
     *
     * @param isTerminal whether it is our side of a terminal rather than of a pipe
     * @param failsBeyond whether it is a failure if more comes than {@code captured} keeps
     * @param listener or null
     */
    public Drain(
            Fd fd,
            boolean isTerminal,
            CaptureBuffer captured,
            boolean failsBeyond,
            Listener listener) {
        this.fd = fd;
        this.isTerminal = isTerminal;
        this.captured = captured;
        this.failsBeyond = failsBeyond;
        this.listener = listener;
    }

    /** Begins to read. */
    public void start() throws IOException {
        lock.lock();
        try {
            int number = fd.acquire();
            try {
                id = Reactor.register(number, Io.POLLIN, this);
            } finally {
                fd.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Completed when all has been read and the listener has returned for the last time; with an
     * {@link OverflowException}, a {@link ListenerException} or what the kernel says if it failed.
     * For code of ours only, which must not wait.
     */
    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void ready(int events) {
        advance();
    }

    /** On the reactor thread. */
    private void advance() {
        IOException failure = null;
        lock.lock();
        try {
            if (ended || calling || !reachesEnd()) {
                return;
            }
            end();
        } catch (IOException e) {
            failure = e;
            endEarly();
        } catch (OutOfMemoryError e) {
            failure = new IOException("no memory for the output", e);
            endEarly();
        } finally {
            lock.unlock();
        }
        finish(failure);
    }

    /**
     * Reads what is there. Returns whether that was the end; if not, an event or a call will
     * follow.
     */
    @GuardedBy("lock")
    private boolean reachesEnd() throws IOException {
        byte[] buffer = Reactor.buffer();
        int number = fd.acquire();
        try {
            for (int reads = 0; reads < MOST_READS; reads++) {
                if (remaining == 0) {
                    cut = Io.remaining(number) != 0;
                    return true;
                }
                int length = remaining < 0 ? buffer.length : Math.min(remaining, buffer.length);
                int count = Io.readTerminal(number, buffer, 0, length); // or a pipe
                if (count == 0) {
                    return true;
                }
                if (count == -Errno.EAGAIN) {
                    remaining = Math.min(remaining, 0); // somebody else has read it
                    break;
                }
                if (take(buffer, count)) {
                    return false;
                }
            }
            if (remaining >= 0) {
                Reactor.schedule(0, this::advance);
                return false;
            }
            Reactor.rearm(number, Io.POLLIN, id);
            return false;
        } finally {
            fd.release();
        }
    }

    /** Returns whether the listener is called with it. */
    @GuardedBy("lock")
    private boolean take(byte[] buffer, int count) throws IOException {
        if (remaining > 0) {
            remaining -= count;
        }
        captured.add(buffer, count);
        if (failsBeyond && captured.isTruncated()) {
            throw new OverflowException();
        }
        if (listener == null) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, count));
        calling = true;
        Workers.execute(() -> deliver(bytes));
        return true;
    }

    /** On a worker. */
    private void deliver(ByteBuffer bytes) {
        IOException failure = call(() -> listener.bytes(bytes));
        lock.lock();
        try {
            calling = false;
            if (failure == null && !ended) {
                resume();
                return;
            }
            endEarly();
        } catch (IOException e) {
            failure = e;
            endEarly();
        } finally {
            lock.unlock();
        }
        finish(failure);
    }

    @GuardedBy("lock")
    private void resume() throws IOException {
        if (remaining >= 0) {
            Reactor.schedule(0, this::advance); // whether or not there is more
            return;
        }
        int number = fd.acquire();
        try {
            Reactor.rearm(number, Io.POLLIN, id);
        } finally {
            fd.release();
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    /** Calls the listener on this thread. Returns what went wrong, or null. */
    private IOException call(Call call) {
        if (!listening.begin()) {
            return null;
        }
        try {
            call.run();
            return null;
        } catch (Throwable e) { // user code: whatever it throws harms its own process only
            return new ListenerException(e);
        } finally {
            listening.end();
        }
    }

    /** Ends the reading although somebody may still write. */
    @GuardedBy("lock")
    private void endEarly() {
        cut |= !ended;
        end();
        fd.close();
    }

    @GuardedBy("lock")
    private void end() {
        if (!ended) {
            ended = true;
            Reactor.forget(id);
        }
        if (childHasExited || !isTerminal) {
            fd.close(); // to close the last of our sides of a terminal is to hang up on the child
        }
    }

    /** Not under the lock, as it continues with code of others. */
    private void finish(IOException failure) {
        if (failure != null) {
            done.completeExceptionally(failure);
        } else if (listener == null) {
            done.complete(null);
        } else {
            Workers.execute(this::deliverEnd);
        }
    }

    private void deliverEnd() {
        IOException failure = call(listener::end);
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    /**
     * Ends the reading although somebody may still write: what is in the pipe now is the last that
     * counts. On the reactor thread.
     */
    public void cut() {
        lock.lock();
        try {
            if (ended || remaining >= 0) {
                return;
            }
            int number = fd.acquire();
            try {
                if (Io.remaining(number) >= 0) {
                    return; // nobody can write any more, so that the end comes by itself
                }
                // The kernel counts only a part of what is there.
                remaining = isTerminal ? TerminalInput.MOST_LEFT : Io.available(number);
            } finally {
                fd.release();
            }
        } catch (IOException e) {
            remaining = 0;
        } finally {
            lock.unlock();
        }
        advance();
    }

    /** Ends it at once, whatever there is and wherever the listener is. */
    public void abandon() {
        lock.lock();
        try {
            endEarly();
        } finally {
            lock.unlock();
        }
        if (listener != null) {
            listener.stop();
        }
        listening.endForGood();
        done.complete(null);
    }

    /** What has been kept so far. */
    public Captured captured() {
        lock.lock();
        try {
            return new Captured(captured.toBytes(), captured.total(), cut);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was read.
     *
     * @param bytes what of it was kept
     * @param total how much it was
     * @param isCut whether somebody could still have written more
     */
    public record Captured(byte[] bytes, long total, boolean isCut) {}

    @Override
    public void childExited() {
        lock.lock();
        try {
            childHasExited = true;
            if (ended) {
                fd.close();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        abandon();
    }
}
