// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;

/**
 * One wait of a platform thread, in the kernel, for one descriptor; another thread that calls
 * {@link #wake} ends it, and where that is wanted an interrupt. Thread-safe, but only the waiting
 * thread closes it.
 */
public final class Poll implements AutoCloseable {
    private final Waker waker;

    /** Whether it has been woken, so that the waker serves no other wait. */
    @GuardedBy("this")
    private boolean woken;

    /** Whether the waker may serve another wait. */
    @GuardedBy("this")
    private boolean closed;

    /**
     * Prepares a wait.
     *
     * @throws IOException if no descriptor is left for it
     */
    public Poll() throws IOException {
        waker = Waker.take();
    }

    /**
     * Waits until {@code fd} is ready, which is true, or until the deadline or a wake-up, which is
     * false.
     *
     * @param deadlineNs in {@link System#nanoTime}'s time, or {@link Deadline#NONE}
     * @throws InterruptedException if the thread was or is interrupted; its interrupt status is
     *     cleared
     */
    public boolean await(int fd, int events, long deadlineNs)
            throws IOException, InterruptedException {
        int wake = waker.acquire();
        int ready;
        boolean interrupted;
        try {
            waker.waitBegins();
            ready = Io.await(fd, events, wake, Deadline.remainingMs(deadlineNs));
        } finally {
            interrupted = waker.waitEnds();
            waker.release(wake);
        }
        if (interrupted) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        return ready != 0;
    }

    /** Waits until {@code fd} is ready, or for a wake-up; an interrupt changes nothing. */
    void awaitUninterruptibly(int fd, int events) throws IOException {
        int wake = waker.acquire();
        try {
            Io.await(fd, events, wake, Deadline.remainingMs(Deadline.NONE));
        } finally {
            waker.release(wake);
        }
    }

    /** Ends the wait, also one that is yet to begin. */
    synchronized void wake() {
        if (!closed) {
            woken = true;
            waker.wake();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (woken) {
            waker.discard();
        } else {
            waker.giveBack();
        }
    }
}
