// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for what becomes true without telling anybody, and fails loudly if it does not. */
public final class Eventually {
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private Eventually() {}

    public static void isTrue(String what, Callable<Boolean> condition) throws Exception {
        isTrue(() -> what, condition);
    }

    public static void isTrue(Supplier<String> what, Callable<Boolean> condition) throws Exception {
        long startNs = System.nanoTime();
        while (!condition.call()) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new AssertionError("did not happen: " + what.get());
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }
}
