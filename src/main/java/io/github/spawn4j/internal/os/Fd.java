package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

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

    /** Closed by somebody else, so that the number is no longer ours. */
    private static final long LOST = 1L << 33;

    private static final long USERS = CLOSED - 1;

    /** Changed once at most, by {@link #open}, before the state says that it can be used. */
    private int number;

    /** The number of users, and whether it is closed. */
    private final AtomicLong state;

    public Fd(int number) {
        this.number = number;
        state = new AtomicLong();
    }

    private Fd() {
        number = -1;
        state = new AtomicLong(CLOSED);
    }

    /**
     * The place of a descriptor that is yet to come, closed until {@link #open}: so that no memory
     * is needed at the moment when there is one.
     */
    public static Fd reserved() {
        return new Fd();
    }

    /**
     * What {@code opening} opens.
     *
     * @param call the name of the system call
     * @param opening the number of the new descriptor, or -errno
     * @throws IOException if it fails; nothing is open then
     */
    static Fd of(String call, IntSupplier opening) throws IOException {
        Fd fd = reserved();
        Faults.call(call);
        fd.open(Errno.check(call, opening.getAsInt()));
        return fd;
    }

    /** Takes over an open descriptor, into a {@link #reserved} place, at most once. */
    public void open(int descriptor) {
        number = descriptor;
        state.set(0);
    }

    /**
     * Begins a use. Returns the number, or -1 while it is closed; what it returns is to be given to
     * {@link #release}.
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
            current = state.get();
            if (acquired != number || (current & USERS) == 0) {
                throw new IllegalStateException(acquired + " was not acquired from " + this);
            }
        } while (!state.compareAndSet(current, current - 1));
        if (current - 1 == CLOSED) {
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

    /** Makes the open file the calling thread's, for {@link #closeIfOwn}. */
    public void own() throws IOException {
        Io.own(number);
    }

    /**
     * Closes it if its number still leads to the open file that the calling thread owns. Otherwise
     * somebody has closed it behind our back, and it is closed without touching the number, which
     * may be somebody else's.
     */
    public void closeIfOwn() {
        if (Io.isOwn(number)) {
            close();
        } else if (isOpen()) {
            state.getAndUpdate(current -> current | CLOSED | LOST);
        }
    }

    @Override
    public String toString() {
        return "fd " + number + (isOpen() ? "" : " (closed)");
    }
}
