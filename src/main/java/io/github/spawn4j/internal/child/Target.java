// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** What a teardown reaches: one process or many. Thread-safe. */
public interface Target {
    /**
     * Sends a signal to all; that nobody is left is no error.
     *
     * @throws IOException if the kernel forbids it
     */
    void signal(int signal) throws IOException;

    /** Whether the above reads files, which may take a while. */
    boolean readsFiles();

    /**
     * Whether nobody is left. Zombies, which wait for a parent that may never come, do not count.
     * Does not wait.
     */
    CompletableFuture<Boolean> isGone();

    /** What may be left, as far as that can be told. */
    default String remainder() {
        return "somebody";
    }

    /**
     * To be called when a teardown begins.
     *
     * @return whether the exit of the child is kept back, and so not told, until {@link #letGo} or
     *     {@link #isGone}
     */
    default boolean hold() {
        return false;
    }

    /** To be called when there is no signal to come any more. */
    default void letGo() {}

    /** Gives up what it takes to reach them. */
    default void release() {}
}
