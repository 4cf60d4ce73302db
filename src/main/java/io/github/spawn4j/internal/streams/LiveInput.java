// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import java.util.concurrent.CompletableFuture;

/** The input of a child that is written to while it runs. Thread-safe. */
public interface LiveInput {
    /**
     * Writes {@code bytes}, which are not to be changed any more, behind all that came before. Does
     * not wait.
     *
     * @return completed when all of them have been written; exceptionally if they cannot be any
     *     more
     */
    CompletableFuture<Void> write(byte[] bytes);

    /** Ends the input behind what waits. Does not wait. */
    void end();
}
