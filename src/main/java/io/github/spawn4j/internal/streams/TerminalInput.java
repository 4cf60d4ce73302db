// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.io.OutputStream;

/**
 * What a child writes to its terminal. Thread-safe; readers take turns.
 *
 * <p>The end comes when nobody has the terminal open any more, the child's children included.
 */
final class TerminalInput extends PipeInput {
    /**
     * More than the kernel holds when the last writer has gone: 4 KiB that can be counted, and
     * behind them what is yet to be passed on, 8 KiB and what one write goes beyond that.
     */
    static final int MOST_LEFT = 64 * 1024;

    private static final int COUNTED = 4096;

    TerminalInput(Fd fd, boolean isInterruptible) {
        super(fd, isInterruptible);
    }

    @Override
    int read(int number, byte[] bytes, int offset, int length) throws IOException {
        return Io.readTerminal(number, bytes, offset, length);
    }

    /** The kernel counts only a part of it. */
    @Override
    int remaining(int number) throws IOException {
        return Io.remaining(number) < 0 ? -1 : MOST_LEFT;
    }

    /** What can be counted of it. */
    @Override
    int capacity(int number) {
        return COUNTED;
    }

    /**
     * To close the last of our sides is to hang up, and many programs close theirs a moment before
     * they exit. So it is kept for as long as the child lives.
     */
    @Override
    boolean closesAtEnd() {
        return false;
    }

    /** At once: to hang up ends a shell that ignores SIGTERM, and must not wait for a reader. */
    @Override
    public void closeAfterUse() throws IOException {
        close();
    }

    /** The kernel has none for terminals. */
    @Override
    Splice spliceInto(OutputStream out) {
        return null;
    }
}
