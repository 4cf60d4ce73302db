// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Pty;
import java.io.IOException;

/**
 * Our side of the terminal that a child runs on: the one or two descriptors that it is read and
 * written by, which belong to the streams that are made of them, and its window for as long as one
 * of them is open. Thread-safe.
 */
public final class Terminal {
    /** Null where nobody reads, or writes. */
    private final Fd reader;

    private final Fd writer;

    /** Takes our side of {@code pty}, but only the streams that are wanted. */
    public Terminal(Pty pty, boolean isRead, boolean isWritten) {
        reader = isRead ? pty.takeReading() : null;
        writer = isWritten ? pty.takeWriting() : null;
    }

    /** What the child writes, for one stream; null if nobody reads it. */
    public Fd reader() {
        return reader;
    }

    /** What the child reads, for one stream; null if nobody writes it. */
    public Fd writer() {
        return writer;
    }

    /** A stream of what the child writes, as {@link PipeInput}; null if nobody reads it. */
    public PipeInput input(boolean isInterruptible) {
        return reader == null ? null : new TerminalInput(reader, isInterruptible);
    }

    /** A stream to what the child reads, as {@link PipeOutput}; null if nobody writes it. */
    public PipeOutput output(boolean isInterruptible) {
        return writer == null ? null : new TerminalOutput(writer, isInterruptible);
    }

    /**
     * Sets the size of the window.
     *
     * @throws IOException if it is closed
     */
    public void resize(int rows, int columns) throws IOException {
        onOpenSide(
                fd -> {
                    Pty.resize(fd, rows, columns);
                    return 0;
                });
    }

    /**
     * The size of the window: {@code rows << 16 | columns}.
     *
     * @throws IOException if it is closed
     */
    public long size() throws IOException {
        return onOpenSide(Pty::size);
    }

    /** Closes our side. Takes no memory. */
    public void close() {
        close(reader);
        close(writer);
    }

    private static void close(Fd side) {
        if (side != null) {
            side.close();
        }
    }

    private interface Call {
        long on(int fd) throws IOException;
    }

    private long onOpenSide(Call call) throws IOException {
        for (Fd side : new Fd[] {reader, writer}) {
            int number = side == null ? -1 : side.acquire();
            if (number >= 0) {
                try {
                    return call.on(number);
                } finally {
                    side.release(number);
                }
            }
        }
        throw new IOException("Terminal closed");
    }
}
