// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.lang.ref.Cleaner;

/**
 * The net under descriptors that outlive what they belong to and whose owner is then dropped
 * without being closed. Thread-safe.
 */
public final class Leftovers {
    /** Made when it is first needed, as it takes a thread. */
    private static volatile Cleaner cleaner;

    private Leftovers() {}

    /**
     * Makes sure that an owner can be registered, so that no child is started in vain.
     *
     * @throws IOException with EAGAIN if there is no thread for it; the next call tries again
     */
    public static void prepare() throws IOException {
        try {
            cleaner();
        } catch (OutOfMemoryError e) {
            throw Threads.refusal(e);
        }
    }

    /**
     * Runs {@code close}, which must not refer to {@code owner}, when nobody can reach {@code
     * owner} any more.
     */
    public static void closeWhenDropped(Object owner, Runnable close) {
        cleaner().register(owner, close);
    }

    private static Cleaner cleaner() {
        Cleaner known = cleaner;
        return known != null ? known : create();
    }

    private static synchronized Cleaner create() {
        if (cleaner == null) {
            // On a thread of the JDK's making, which ends when nobody can reach the Cleaner: one of
            // ours would keep our class loader, which keeps the Cleaner.
            cleaner = Cleaner.create();
        }
        return cleaner;
    }
}
