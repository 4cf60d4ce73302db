// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import java.io.IOException;

/**
 * Starts one program again and again, with standard streams that lead nowhere. One thread at a
 * time.
 */
public interface Spawner extends AutoCloseable {
    /**
     * Starts the program {@code count} times, each time waiting for its exit, and adds the times.
     */
    void spawn(int count, Samples samples) throws IOException, InterruptedException;

    /** A program that runs. */
    interface Started {
        /** Waits for its exit. */
        void await() throws IOException, InterruptedException;
    }

    /**
     * Starts the program once, and does not wait.
     *
     * @throws UnsupportedOperationException if this cannot start without waiting
     */
    default Started start() throws IOException {
        throw new UnsupportedOperationException("starts and waits in one call");
    }

    @Override
    default void close() throws IOException {}
}
