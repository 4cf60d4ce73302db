// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CountDownLatch;

/** Starts virtual threads, from JDK 21 on; compiled for JDK 17, which has none. */
public final class VirtualThread {
    private static final MethodHandle START = find();

    private VirtualThread() {}

    private static MethodHandle find() {
        if (Runtime.version().feature() < 21) {
            return null; // before, a preview or nothing
        }
        try {
            return MethodHandles.publicLookup()
                    .findStatic(
                            Thread.class,
                            "startVirtualThread",
                            MethodType.methodType(Thread.class, Runnable.class));
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("JDK 21 has it", e);
        }
    }

    /** Whether this JVM has virtual threads. */
    public static boolean isSupported() {
        return START != null;
    }

    /** Thread.startVirtualThread(task) */
    public static void start(Runnable task) {
        try {
            Thread unused = (Thread) START.invokeExact(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("startVirtualThread declares none", e);
        }
    }

    /**
     * Makes the scheduler start its carriers, one per processor, so that whatever is counted later
     * is more than that.
     */
    public static void startCarriers() throws InterruptedException {
        int carriers =
                Integer.getInteger(
                        "jdk.virtualThreadScheduler.parallelism",
                        Runtime.getRuntime().availableProcessors());
        CountDownLatch missing = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            start(
                    () -> {
                        missing.countDown();
                        while (missing.getCount() > 0) {
                            Thread.onSpinWait(); // keeps its carrier
                        }
                    });
        }
        missing.await();
    }
}
