package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Fd;
import java.lang.ref.Cleaner;

/**
 * The net under descriptors that outlive what they belong to and whose owner is then dropped
 * without being closed.
 */
public final class Leftovers {
    private Leftovers() {}

    /**
     * Closes {@code fd}, which must not refer to {@code owner}, when nobody can reach {@code owner}
     * any more.
     */
    public static void closeWhenDropped(Object owner, Fd fd) {
        Lazy.CLEANER.register(owner, fd::close);
    }

    /** Its thread is only started for who needs it. */
    private static final class Lazy {
        private static final Cleaner CLEANER = Cleaner.create();
    }
}
