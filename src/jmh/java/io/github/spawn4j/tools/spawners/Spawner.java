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

    @Override
    default void close() throws IOException {}
}
