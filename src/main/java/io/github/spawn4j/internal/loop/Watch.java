// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Epoll;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.EventList;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;

/**
 * One epoll instance, and the eventfd that wakes the thread that waits there. Thread-safe, but
 * {@link #await} and what it has found are the thread's.
 */
final class Watch implements AutoCloseable {
    /** The id of the eventfd; those of registrations are higher. */
    static final long WAKE = 0;

    private final EventList epoll;
    private final Fd wake;

    Watch() throws IOException {
        epoll = EventList.open();
        try {
            wake = Io.eventFd();
            // Readable from now on: to wake the thread is to arm it, which writes nothing, so that
            // it hurts nobody if the number has become somebody else's.
            Io.wake(wake.number());
            epoll.add(wake.number(), Epoll.ONESHOT, WAKE);
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Ends the wait that is going on, or the next one. */
    void wakeUp() throws IOException {
        epoll.modify(wake.number(), Io.POLLIN | Epoll.ONESHOT, WAKE);
    }

    /**
     * Reports one event of {@code fd}.
     *
     * @param known whether it may have been added before
     */
    void arm(int fd, int events, long id, boolean known) throws IOException {
        if (known) {
            epoll.modify(fd, events | Epoll.ONESHOT, id);
        } else {
            add(fd, events, id);
        }
    }

    /** Adds what may be there already, as others move all registrations to a new instance. */
    void add(int fd, int events, long id) throws IOException {
        try {
            epoll.add(fd, events | Epoll.ONESHOT, id);
        } catch (ErrnoException e) {
            if (!epoll.knows(fd)) {
                throw e;
            }
            epoll.modify(fd, events | Epoll.ONESHOT, id);
        }
    }

    /** Reports nothing of {@code fd} until it is armed again. */
    void disarm(int fd, long id) throws IOException {
        epoll.modify(fd, Epoll.ONESHOT, id);
    }

    /** Waits for events. Returns how many there are. */
    int await(int timeoutMs) throws IOException {
        return epoll.await(timeoutMs);
    }

    /** Whose event the one at {@code index} is. */
    long id(int index) {
        return epoll.data(index);
    }

    int events(int index) {
        return epoll.events(index);
    }

    /** Whether the epoll instance is still the one that was made for this. */
    boolean isIntact() {
        return epoll.knows(wake.number());
    }

    /** To be called by the thread that waits, before anybody else may close it. */
    void own() throws IOException {
        epoll.own();
        wake.own();
    }

    /** Closes what the thread still owns: the rest has been closed by others. */
    void closeIfOwn() {
        epoll.closeIfOwn();
        wake.closeIfOwn();
    }

    @Override
    public void close() {
        epoll.close();
        if (wake != null) {
            wake.close();
        }
    }

    @Override
    public String toString() {
        return epoll + ", woken by " + wake;
    }
}
