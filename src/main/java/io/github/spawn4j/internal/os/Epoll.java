package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.lang.annotation.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An epoll instance, and the array of events that the kernel fills for it. Confined to the thread
 * that waits, but for the two methods that change what is waited for.
 */
public final class Epoll implements AutoCloseable {
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
    public Epoll() throws IOException {
        epoll = new Fd(Errno.check("epoll_create1", create0()));
    }

    /** int epoll_ctl(int epfd, EPOLL_CTL_ADD, int fd, struct epoll_event *event) */
    public void add(int fd, int interest, long data) throws IOException {
        Errno.check("epoll_ctl", control(fd, ADD, interest, data));
    }

    /** int epoll_ctl(int epfd, EPOLL_CTL_MOD, int fd, struct epoll_event *event) */
    public void modify(int fd, int interest, long data) throws IOException {
        Errno.check("epoll_ctl", control(fd, MODIFY, interest, data));
    }

    private int control(int fd, int operation, int interest, long data) {
        int epfd = epoll.acquire();
        if (epfd < 0) {
            return -Errno.EBADF;
        }
        try {
            return control0(epfd, operation, fd, interest, data);
        } finally {
            epoll.release();
        }
    }

    /**
     * int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout): the number
     * of events.
     */
    public int await(int timeoutMs) throws IOException {
        int epfd = epoll.acquire();
        try {
            return Errno.check("epoll_wait", await0(epfd, events, CAPACITY, timeoutMs));
        } finally {
            epoll.release();
        }
    }

    /** The events of the {@code i}-th descriptor that is ready. */
    public int events(int i) {
        return events.getInt(i * eventSize);
    }

    /** What was given with the {@code i}-th descriptor that is ready. */
    public long data(int i) {
        return events.getLong(i * eventSize + dataOffset);
    }

    @Override
    public void close() {
        epoll.close();
    }

    private static final int ADD = 1;
    private static final int MODIFY = 3;

    private static native int eventSize0();

    private static native int create0();

    private static native int control0(int epfd, int operation, int fd, int events, long data);

    private static native int await0(int epfd, ByteBuffer events, int capacity, int timeoutMs);
}
