// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;

/**
 * A list of one descriptor that does not exist, and whose only event is that somebody wakes the
 * thread that waits: all that there is to wait for where the JDK starts the processes. Thread-safe.
 */
final class WakeUps extends EventList {
    @GuardedBy("this")
    private boolean rung;

    /** What the one who wakes has given. */
    @GuardedBy("this")
    private long data;

    @Override
    public void add(int fd, int interest, long data) throws ErrnoException {
        modify(fd, interest, data);
    }

    /** A descriptor that does exist is for the list that takes the place of this one. */
    @Override
    public void modify(int fd, int interest, long newData) throws ErrnoException {
        if (fd >= 0) {
            throw new ErrnoException("epoll_ctl", Errno.EBADF);
        }
        synchronized (this) {
            data = newData;
            rung |= (interest & ~Epoll.ONESHOT) != 0;
            notifyAll();
        }
    }

    /** Not any more, once there can be a better one. */
    @Override
    public boolean knows(int fd) {
        return !NativeLibrary.isLoaded();
    }

    @Override
    public int await(int timeoutMs) {
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        synchronized (this) {
            long leftMs = timeoutMs;
            while (!rung && leftMs > 0) {
                try {
                    wait(leftMs);
                } catch (InterruptedException e) {
                    // Nobody has a reason to, and others count on this thread.
                }
                leftMs = TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime() + 999_999);
            }
            boolean isWoken = rung;
            rung = false;
            return isWoken ? 1 : 0;
        }
    }

    @Override
    public int events(int i) {
        return Io.POLLIN;
    }

    @Override
    public long data(int i) {
        synchronized (this) {
            return data;
        }
    }

    @Override
    public void own() {
        // There is nothing that others could close.
    }

    @Override
    public void closeIfOwn() {
        // as above
    }

    @Override
    public void close() {
        // as above
    }

    @Override
    public String toString() {
        return "wake-ups";
    }
}
