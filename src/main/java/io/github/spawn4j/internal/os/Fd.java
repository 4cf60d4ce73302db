package io.github.spawn4j.internal.os;

import java.util.concurrent.atomic.AtomicLong;

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
    private static final long USERS = CLOSED - 1;

    private final int number;

    /** The number of users, and whether it has been closed. */
    private final AtomicLong state = new AtomicLong();

    public Fd(int number) {
        this.number = number;
    }

    /**
     * Begins a use. Returns the number, or -1 once it is closed; each success wants one {@link
     * #release}.
     */
    public int acquire() {
        long current;
        do {
            current = state.get();
            if ((current & CLOSED) != 0) {
                return -1;
            }
        } while (!state.compareAndSet(current, current + 1));
        return number;
    }

    /** The number, which is only good as long as the caller keeps it from being closed. */
    public int number() {
        return number;
    }

    public void release() {
        if (state.decrementAndGet() == CLOSED) {
            Io.close(number);
        }
    }

    public boolean isOpen() {
        return (state.get() & CLOSED) == 0;
    }

    /** Closes it, now or when its last user leaves. Closing again does nothing. */
    @Override
    public void close() {
        long current;
        do {
            current = state.get();
            if ((current & CLOSED) != 0) {
                return;
            }
        } while (!state.compareAndSet(current, current | CLOSED));
        if ((current & USERS) == 0) {
            Io.close(number);
        }
    }

    @Override
    public String toString() {
        return "fd " + number + (isOpen() ? "" : " (closed)");
    }
}
