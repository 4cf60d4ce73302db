// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Runs something on a thread that ends afterwards, and with it what was done to the thread: other
 * ids, another directory, a signal mask.
 */
public final class OwnThread {
    private static final int NOBODY = 65534;
    private static final long LIMIT_S = 180; // on an emulated machine 200 starts take a minute

    private OwnThread() {}

    /** Starts it. */
    public static <T> FutureTask<T> start(Callable<T> task) {
        FutureTask<T> result = new FutureTask<>(task);
        Thread thread = new Thread(result, "own");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    /** The result, or what went wrong. */
    public static <T> T join(FutureTask<T> task) throws Exception {
        try {
            return task.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        }
    }

    public static <T> T call(Callable<T> task) throws Exception {
        return join(start(task));
    }

    /**
     * Calls it with the ids of nobody and without any privilege, if we are root; else as we are,
     * which is without privilege too.
     */
    public static <T> T callUnprivileged(Callable<T> task) throws Exception {
        return call(
                () -> {
                    if (LibC.isRoot()) {
                        LibC.setIds(NOBODY, NOBODY, NOBODY);
                    }
                    return task.call();
                });
    }

    /** Waits for what /proc only tells if asked. */
    public static void await(String what, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(LIMIT_S)) {
                throw new AssertionError("did not happen: " + what);
            }
            Thread.yield();
        }
    }
}
