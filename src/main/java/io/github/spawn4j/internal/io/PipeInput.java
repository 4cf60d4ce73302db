package io.github.spawn4j.internal.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Our end of a pipe that a child writes to, buffered. Thread-safe; readers take turns.
 *
 * <p>The descriptor is closed at the end of the output, by {@link #close}, or when the child has
 * exited and nobody else can write: what is left is then kept in memory, a pipe's content at most.
 * A reader that is interrupted finds the stream closed, as with an {@link
 * java.nio.channels.InterruptibleChannel}.
 */
public sealed class PipeInput extends InputStream implements Child.Stream permits TerminalInput {
    private static final int BUFFER_SIZE = 8192;

    /** What a transfer copies at once: the best size into sockets, where more is slower again. */
    private static final int TRANSFER_SIZE = 1 << 15;

    private static final int END = -1;

    /** One way to take bytes out of the pipe: how many, 0 at the end, or -errno. */
    private interface Taking {
        int from(int number) throws IOException;
    }

    private final PipeEnd pipe;
    private final ReentrantLock lock;

    @GuardedBy("lock")
    private boolean ended;

    /**
     * Read, but not yet asked for: a buffer for small reads, or what was left when the child
     * exited.
     */
    @GuardedBy("lock")
    private byte[] buffer = {};

    @GuardedBy("lock")
    private int position;

    @GuardedBy("lock")
    private int limit;

    public PipeInput(Fd fd) {
        pipe = new PipeEnd(fd, Io.POLLIN);
        lock = pipe.lock();
    }

    /** The bytes read, 0 at the end, or -EAGAIN if there are none yet. */
    int read(int number, byte[] bytes, int offset, int length) throws IOException {
        return Io.read(number, bytes, offset, length);
    }

    /** How many bytes are left at most if nobody can write any more, or -1 while somebody can. */
    int remaining(int number) throws IOException {
        return Io.remaining(number);
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
            checkOpen();
            return count;
        } catch (InterruptedException e) {
            throw pipe.interrupted();
        } finally {
            unlock();
        }
    }

    /** Closes what {@link #closesAtEnd} has left open, if the child has exited meanwhile. */
    private void unlock() {
        boolean isOver = ended;
        lock.unlock();
        if (isOver && pipe.hasChildExited()) {
            pipe.end();
        }
    }

    /** Whether the descriptor is of no more use when nobody can write any more. */
    boolean closesAtEnd() {
        return true;
    }

    private void checkOpen() throws IOException {
        if (pipe.isClosed()) {
            throw new IOException("Stream closed");
        }
    }

    /** Reads what is there, waits if nothing is, and says -EAGAIN after a wait. */
    private int tryRead(byte[] bytes, int offset, int length)
            throws IOException, InterruptedException {
        checkOpen();
        if (position < limit) {
            int count = Math.min(length, limit - position);
            System.arraycopy(buffer, position, bytes, offset, count);
            position += count;
            return count;
        }
        if (length >= BUFFER_SIZE) {
            return tryTake(number -> read(number, bytes, offset, length));
        }
        if (buffer.length != BUFFER_SIZE) {
            buffer = new byte[BUFFER_SIZE];
        }
        int filled = tryTake(number -> read(number, buffer, 0, BUFFER_SIZE));
        position = 0;
        limit = Math.max(filled, 0);
        return filled < 0 ? filled : tryRead(bytes, offset, length);
    }

    /** As {@link #tryRead}, from the pipe. */
    private int tryTake(Taking taking) throws IOException, InterruptedException {
        int number = ended ? -1 : pipe.acquire();
        if (number < 0) {
            return END;
        }
        try {
            int count = taking.from(number);
            if (count == -Errno.EAGAIN) {
                pipe.await(number);
            } else if (count == 0) {
                ended = true;
                if (closesAtEnd()) {
                    pipe.end();
                }
                return END;
            } else {
                pipe.moved(count);
            }
            return count;
        } finally {
            pipe.release(number);
        }
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        if (!lock.tryLock()) {
            return 0; // somebody waits for the first byte
        }
        try {
            int number = pipe.acquire();
            if (number < 0) {
                return limit - position;
            }
            try {
                return limit - position + Io.available(number);
            } finally {
                pipe.release(number);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the descriptor if nobody can write any more, after taking what is left; else leaves it
     * to the reader.
     */
    @Override
    public void childExited() throws IOException {
        pipe.childExited(
                this,
                number -> {
                    int remaining = remaining(number);
                    if (remaining < 0) {
                        return false;
                    }
                    takeRest(number, remaining);
                    ended = true;
                    return true;
                });
    }

    /** Leaves in the buffer what was there and then what is left in the pipe. */
    private void takeRest(int number, int remaining) throws IOException {
        byte[] rest = new byte[limit - position + remaining];
        System.arraycopy(buffer, position, rest, 0, limit - position);
        int length = limit - position;
        while (length < rest.length) {
            int count = read(number, rest, length, rest.length - length);
            if (count <= 0) {
                break;
            }
            length += count;
        }
        buffer = length == rest.length ? rest : Arrays.copyOf(rest, length);
        position = 0;
        limit = length;
    }

    /**
     * {@inheritDoc}
     *
     * <p>By {@link Splice} as far as that goes, else by copying. When another thread closes {@code
     * out} meanwhile, the next bytes that come meet an error of {@code out}.
     */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        Splice splice = spliceInto(out);
        long moved = splice == null ? 0 : move(splice, out);
        byte[] bytes = new byte[TRANSFER_SIZE];
        int count;
        while ((count = read(bytes, 0, bytes.length)) != END) {
            out.write(bytes, 0, count);
            moved += count;
        }
        return moved;
    }

    /** The way into {@code out} that does not lead through the JVM, or null. */
    Splice spliceInto(OutputStream out) {
        return Splice.into(out);
    }

    /** Moves what the kernel can move. Returns how many bytes. */
    private long move(Splice splice, OutputStream out) throws IOException {
        lock.lock();
        try {
            checkOpen();
            long moved = limit - position;
            out.write(buffer, position, limit - position);
            position = limit;
            int count;
            while ((count = tryTake(splice::move)) >= 0 || count == -Errno.EAGAIN) {
                moved += Math.max(count, 0);
                checkOpen();
                if (Thread.interrupted()) {
                    // A file on a disk that is slower than the child never lets it wait.
                    throw new InterruptedException();
                }
            }
            return moved;
        } catch (InterruptedException e) {
            throw pipe.interrupted();
        } finally {
            unlock();
        }
    }

    /**
     * Closes the stream; a reader that waits gets an {@link IOException}. Closing again does
     * nothing.
     */
    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
