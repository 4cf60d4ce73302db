// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * An open descriptor that is closed exactly once, and never while somebody is using its number.
 * Thread-safe.
 *
 * <p>Whoever passes the number to the kernel does so between {@link #acquire} and {@link #release};
 * {@link #close} takes effect when the last user has left, so that no user ever meets a recycled
 * number.
 */
public final class Fd implements AutoCloseable {
    private static final long CLOSED = 1L << 32;

    /** Closed by others, so that the number is no longer ours: the last user does not close it. */
    private static final long LOST = 1L << 33;

    private static final long USERS = CLOSED - 1;

    /** Rather than an object of its own in each: a child has up to four descriptors. */
    private static final AtomicLongFieldUpdater<Fd> STATE =
            AtomicLongFieldUpdater.newUpdater(Fd.class, "state");

    /** Changed once at most, by {@link #open}, before the state says that it can be used. */
    private int number;

    /** The number of users, and whether it is closed. */
    private volatile long state;

    public Fd(int number) {
        this.number = number;
    }

    private Fd() {
        number = -1;
        state = CLOSED;
    }

    /**
     * The place of a descriptor that is yet to come, closed until {@link #open}: so that no memory
     * is needed at the moment when there is one.
     */
    public static Fd reserved() {
        return new Fd();
    }

    /** The place of what the system call {@code call} is about to open. */
    static Fd reserved(String call) throws IOException {
        Fd fd = reserved();
        Faults.call(call);
        return fd;
    }

    /**
     * Takes over what a system call has opened, as {@link #open} does.
     *
     * @param result the number of the new descriptor, or -errno
     * @return this
     * @throws IOException if the call has failed
     */
    Fd opened(String call, int result) throws IOException {
        open(Errno.check(call, result));
        return this;
    }

    /** Takes over an open descriptor, into a {@link #reserved} place, at most once. */
    public void open(int descriptor) {
        number = descriptor;
        state = 0;
    }

    /**
     * Begins a use. Returns the number, or -1 while it is closed; what it returns is to be given to
     * {@link #release}.
     */
    public int acquire() {
        long current;
        do {
            current = state;
            if ((current & CLOSED) != 0) {
                return -1;
            }
        } while (!STATE.compareAndSet(this, current, current + 1));
        return number;
    }

    /** The number, which is only good as long as the caller keeps it from being closed. */
    public int number() {
        return number;
    }

    /**
     * Ends a use; one that did not begin has no end.
     *
     * @param acquired what {@link #acquire} has returned: with -1 this does nothing
     * @throws IllegalStateException if nobody is using it, or not under this number
     */
    public void release(int acquired) {
        if (acquired < 0) {
            return;
        }
        long current;
        do {
            current = state;
            if (acquired != number || (current & USERS) == 0) {
                throw new IllegalStateException(acquired + " was not acquired from " + this);
            }
        } while (!STATE.compareAndSet(this, current, current - 1));
        if (current - 1 == CLOSED) {
            Io.close(number);
        }
    }

    public boolean isOpen() {
        return (state & CLOSED) == 0;
    }

    /** Closes it, now or when its last user leaves. Closing again does nothing. */
    @Override
    public void close() {
        long current;
        do {
            current = state;
            if ((current & CLOSED) != 0) {
                return;
            }
        } while (!STATE.compareAndSet(this, current, current | CLOSED));
        if ((current & USERS) == 0) {
            Io.close(number);
        }
    }

    /** Makes the open file the calling thread's, for {@link #closeIfOwn}. */
    public void own() throws IOException {
        if (isOpen()) {
            Io.own(number);
        }
    }

    /**
     * Closes it if its number still leads to the open file that the calling thread owns. Otherwise
     * others have closed it behind our back: it counts as closed then, and the number, which may be
     * theirs, is not touched.
     */
    public void closeIfOwn() {
        if (!isOpen()) {
            return;
        }
        if (Io.isOwn(number)) {
            close();
        } else {
            markLost();
        }
    }

    private void markLost() {
        long current;
        do {
            current = state;
        } while (!STATE.compareAndSet(this, current, current | CLOSED | LOST));
    }

    @Override
    public String toString() {
        return "fd " + number + (isOpen() ? "" : " (closed)");
    }
}
