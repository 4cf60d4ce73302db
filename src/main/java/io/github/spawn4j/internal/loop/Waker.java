// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * What ends a wait in the kernel before its time: an eventfd that is polled as well, for one wait
 * at a time. Thread-safe.
 *
 * <p>A blocked system call knows nothing of {@link Thread#interrupt()}. Channels do: what is
 * registered with their {@code begin} is closed by an interrupt, and closing this one makes the
 * eventfd readable.
 *
 * <p>Most waits end by themselves, so that nobody has written to the eventfd. It is kept for the
 * next wait while processes are being started, one for each of a few threads, and closed a tenth of
 * a second after the last start: an idle library holds no descriptors for this.
 */
public final class Waker extends AbstractInterruptibleChannel {
    private static final int MOST_IDLE = 16;

    // No object is made here by an initializer, which could fail when a child is there already.

    /** The first of those that no wait uses. */
    @GuardedBy("Waker.class")
    private static Waker idle;

    @GuardedBy("Waker.class")
    private static int idleCount;

    private final Fd eventFd;

    /** Of those that no wait uses. */
    @GuardedBy("Waker.class")
    private Waker next;

    private Waker() throws IOException {
        eventFd = Io.eventFd();
    }

    /**
     * One for a wait that is about to begin, which gives it back.
     *
     * @throws IOException if no descriptor is left for it
     */
    static Waker take() throws IOException {
        synchronized (Waker.class) {
            Waker taken = idle;
            if (taken != null) {
                idle = taken.next;
                taken.next = null;
                idleCount--;
                return taken;
            }
        }
        return new Waker();
    }

    /** Gives it back after a wait that it has not ended. */
    void giveBack() {
        if (!isOpen() || !Reactor.isTicking() || !keep()) {
            discard();
        } else if (!Reactor.isTicking()) {
            closeIdle(); // as the reactor may have done that just before
        }
    }

    private boolean keep() {
        synchronized (Waker.class) {
            if (idleCount == MOST_IDLE) {
                return false;
            }
            next = idle;
            idle = this;
            idleCount++;
            return true;
        }
    }

    /** Gives it up after a wait that it has ended: it would end every other one at once. */
    void discard() {
        eventFd.close();
    }

    /** Closes those that no wait uses. */
    public static void closeIdle() {
        while (true) {
            Waker closed;
            synchronized (Waker.class) {
                closed = idle;
                if (closed == null) {
                    return;
                }
                idle = closed.next;
                idleCount--;
            }
            closed.discard();
        }
    }

    /** As {@link Fd#acquire}. */
    int acquire() {
        return eventFd.acquire();
    }

    /** As {@link Fd#release}. */
    void release(int number) {
        eventFd.release(number);
    }

    /** Ends the wait, also one that is yet to begin. */
    void wake() {
        int number = eventFd.acquire();
        if (number >= 0) {
            Io.wake(number);
            eventFd.release(number);
        }
    }

    @Override
    protected void implCloseChannel() {
        wake();
    }

    /** From now on an interrupt of the thread ends its wait. */
    void waitBegins() {
        begin();
    }

    /**
     * Returns whether an interrupt has ended the wait; the thread's interrupt status is then set.
     */
    boolean waitEnds() throws IOException {
        try {
            end(true);
            return false;
        } catch (ClosedByInterruptException e) {
            return true;
        }
    }
}
