// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Our end of a pipe that a child reads from. Thread-safe; writers take turns.
 *
 * <p>The descriptor is closed by {@link #close}, or when the child has exited and nobody else can
 * read. An interrupt changes nothing, as with the streams of the JDK's processes, or closes the
 * stream where that was asked for.
 */
public sealed class PipeOutput extends OutputStream
        implements Child.Stream, PipeEnd.User, Child.Input permits TerminalOutput {
    private final PipeEnd pipe;
    private final ReentrantLock lock;

    /**
     * Takes over a descriptor.
     *
     * @param isInterruptible whether an interrupt of a writer closes the stream, as with {@link
     *     java.nio.channels.InterruptibleChannel}
     */
    public PipeOutput(Fd fd, boolean isInterruptible) {
        pipe = new PipeEnd(fd, Io.POLLOUT, isInterruptible);
        lock = pipe.lock();
    }

    /** The stream that a user gets. */
    public OutputStream forUser() {
        return new ForUser(new BufferedOutputStream(unbuffered()));
    }

    /** What the user's stream writes to, and closes. */
    OutputStream unbuffered() {
        return this;
    }

    private final class ForUser extends FilterOutputStream {
        ForUser(BufferedOutputStream buffered) {
            super(buffered);
        }

        // The JDK's buffer has a lock of the same kind, from JDK 21 on.

        @Override
        public void write(int b) throws IOException {
            PipeEnd.requireStack();
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            PipeEnd.requireStack();
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            PipeEnd.requireStack();
            out.flush();
        }

        /** Quiet if it is closed already: what it still has nobody wants to read any more. */
        @Override
        public void close() throws IOException {
            if (!pipe.isClosed()) {
                PipeEnd.requireStack();
                out.close();
            }
        }
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
        PipeEnd.requireStack();
        lock.lock();
        try {
            writeAll(bytes, offset, length);
        } catch (ErrnoException e) {
            throw PipeEnd.failure(e);
        } finally {
            lock.unlock();
            pipe.afterUse(this);
        }
    }

    private void writeAll(byte[] bytes, int offset, int length) throws IOException {
        int number = pipe.isClosed() ? -1 : pipe.acquire();
        if (number < 0) {
            throw pipe.isOver() ? new IOException("Broken pipe") : PipeEnd.streamClosed();
        }
        try {
            int written = 0;
            while (written < length) {
                pipe.checkNotCutOff();
                int count = write(number, bytes, offset + written, length - written);
                if (count == -Errno.EAGAIN) {
                    pipe.await(number);
                } else {
                    pipe.moved(count);
                    written += count;
                }
            }
        } finally {
            pipe.release(number);
        }
    }

    /** Closes the descriptor if nobody can read any more; else leaves it to the writer. */
    @Override
    public void childExited() throws IOException {
        pipe.childExited(this);
    }

    @Override
    public boolean takeRest(int number) throws IOException {
        return Io.remaining(number) >= 0;
    }

    /** Says the end of input; does not wait. */
    @Override
    public void end() throws IOException {
        close();
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
