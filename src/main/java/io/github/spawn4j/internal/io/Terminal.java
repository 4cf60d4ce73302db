package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Pty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Our side of the terminal that a child runs on: the one or two streams that it is read and written
 * by, and its window for as long as one of them is open. Thread-safe.
 */
public final class Terminal {
    private final List<Fd> sides = new ArrayList<>();
    private final PipeInput input;
    private final PipeOutput output;

    /** Takes over our side of {@code pty}, but only for the streams that there are to be. */
    public Terminal(Pty pty, boolean isRead, boolean isWritten) {
        input = isRead ? new TerminalInput(added(pty.takeReading())) : null;
        output = isWritten ? new TerminalOutput(added(pty.takeWriting())) : null;
    }

    private Fd added(Fd side) {
        sides.add(side);
        return side;
    }

    /** What the child writes; null if nobody reads it. */
    public PipeInput input() {
        return input;
    }

    /** What the child reads; null if nobody writes it. */
    public PipeOutput output() {
        return output;
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

    private interface Call {
        long on(int fd) throws IOException;
    }

    private long onOpenSide(Call call) throws IOException {
        for (Fd side : sides) {
            int number = side.acquire();
            if (number >= 0) {
                try {
                    return call.on(number);
                } finally {
                    side.release();
                }
            }
        }
        throw new IOException("Terminal closed");
    }
}
