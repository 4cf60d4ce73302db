// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.child.Child;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/**
 * An output of a child that is read to its end, what is kept of it, and its listener. Thread-safe.
 */
public interface Outlet extends Child.Stream {
    /** Begins to read. */
    void start() throws IOException;

    /**
     * Completed when all has been read and the listener has returned for the last time; with an
     * {@link Drain.OverflowException}, a {@link Drain.ListenerException}, what the kernel says, or
     * an {@link OutOfMemoryError} if it failed. For code of ours only, which must not wait.
     */
    CompletableFuture<Void> done();

    /**
     * Ends the reading although somebody may still write: what is there now is the last that
     * counts. On the reactor thread.
     */
    void cut();

    /** Ends it at once, whatever there is and wherever the listener is. */
    void abandon();

    /** What has been kept so far. */
    Drain.Captured captured();
}
