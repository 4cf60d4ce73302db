package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
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
    private final Fd fd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Readiness readiness = new Readiness(Io.POLLOUT);
    private volatile boolean closed;

    /** Nobody can read any more. */
    private volatile boolean broken;

    public PipeOutput(Fd fd) {
        this.fd = fd;
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
            close();
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what there is room for, or waits if there is none. */
    private int tryWrite(byte[] bytes, int offset, int length)
            throws IOException, InterruptedException {
        int number = closed ? -1 : fd.acquire();
        if (number < 0) {
            throw new IOException(broken ? "Broken pipe" : "Stream closed");
        }
        try {
            int count = write(number, bytes, offset, length);
            if (count == -Errno.EAGAIN) {
                readiness.await(number);
                return 0;
            }
            readiness.moved(count);
            return count;
        } finally {
            fd.release();
        }
    }

    private void closeWhenDropped() {
        Fd dropped = fd;
        Readiness known = readiness;
        Leftovers.closeWhenDropped(
                this,
                () -> {
                    known.forget();
                    dropped.close();
                });
    }

    /** Closes the descriptor if nobody can read any more; else leaves it to the writer. */
    @Override
    public void childExited() throws IOException {
        if (!fd.isOpen()) {
            return;
        }
        if (!lock.tryLock()) {
            // A writer is at work. It will meet the end, or be dropped with us while a grandchild
            // has the pipe.
            closeWhenDropped();
            return;
        }
        try {
            int number = fd.acquire();
            if (number < 0) {
                return;
            }
            try {
                if (Io.remaining(number) < 0) {
                    closeWhenDropped();
                    return;
                }
            } finally {
                fd.release();
            }
            broken = true;
            readiness.forget();
            fd.close();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the stream, which is the end of the child's input; a writer that waits gets an {@link
     * IOException}.
     */
    @Override
    public void close() throws IOException {
        closed = true;
        readiness.wake();
        readiness.forget();
        fd.close();
    }
}
