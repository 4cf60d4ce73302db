// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.lang.annotation.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An epoll instance, and the array of events that the kernel fills for it. Confined to the thread
 * that waits, except the two methods that change what is waited for.
 */
public final class Epoll extends EventList {
    /** EPOLLONESHOT: one event, then none until it is armed again. */
    @Native public static final int ONESHOT = 1 << 30;

    private static final int CAPACITY = 256;

    static {
        NativeLibrary.load();
    }

    private final Fd epoll;
    private final int eventSize = eventSize0();
    private final int dataOffset = eventSize - Long.BYTES;
    private final ByteBuffer events =
            ByteBuffer.allocateDirect(CAPACITY * eventSize).order(ByteOrder.nativeOrder());

    /** int epoll_create1(int flags), close-on-exec */
    Epoll() throws IOException {
        epoll = Fd.reserved("epoll_create1").opened("epoll_create1", create0());
    }

    /** int epoll_ctl(int epfd, EPOLL_CTL_ADD, int fd, struct epoll_event *event) */
    @Override
    public void add(int fd, int interest, long data) throws IOException {
        Faults.call("epoll_ctl");
        Errno.check("epoll_ctl", control(fd, ADD, interest, data));
    }

    /** int epoll_ctl(int epfd, EPOLL_CTL_MOD, int fd, struct epoll_event *event) */
    @Override
    public void modify(int fd, int interest, long data) throws IOException {
        Errno.check("epoll_ctl", control(fd, MODIFY, interest, data));
    }

    /**
     * Whether this is an epoll instance that knows {@code fd}. Not the one that this was if
     * somebody has closed the descriptor, whatever has been opened under its number.
     */
    @Override
    public boolean knows(int fd) {
        int result = control(fd, ADD, ONESHOT, 0);
        if (result == 0) {
            control(fd, DELETE, 0, 0); // somebody else's
        }
        return result == -Errno.EEXIST;
    }

    private int control(int fd, int operation, int interest, long data) {
        int epfd = epoll.acquire();
        if (epfd < 0) {
            return -Errno.EBADF;
        }
        try {
            return control0(epfd, operation, fd, interest, data);
        } finally {
            epoll.release(epfd);
        }
    }

    /**
     * int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout): the number
     * of events.
     */
    @Override
    public int await(int timeoutMs) throws IOException {
        int epfd = epoll.acquire();
        try {
            return Errno.check(
                    "epoll_wait",
                    epfd < 0 ? -Errno.EBADF : await0(epfd, events, CAPACITY, timeoutMs));
        } finally {
            epoll.release(epfd);
        }
    }

    @Override
    public int events(int i) {
        return events.getInt(i * eventSize);
    }

    @Override
    public long data(int i) {
        return events.getLong(i * eventSize + dataOffset);
    }

    @Override
    public void own() throws IOException {
        epoll.own();
    }

    @Override
    public void closeIfOwn() {
        epoll.closeIfOwn();
    }

    @Override
    public void close() {
        epoll.close();
    }

    @Override
    public String toString() {
        return "epoll " + epoll;
    }

    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;

    private static native int eventSize0();

    private static native int create0();

    private static native int control0(int epfd, int operation, int fd, int events, long data);

    private static native int await0(int epfd, ByteBuffer events, int capacity, int timeoutMs);
}
