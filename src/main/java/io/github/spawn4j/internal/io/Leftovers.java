package io.github.spawn4j.internal.io;

import java.lang.ref.Cleaner;

/**
 * The net under descriptors that outlive what they belong to and whose owner is then dropped
 * without being closed.
 */
public final class Leftovers {
    private Leftovers() {}

    /**
     * Runs {@code close}, which must not refer to {@code owner}, when nobody can reach {@code
     * owner} any more.
     */
    public static void closeWhenDropped(Object owner, Runnable close) {
        Lazy.CLEANER.register(owner, close);
    }

    /** Its thread is only started for who needs it. */
    private static final class Lazy {
        private static final Cleaner CLEANER = Cleaner.create();
    }
}
