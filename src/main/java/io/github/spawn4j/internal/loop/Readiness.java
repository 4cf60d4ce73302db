// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * Lets a thread wait until a descriptor can be read or written: a platform thread polls, a virtual
 * thread parks and the reactor wakes it. One thread at a time waits; any thread may {@link #wake}
 * it.
 *
 * <p>An interrupt ends a wait only where that was asked for. Else the thread is told of it
 * afterwards, by its interrupt status.
 */
public final class Readiness implements Reactor.Handler {
    /*
     * A waiting thread is woken by the first bytes that can be moved. Where many come, it moves them
     * sooner than the next ones follow and waits again: for every few kilobytes one thread goes to
     * sleep and the other has to wake it, which costs more than the bytes. So a thread that has just
     * moved much yields once and tries again before it waits: the other side has got on by then, if
     * the two share a core, which the scheduler likes them to do. 1 GiB read from head -c in pieces
     * of 64 KiB: next to no waits instead of 30,000, 1.3 times the speed. On two cores it is all the
     * same.
     *
     * Only a thread that has moved much: on a busy machine one that yields stands behind all others
     * in the queue, which a dialogue of short messages would feel. And only platform threads: a virtual one
     * was slower with it, 0.8 times.
     */
    private static final int MUCH = 4096;

    private final Fd fd;
    private final int events;
    private final boolean isInterruptible;

    /** Confined to the thread that may wait. */
    private boolean flowing;

    /** Null until the first park; set by the waiting thread. */
    private volatile Registration registration;

    private volatile boolean forgotten;

    private volatile boolean signalled;
    private volatile Thread parked;
    private volatile Poll poll;

    public Readiness(Fd fd, int events, boolean isInterruptible) {
        this.fd = fd;
        this.events = events;
        this.isInterruptible = isInterruptible;
    }

    public boolean isInterruptible() {
        return isInterruptible;
    }

    /** Tells how many bytes the thread has moved just now. */
    public void moved(int count) {
        flowing = count >= MUCH;
    }

    /**
     * Waits until the descriptor may be ready, or lets others run first if much has been moved; the
     * caller tries again and sees.
     *
     * @param number its number, which the caller has acquired
     * @throws InterruptedException if the thread was or is interrupted, and an interrupt ends the
     *     wait; its interrupt status is cleared
     */
    public void await(int number) throws IOException, InterruptedException {
        if (VirtualThreads.isCurrent()) {
            park();
            return;
        }
        if (flowing) {
            flowing = false;
            Thread.yield();
            return;
        }
        try (Poll current = new Poll()) {
            poll = current;
            if (!signalled) {
                poll(current, number);
            }
        } catch (ErrnoException e) {
            if (!Errno.isExhaustion(e.errno())) {
                throw e;
            }
            park(); // takes no descriptor
        } finally {
            poll = null;
            signalled = false;
        }
    }

    private void poll(Poll current, int number) throws IOException, InterruptedException {
        if (isInterruptible) {
            current.await(number, events, Deadline.NONE);
        } else {
            current.awaitUninterruptibly(number, events);
        }
    }

    private void park() throws IOException, InterruptedException {
        parked = Thread.currentThread();
        boolean interrupted = false;
        try {
            registration = Registration.arm(registration, fd, this, events);
            if (forgotten) {
                registration.forget(); // closed while we registered
            }
            while (!signalled) {
                LockSupport.park(this);
                // Cleared in any case: an interrupted thread does not park.
                if (Thread.interrupted()) {
                    if (isInterruptible) {
                        throw new InterruptedException();
                    }
                    interrupted = true;
                }
            }
        } finally {
            parked = null;
            signalled = false;
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public void ready(int readyEvents) {
        signalled = true;
        LockSupport.unpark(parked);
    }

    /** Ends the wait that is going on, or else the next one. */
    public void wake() {
        signalled = true;
        Poll current = poll;
        if (current != null) {
            current.wake();
        }
        LockSupport.unpark(parked);
    }

    /** To be called before the descriptor is closed. */
    public void forget() {
        forgotten = true;
        Registration known = registration;
        if (known != null) {
            known.forget();
        }
    }
}
