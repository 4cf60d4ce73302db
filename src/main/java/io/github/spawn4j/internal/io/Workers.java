package io.github.spawn4j.internal.io;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for what may wait and so must not be done by the reactor: callbacks and streams of users,
 * looks into /proc. Thread-safe.
 *
 * <p>As many as are at work: one that blocks must not keep another process waiting. Platform
 * threads, as a virtual one that holds a monitor while it blocks could keep its carrier from all
 * others.
 */
public final class Workers {
    private static final long IDLE_S = 2;
    private static final AtomicInteger LAST = new AtomicInteger();

    private static final Executor THREADS =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_S,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    task -> {
                        Thread thread =
                                new Thread(null, task, "spawn4j-worker-" + LAST.incrementAndGet());
                        thread.setDaemon(true);
                        return thread;
                    });

    private Workers() {}

    /** Runs {@code task} soon, which must not throw. */
    public static void execute(Runnable task) {
        THREADS.execute(task);
    }
}
