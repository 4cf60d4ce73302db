package io.github.spawn4j.internal.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Our end of a pipe that a child writes to. Thread-safe; readers take turns.
 *
 * <p>The descriptor is closed at the end of the output, by {@link #close}, or when the child has
 * exited and nobody else can write: what is left is then kept in memory, a pipe's content at most.
 * A reader that is interrupted finds the stream closed, as with an {@link
 * java.nio.channels.InterruptibleChannel}.
 */
public final class PipeInput extends InputStream {
    private final Fd fd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Readiness readiness = new Readiness(Io.POLLIN);
    private volatile boolean closed;

    @GuardedBy("lock")
    private boolean ended;

    @GuardedBy("lock")
    private byte[] rest = {};

    @GuardedBy("lock")
    private int restOffset;

    public PipeInput(int fd) {
        this.fd = new Fd(fd);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            int count;
            do {
                count = tryRead(bytes, offset, length);
            } while (count == -Errno.EAGAIN);
            return count;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } finally {
            lock.unlock();
        }
    }

    /** Reads what is there, waits if nothing is, and says -EAGAIN after a wait. */
    private int tryRead(byte[] bytes, int offset, int length)
            throws IOException, InterruptedException {
        if (closed) {
            throw new IOException("Stream closed");
        }
        if (restOffset < rest.length) {
            int count = Math.min(length, rest.length - restOffset);
            System.arraycopy(rest, restOffset, bytes, offset, count);
            restOffset += count;
            return count;
        }
        int number = ended ? -1 : fd.acquire();
        if (number < 0) {
            return -1;
        }
        try {
            int count = Io.read(number, bytes, offset, length);
            if (count == -Errno.EAGAIN) {
                readiness.await(number);
            } else if (count == 0) {
                end();
                return -1;
            }
            return count;
        } finally {
            fd.release();
        }
    }

    private void end() throws IOException {
        ended = true;
        readiness.forget();
        fd.close();
    }

    @Override
    public int available() throws IOException {
        if (closed) {
            throw new IOException("Stream closed");
        }
        if (!lock.tryLock()) {
            return 0; // somebody waits for the first byte
        }
        try {
            int number = fd.acquire();
            if (number < 0) {
                return rest.length - restOffset;
            }
            try {
                return Io.available(number);
            } finally {
                fd.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the descriptor if nobody can write any more, after taking what is left; else leaves it
     * to the reader.
     */
    void childExited() throws IOException {
        if (!fd.isOpen() || !lock.tryLock()) {
            return; // a reader is at work, and will meet the end
        }
        try {
            int number = fd.acquire();
            if (number < 0) {
                return;
            }
            try {
                int remaining = Io.remaining(number);
                if (remaining < 0) {
                    Leftovers.closeWhenDropped(this, fd);
                    return;
                }
                rest = takeRest(number, remaining);
                end();
            } finally {
                fd.release();
            }
        } finally {
            lock.unlock();
        }
    }

    private static byte[] takeRest(int number, int remaining) throws IOException {
        byte[] bytes = new byte[remaining];
        int length = 0;
        while (length < remaining) {
            int count = Io.read(number, bytes, length, remaining - length);
            if (count <= 0) {
                break;
            }
            length += count;
        }
        return bytes;
    }

    /**
     * Closes the stream; a reader that waits gets an {@link IOException}. Closing again does
     * nothing.
     */
    @Override
    public void close() throws IOException {
        closed = true;
        readiness.wake();
        readiness.forget();
        fd.close();
    }
}
