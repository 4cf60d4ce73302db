// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.loop.Readiness;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the streams of a pipe's two ends have in common: a descriptor that threads use in turns,
 * wait for, and close once. Thread-safe.
 */
final class PipeEnd {
    private static final Log LOG = Log.of(PipeEnd.class);

    /** More calls in each other than it takes to leave the lock and the descriptor. */
    private static final int CALLS = 20;

    /** A stream of this end. */
    interface User {
        /**
         * Takes what is left if nobody has the other end any more. Returns false if somebody has.
         * Called under the lock when the child has exited.
         */
        boolean takeRest(int number) throws IOException;
    }

    /**
     * Of pipes that are wide at a time. A user may have 16,384 pages in pipes (pipe(7)), and what
     * any of his processes makes beyond that holds two; each of these takes 64.
     */
    private static final int MOST_WIDE = 64;

    private static final Object WIDTH = new Object();

    @GuardedBy("WIDTH")
    private static int wideCount;

    @GuardedBy("WIDTH")
    private boolean isWide;

    private final Fd fd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Readiness readiness;

    /** No thread may begin to use it. */
    private volatile boolean closed;

    /** Nor may a thread that has begun go on. */
    private volatile boolean cutOff;

    private volatile boolean childHasExited;

    /** Nothing more can be moved. Changed under the lock. */
    private volatile boolean over;

    /** Whether the look at the exit is left to the thread that was at work then. */
    private volatile boolean looksLater;

    /**
     * Takes over a descriptor, to be waited for until it has {@code events} of poll(2).
     *
     * @param isInterruptible whether an interrupt of a waiting thread closes it, as with {@link
     *     java.nio.channels.InterruptibleChannel}
     */
    PipeEnd(Fd fd, int events, boolean isInterruptible) {
        this.fd = fd;
        this.readiness = new Readiness(fd, events, isInterruptible);
    }

    /** Held to use the descriptor, and to touch what the stream keeps of it. */
    ReentrantLock lock() {
        return lock;
    }

    /**
     * To be called before the lock is entered, or something is closed.
     *
     * <p>This lock is no monitor, as its holder may wait, and a virtual thread would keep its
     * carrier. One whose user had no room left on the stack to leave it would be locked for ever.
     *
     * @throws StackOverflowError if there is not enough
     */
    static void requireStack() {
        Threads.requireStack(CALLS);
    }

    /** Whether there is still something to be done with the descriptor. */
    boolean isOpen() {
        return fd.isOpen();
    }

    /** Whether it has been closed by the user, or on the user's behalf. */
    boolean isClosed() {
        return closed;
    }

    /** For the thread that is at work. */
    void checkNotCutOff() throws IOException {
        if (cutOff) {
            throw streamClosed();
        }
    }

    static IOException streamClosed() {
        return new IOException("Stream closed");
    }

    /** What a user learns of a system call that has failed: what the JDK's streams say of it. */
    static IOException failure(ErrnoException e) {
        return new IOException(Errno.text(e.errno()), e);
    }

    /** As {@link Fd#acquire}. */
    int acquire() {
        return fd.acquire();
    }

    /** As {@link Fd#release}. */
    void release(int number) {
        fd.release(number);
    }

    /**
     * Waits for the descriptor, whose number the caller has acquired.
     *
     * @throws ClosedByInterruptException if the thread was or is interrupted, and that closes it
     */
    void await(int number) throws IOException {
        try {
            readiness.await(number);
        } catch (InterruptedException e) {
            throw interrupted();
        }
        checkNotCutOff();
    }

    /** As {@link #await}, for a thread that never has to wait. */
    void checkInterrupt() throws IOException {
        if (readiness.isInterruptible() && Thread.interrupted()) {
            throw interrupted();
        }
    }

    /** As {@link Readiness#moved}. */
    void moved(int count) {
        readiness.moved(count);
    }

    /** Gives a pipe through which much comes more room, if it may have that. */
    void widen() {
        int number = beginWide() ? fd.acquire() : -1;
        if (number >= 0) {
            Io.widen(number);
            fd.release(number);
        }
        if (!fd.isOpen()) {
            endWide(); // end() may have come before
        }
    }

    private boolean beginWide() {
        synchronized (WIDTH) {
            if (isWide || wideCount == MOST_WIDE) {
                return false;
            }
            isWide = true;
            wideCount++;
            return true;
        }
    }

    private void endWide() {
        synchronized (WIDTH) {
            wideCount -= isWide ? 1 : 0;
            isWide = false;
        }
    }

    /** Tells, under the lock, that nothing more can be moved. */
    void setOver() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** Gives up the descriptor, as there is nothing more to be done with it. */
    void end() {
        readiness.forget();
        fd.close();
        endWide();
    }

    /** Ends a wait, and then the descriptor. Closing again does nothing. */
    void close() {
        requireStack();
        closed = true;
        cutOff = true;
        readiness.wake();
        end();
    }

    /**
     * Closes it, but lets a thread that is at work have what it waits for, as it comes sooner or
     * later: the process has been asked to end. That thread then {@linkplain #end ends} it, after
     * it has left the lock: we may have looked before.
     */
    void closeAfterUse() {
        requireStack();
        closed = true;
        if (lock.tryLock()) {
            lock.unlock();
            end();
        }
    }

    /** What a thread that was interrupted finds, as InterruptibleChannel has it: all is closed. */
    private ClosedByInterruptException interrupted() {
        close();
        Thread.currentThread().interrupt();
        return new ClosedByInterruptException();
    }

    /**
     * Gives up the descriptor if nobody has the other end any more; else leaves it to the stream,
     * and when that is dropped to nobody.
     */
    void childExited(User stream) throws IOException {
        requireStack();
        childHasExited = true;
        if (!fd.isOpen()) {
            return;
        }
        looksLater = true; // before the attempt: the thread at work looks after it has left
        if (!lock.tryLock()) {
            // A thread is at work. It will meet the end, or look when it has done, or be dropped
            // with the stream while a grandchild has the pipe.
            closeWhenDropped(stream);
            return;
        }
        looksLater = false;
        try {
            int number = fd.acquire();
            if (number < 0) {
                return;
            }
            try {
                if (stream.takeRest(number)) {
                    over = true;
                    end();
                } else {
                    closeWhenDropped(stream);
                }
            } finally {
                fd.release(number);
            }
        } finally {
            lock.unlock();
            if (closed) {
                end(); // closeAfterUse() may have found us at work
            }
        }
    }

    /**
     * To be called by a thread that has been at work, when it has left the lock: does what others
     * have left to it meanwhile, and closes what is of no more use.
     */
    void afterUse(User stream) {
        if (closed || (over && childHasExited)) {
            end();
        } else if (looksLater) {
            try {
                childExited(stream);
            } catch (IOException e) {
                LOG.debug("{}", stream, e); // what cannot be looked at is left to its user
            }
        }
    }

    /** This does not refer to the stream, which refers to it. */
    private void closeWhenDropped(User stream) {
        Leftovers.closeWhenDropped(stream, this::end);
    }
}
