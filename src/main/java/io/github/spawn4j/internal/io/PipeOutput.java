package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Our end of a pipe that a child reads from. Thread-safe; writers take turns.
 *
 * <p>The descriptor is closed by {@link #close}, or when the child has exited and nobody else can
 * read. A writer that is interrupted finds the stream closed, as with an {@link
 * java.nio.channels.InterruptibleChannel}.
 */
public sealed class PipeOutput extends OutputStream implements Child.Stream permits TerminalOutput {
    private final PipeEnd pipe;
    private final ReentrantLock lock;

    /** Nobody can read any more. */
    private volatile boolean broken;

    public PipeOutput(Fd fd) {
        pipe = new PipeEnd(fd, Io.POLLOUT);
        lock = pipe.lock();
    }

    /** The stream that a user gets. */
    public OutputStream forUser() {
        return new BufferedOutputStream(this);
    }

    /** The bytes written, or -EAGAIN if there is no room. */
    int write(int number, byte[] bytes, int offset, int length) throws IOException {
        return Io.write(number, bytes, offset, length);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        lock.lock();
        try {
            int written = 0;
            while (written < length) {
                written += tryWrite(bytes, offset + written, length - written);
            }
        } catch (InterruptedException e) {
            throw pipe.interrupted();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what there is room for, or waits if there is none. */
    private int tryWrite(byte[] bytes, int offset, int length)
            throws IOException, InterruptedException {
        int number = pipe.isClosed() ? -1 : pipe.acquire();
        if (number < 0) {
            throw new IOException(broken ? "Broken pipe" : "Stream closed");
        }
        try {
            int count = write(number, bytes, offset, length);
            if (count == -Errno.EAGAIN) {
                pipe.await(number);
                return 0;
            }
            pipe.moved(count);
            return count;
        } finally {
            pipe.release(number);
        }
    }

    /** Closes the descriptor if nobody can read any more; else leaves it to the writer. */
    @Override
    public void childExited() throws IOException {
        pipe.childExited(
                this,
                number -> {
                    broken = Io.remaining(number) >= 0;
                    return broken;
                });
    }

    /**
     * Closes the stream, which is the end of the child's input; a writer that waits gets an {@link
     * IOException}.
     */
    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
