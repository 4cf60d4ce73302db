// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Log;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;

/**
 * Copies a stream of the user to the input of a child, by a worker, as the stream may wait.
 * Thread-safe.
 *
 * <p>The stream stays the user's: it is not closed.
 */
public final class Pump implements Child.Stream, Child.Input {
    private static final Log LOG = Log.of(Pump.class);
    private static final int BUFFER_SIZE = 16 * 1024;

    private final InputStream from;
    private final PipeOutput to;

    /** The same as a user has it: the input of a terminal ends when it is closed. */
    private final OutputStream input;

    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final ForeignCall reading = new ForeignCall();
    private final Errand telling = new Errand(this::tell);

    /** What went wrong, kept as it may take several attempts to tell it. */
    private volatile Throwable failure;

    /** Takes over {@code to}. */
    public Pump(InputStream from, PipeOutput to) {
        this.from = from;
        this.to = to;
        input = to.forUser();
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
            sayEnd();
        } catch (Throwable e) { // user code: whatever it throws harms its own process only
            failure = e;
        }
        telling.attemptHere();
    }

    private void tell() {
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
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
            input.write(buffer, 0, count);
            input.flush();
            return true;
        } catch (IOException e) {
            if (e.getCause() instanceof ErrnoException failure && !Errno.isEpipe(failure)) {
                throw e;
            }
            return false; // closed, as the child has ended, or has closed its end
        }
    }

    private void sayEnd() {
        try {
            input.close();
        } catch (IOException e) {
            LOG.debug("the end of the input {} is not wanted", input, e);
        }
    }

    @Override
    public void childExited() throws IOException {
        to.childExited();
    }

    /** Copies no more; a stream that waits is interrupted. */
    @Override
    public void end() throws IOException {
        reading.endForGood();
        to.end();
    }

    /** Ends the copying; a stream that waits is interrupted. */
    @Override
    public void close() throws IOException {
        reading.endForGood();
        to.close();
    }
}
