// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/**
 * What the reactor waits with: {@link Epoll}, or {@link WakeUps} where the native half of the
 * library is not here. Confined to the thread that waits, except the methods that change what is
 * waited for.
 */
public abstract sealed class EventList implements AutoCloseable permits Epoll, WakeUps {
    /** The one that can be had. */
    public static EventList open() throws IOException {
        return NativeHalf.absence() == null ? new Epoll() : new WakeUps();
    }

    /** Reports {@code interest} in {@code fd} from now on, with {@code data}. */
    public abstract void add(int fd, int interest, long data) throws IOException;

    /** Reports another {@code interest} in {@code fd}. */
    public abstract void modify(int fd, int interest, long data) throws IOException;

    /** Whether it is still what it was opened as, and knows {@code fd}. */
    public abstract boolean knows(int fd);

    /** Waits for events. Returns how many there are. */
    public abstract int await(int timeoutMs) throws IOException;

    /** The events of the {@code i}-th descriptor that is ready. */
    public abstract int events(int i);

    /** What was given with the {@code i}-th descriptor that is ready. */
    public abstract long data(int i);

    /** See {@link Fd#own}. */
    public abstract void own() throws IOException;

    /** See {@link Fd#closeIfOwn}. */
    public abstract void closeIfOwn();

    @Override
    public abstract void close();
}
