// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.Arrays;

/**
 * A new pseudo-terminal (see pty(7)): the child's side, and two descriptors of ours, as input and
 * output are closed one by one. Closes what nobody has taken. One thread at a time.
 */
public final class Pty implements AutoCloseable {
    static {
        NativeLibrary.load();
    }

    private Fd reading;
    private Fd writing;
    private Fd peer;

    private Pty() {}

    /**
     * Opens one with a window of that size.
     *
     * @throws IOException if there is no /dev/ptmx, or if terminals (kernel.pty.max) or descriptors
     *     have run out
     */
    public static Pty open(int rows, int columns) throws IOException {
        Pty pty = new Pty();
        try {
            pty.openSides(rows, columns);
            return pty;
        } catch (IOException | RuntimeException | Error e) {
            pty.close();
            throw e;
        }
    }

    private void openSides(int rows, int columns) throws IOException {
        reading = Fd.reserved("open /dev/ptmx").opened("open /dev/ptmx", open0());
        int number = reading.number();
        Errno.check("ioctl(TIOCSPTLCK)", unlock0(number));
        resize(number, rows, columns);
        writing = Io.duplicate(number);
        peer = Fd.reserved("ioctl(TIOCGPTPEER)").opened("ioctl(TIOCGPTPEER)", peer0(number));
    }

    /** The number of the child's side, which stays open until {@link #closePeer}. */
    public int peer() {
        return peer.number();
    }

    /** Closes the child's side, here. */
    public void closePeer() {
        peer.close();
    }

    /** Our side to read from, to be closed by the caller. At most once. */
    public Fd takeReading() {
        Fd taken = reading;
        reading = null;
        return taken;
    }

    /** Our side to write to, to be closed by the caller. At most once. */
    public Fd takeWriting() {
        Fd taken = writing;
        writing = null;
        return taken;
    }

    @Override
    public void close() {
        close(reading);
        close(writing);
        close(peer);
    }

    private static void close(Fd fd) {
        if (fd != null) {
            fd.close();
        }
    }

    /** ioctl(TIOCSWINSZ), by either side */
    public static void resize(int fd, int rows, int columns) throws IOException {
        Errno.check("ioctl(TIOCSWINSZ)", resize0(fd, rows, columns));
    }

    /** ioctl(TIOCGWINSZ), by either side: {@code rows << 16 | columns} */
    public static long size(int fd) throws IOException {
        long size = size0(fd);
        Errno.check("ioctl(TIOCGWINSZ)", (int) Math.min(size, 0));
        return size;
    }

    /**
     * The bytes that tell a reader of the terminal that its input has ended, see {@code pty.h};
     * empty if no bytes do.
     *
     * @param last the last byte that was written, or -1
     */
    public static byte[] endOfInput(int fd, int last) throws IOException {
        byte[] end = new byte[2];
        int count = Errno.check("ioctl(TCGETS)", endOfInput0(fd, last, end));
        return Arrays.copyOf(end, count);
    }

    private static native int open0();

    private static native int unlock0(int fd);

    private static native int peer0(int fd);

    private static native int resize0(int fd, int rows, int columns);

    private static native long size0(int fd);

    private static native int endOfInput0(int fd, int last, byte[] end);
}
