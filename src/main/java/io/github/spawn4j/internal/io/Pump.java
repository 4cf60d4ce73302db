package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * Copies a stream of the user to the input of a child, by a worker, as the stream may wait.
 * Thread-safe.
 *
 * <p>The stream stays the user's: it is not closed.
 */
public final class Pump implements Child.Stream {
    private static final int BUFFER_SIZE = 16 * 1024;

    private final InputStream from;
    private final PipeOutput to;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final ForeignCall reading = new ForeignCall();

    /** Takes over the descriptor {@code to}, which must not block. */
    public Pump(InputStream from, int to) {
        this.from = from;
        this.to = new PipeOutput(to);
    }

    /** Begins to copy. */
    public void start() {
        Workers.execute(this::copy);
    }

    /**
     * Completed exceptionally if the user's stream has failed, or the writing of what it gave. For
     * code of ours, which must not wait.
     */
    public CompletableFuture<Void> done() {
        return done;
    }

    private void copy() {
        try {
            byte[] buffer = new byte[BUFFER_SIZE];
            int count = read(buffer);
            while (count >= 0 && write(buffer, count)) {
                count = read(buffer);
            }
            to.close();
            done.complete(null);
        } catch (Throwable e) { // user code: whatever it throws harms its own process only
            done.completeExceptionally(e);
        }
    }

    /** Returns a negative number at the end. */
    private int read(byte[] buffer) throws IOException {
        if (!reading.begin()) {
            return -1;
        }
        try {
            return from.read(buffer);
        } finally {
            reading.end();
        }
    }

    /** Returns false if the child wants no more. */
    private boolean write(byte[] buffer, int count) throws IOException {
        try {
            to.write(buffer, 0, count);
            return true;
        } catch (ErrnoException e) {
            if (!Errno.isEpipe(e)) {
                throw e;
            }
            return false;
        } catch (IOException e) {
            return false; // closed, as the child has ended
        }
    }

    @Override
    public void childExited() throws IOException {
        to.childExited();
    }

    /** Ends the copying; a stream that waits is interrupted. */
    @Override
    public void close() throws IOException {
        reading.endForGood();
        to.close();
    }
}
