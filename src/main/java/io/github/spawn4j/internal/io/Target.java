package io.github.spawn4j.internal.io;

import java.io.IOException;

/** Whom a teardown reaches: one process or many. Thread-safe. */
public interface Target {
    /**
     * Sends a signal to all; that nobody is left is no error.
     *
     * @throws IOException if the kernel forbids it
     */
    void signal(int signal) throws IOException;

    /**
     * Whether nobody is left. Zombies, which wait for a parent that may never come, do not count.
     */
    boolean isGone() throws IOException;

    /** Whether the other two read files, which may take a while. */
    boolean readsFiles();

    /** Gives up what it takes to reach them. */
    default void release() {}
}
