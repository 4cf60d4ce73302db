// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.annotation.Native;

/** Reading, writing and waiting on descriptors. None of it blocks, but {@link #await}. */
public final class Io {
    /** Of poll(2): something can be read. */
    @Native public static final int POLLIN = 1;

    /** Of poll(2): something can be written. */
    @Native public static final int POLLOUT = 4;

    static {
        NativeLibrary.load();
    }

    private Io() {}

    /** int close(int fd) */
    public static void close(int fd) {
        // Linux releases the number whatever close(2) says, so there is nothing to be done about a
        // failure.
        close0(fd);
    }

    /**
     * Both ends of a pipe, for the caller to close.
     *
     * @param reader what can be read from
     * @param writer what can be written to
     */
    public record Pipe(Fd reader, Fd writer) {}

    /** int pipe2(int pipefd[2], O_CLOEXEC); both ends block. */
    public static Pipe pipe() throws IOException {
        Pipe pipe = new Pipe(Fd.reserved(), Fd.reserved());
        Faults.call("pipe");
        long ends = pipe0();
        Errno.check("pipe", (int) Math.min(ends, 0));
        pipe.reader.open((int) (ends >>> Integer.SIZE));
        pipe.writer.open((int) ends);
        return pipe;
    }

    /**
     * int fcntl(int fd, F_DUPFD_CLOEXEC, 3), then O_NONBLOCK for both: a duplicate that does not
     * block.
     */
    public static Fd unblocked(Fd fd) throws IOException {
        int number = fd.acquire();
        try {
            return Fd.reserved("fcntl")
                    .opened("fcntl", number < 0 ? -Errno.EBADF : unblocked0(number));
        } finally {
            fd.release(number);
        }
    }

    /** int fcntl(int fd, F_DUPFD_CLOEXEC, 3): another descriptor of the same open file. */
    public static Fd duplicate(int fd) throws IOException {
        String call = "fcntl(F_DUPFD_CLOEXEC)";
        return Fd.reserved(call).opened(call, duplicate0(fd));
    }

    /** ssize_t read(int fd, void *buf, size_t count): the bytes read, 0 at the end, or -EAGAIN. */
    public static int read(int fd, byte[] bytes, int offset, int length) throws IOException {
        return orAgain("read", read0(fd, bytes, offset, length));
    }

    /**
     * The same on our side of a terminal, where EIO says that nobody has the child's side any more:
     * 0, as with a pipe.
     */
    public static int readTerminal(int fd, byte[] bytes, int offset, int length)
            throws IOException {
        int result = read0(fd, bytes, offset, length);
        return result == -Errno.EIO ? 0 : orAgain("read", result);
    }

    /** ssize_t write(int fd, const void *buf, size_t count): the bytes written, or -EAGAIN. */
    public static int write(int fd, byte[] bytes, int offset, int length) throws IOException {
        return orAgain("write", write0(fd, bytes, offset, length));
    }

    /**
     * int fcntl(int fd, F_SETPIPE_SZ, int size): gives a pipe room for more than {@link #splice}
     * moves at once, if it may have that.
     */
    public static void widen(int pipe) {
        widen0(pipe);
    }

    /** int fcntl(int fd, F_GETPIPE_SZ): how many bytes a pipe holds at most. */
    public static int capacity(int pipe) throws IOException {
        return Errno.check("fcntl(F_GETPIPE_SZ)", capacity0(pipe));
    }

    /**
     * Moves what is in {@code pipe}, 64 KiB at most, to the position of {@code file}: the bytes
     * moved, 0 at the end, -EAGAIN if the pipe is empty, or another -errno. The caller holds the
     * monitor of {@code file}, with which it is closed.
     */
    public static int splice(int pipe, FileDescriptor file) {
        return splice0(pipe, file);
    }

    /** Whether {@code file} can be spliced to; the caller holds its monitor. */
    public static boolean canSplice(FileDescriptor file) {
        return canSplice0(file) == 1;
    }

    private static int orAgain(String call, int result) throws IOException {
        return result == -Errno.EAGAIN ? result : Errno.check(call, result);
    }

    /** ioctl(FIONREAD), after poll(2): the bytes that can be read at once. */
    public static int available(int fd) throws IOException {
        return Errno.check("ioctl(FIONREAD)", available0(fd));
    }

    /**
     * The bytes that are left in a pipe that nobody can write to any more, or -1 while somebody
     * can. A terminal may have more.
     */
    public static int remaining(int fd) throws IOException {
        int result = remaining0(fd);
        return result == -Errno.EAGAIN ? -1 : Errno.check("poll", result);
    }

    /** Whether {@code fd} is open and no placeholder of ours. */
    public static boolean isOpen(int fd) {
        return isOpen0(fd) == 1;
    }

    /** int fcntl(int fd, F_SETOWN_EX, struct f_owner_ex *): the calling thread */
    static void own(int fd) throws IOException {
        Errno.check("fcntl(F_SETOWN_EX)", own0(fd));
    }

    /** int fcntl(int fd, F_GETOWN_EX, struct f_owner_ex *): whether it is the calling thread */
    static boolean isOwn(int fd) {
        return isOwn0(fd) == 1;
    }

    /**
     * int poll(struct pollfd *fds, nfds_t nfds, int timeout) on {@code fd} and the eventfd {@code
     * wake}: the events of {@code fd}, 0 for a wake-up or a time-out. A negative time-out waits for
     * ever.
     */
    public static int await(int fd, int events, int wake, int timeoutMs) throws IOException {
        return Errno.check("poll", await0(fd, events, wake, timeoutMs));
    }

    /**
     * int eventfd(unsigned int initval, int flags), non-blocking and close-on-exec; closed from the
     * beginning where the native library is not here
     */
    public static Fd eventFd() throws IOException {
        if (!NativeLibrary.isLoaded()) {
            return Fd.reserved();
        }
        return Fd.reserved("eventfd").opened("eventfd", eventFd0());
    }

    /**
     * getrlimit(RLIMIT_NOFILE): how many descriptors this process may have open, the soft limit,
     * which the JVM raises to the hard one when it starts.
     */
    public static long maxOpenFiles() {
        return maxOpenFiles0();
    }

    /** Makes an eventfd readable. */
    public static void wake(int eventFd) {
        if (eventFd >= 0) {
            wake0(eventFd);
        }
    }

    private static native int close0(int fd);

    private static native long pipe0();

    private static native int unblocked0(int fd);

    private static native int duplicate0(int fd);

    private static native int read0(int fd, byte[] bytes, int offset, int length);

    private static native int write0(int fd, byte[] bytes, int offset, int length);

    private static native void widen0(int pipe);

    private static native int capacity0(int pipe);

    private static native int splice0(int pipe, FileDescriptor file);

    private static native int canSplice0(FileDescriptor file);

    private static native int available0(int fd);

    private static native int remaining0(int fd);

    private static native int isOpen0(int fd);

    private static native int own0(int fd);

    private static native int isOwn0(int fd);

    static native int await0(int fd, int events, int wake, int timeoutMs);

    private static native int eventFd0();

    private static native long maxOpenFiles0();

    private static native void wake0(int eventFd);
}
