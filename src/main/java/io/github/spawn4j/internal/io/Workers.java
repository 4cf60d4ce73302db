package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.TimeSlice;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for what may wait and so must not be done by the reactor: code of users, looks into
 * /proc. Thread-safe.
 */
public final class Workers {
    /*
     * Most tasks are short, and come in bursts: a thousand processes that end at once. So a few
     * threads take them from a queue; to start one for each would keep the reactor from its work
     * for longer than the tasks take. But some block, for as long as they like, and must not keep
     * another process waiting. So when nothing has moved for a moment there is one thread more.
     *
     * Not the common pool: one that blocks is all that it has on two processors, and JDK 17 then
     * starts a thread for each task. Not virtual threads: one that blocks in a monitor can keep its
     * carrier from all others.
     */
    private static final int FEW = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final long IDLE_S = 2;
    private static final long PATIENCE_NS = 2_000_000;
    private static final long RETRY_NS = 10_000_000;

    private static final AtomicInteger LAST = new AtomicInteger();
    private static final AtomicBoolean WATCHED = new AtomicBoolean();

    private static final ThreadPoolExecutor THREADS =
            new ThreadPoolExecutor(
                    FEW,
                    Integer.MAX_VALUE,
                    IDLE_S,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Workers::thread);

    static {
        THREADS.allowCoreThreadTimeOut(true);
    }

    private Workers() {}

    private static Thread thread(Runnable task) {
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            TimeSlice.halve();
                            task.run();
                        },
                        "spawn4j-worker-" + LAST.incrementAndGet(),
                        0,
                        false); // no thread-locals of whoever came first
        thread.setDaemon(true);
        return thread;
    }

    /** Runs {@code task} soon, which must not throw. */
    public static void execute(Runnable task) {
        try {
            THREADS.execute(task);
        } catch (OutOfMemoryError e) { // which is how the JVM says that there is no thread left
            retry(task, e);
        }
        watch();
    }

    private static void retry(Runnable task, OutOfMemoryError reason) {
        try {
            Reactor.schedule(RETRY_NS, () -> execute(task));
        } catch (IOException e) {
            reason.addSuppressed(e);
            throw reason;
        }
    }

    /** Makes sure that somebody looks whether the queue moves, if there is one. */
    private static void watch() {
        if (!THREADS.getQueue().isEmpty() && WATCHED.compareAndSet(false, true)) {
            lookLater(THREADS.getCompletedTaskCount());
        }
    }

    private static void lookLater(long completed) {
        try {
            Reactor.schedule(PATIENCE_NS, () -> look(completed));
        } catch (IOException e) {
            oneMore(); // rather one too many than none
            WATCHED.set(false);
        }
    }

    private static void look(long completedBefore) {
        if (THREADS.getQueue().isEmpty()) {
            THREADS.setCorePoolSize(
                    FEW); // those that are too many end when they have nothing to do
            WATCHED.set(false);
            watch(); // what has come since
            return;
        }
        long completed = THREADS.getCompletedTaskCount();
        if (completed == completedBefore) {
            try {
                oneMore();
            } catch (OutOfMemoryError e) {
                // No thread to be had: look again.
            }
        }
        lookLater(completed);
    }

    private static void oneMore() {
        THREADS.setCorePoolSize(THREADS.getPoolSize() + 1);
        // Where the size is the same as before, as that thread could not be had.
        THREADS.prestartCoreThread();
    }
}
