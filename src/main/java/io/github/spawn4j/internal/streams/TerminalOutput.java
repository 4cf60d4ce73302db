// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Pty;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a child reads from its terminal: the keyboard. Thread-safe; writers take turns.
 *
 * <p>To close our side of a terminal is to hang up, not to end its input. So the user's stream says
 * the end of input, as far as a terminal knows one, before it is closed.
 */
final class TerminalOutput extends PipeOutput {
    private static final int NOTHING = -1;

    private static final Log LOG = Log.of(TerminalOutput.class);

    private final Fd side;
    private final AtomicBoolean saidEnd = new AtomicBoolean();

    /** The last byte that was written; changed only by the writer whose turn it is. */
    private volatile int last = NOTHING;

    TerminalOutput(Fd side, boolean isInterruptible) {
        super(side, isInterruptible);
        this.side = side;
    }

    @Override
    int write(int number, byte[] bytes, int offset, int length) throws IOException {
        int count = Io.write(number, bytes, offset, length);
        if (count > 0) {
            last = bytes[offset + count - 1] & 0xff;
        } else if (count == -Errno.EAGAIN && Io.remaining(number) >= 0) {
            // Nobody has the terminal, so nobody will make room. To wait would be to spin: poll(2)
            // returns at once on what has been hung up.
            throw new IOException("Broken pipe");
        }
        return count;
    }

    @Override
    OutputStream unbuffered() {
        return new Keyboard();
    }

    /** Does not close our side, as that may be to hang up. */
    @Override
    public void end() {
        Workers.execute(this::sayEndQuietly);
    }

    private void sayEndQuietly() {
        try {
            sayEnd();
        } catch (IOException e) {
            LOG.debug("the end of the input is not wanted", e);
        }
    }

    private final class Keyboard extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            TerminalOutput.this.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            TerminalOutput.this.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            try {
                sayEnd();
            } finally {
                TerminalOutput.this.close();
            }
        }
    }

    /** Once; waits for room, as every write does. */
    private void sayEnd() throws IOException {
        if (!saidEnd.compareAndSet(false, true)) {
            return;
        }
        byte[] end = endOfInput();
        try {
            write(end, 0, end.length);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            // Closed meanwhile, or hung up: there is nobody left to be told.
            return;
        }
    }

    private byte[] endOfInput() throws IOException {
        int number = side.acquire();
        if (number < 0) {
            return new byte[0];
        }
        try {
            return Pty.endOfInput(number, last);
        } finally {
            side.release(number);
        }
    }
}
