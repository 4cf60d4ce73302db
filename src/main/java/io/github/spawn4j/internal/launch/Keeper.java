package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Uninterrupted;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One thread that lives as long as the JVM, for what the kernel ties to the thread that did it
 * rather than to the process: tracing, and the signal that a child gets when its parent dies. It
 * does one thing at a time. Started on first use. Thread-safe.
 */
final class Keeper {
    private static final ExecutorService THREAD =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(null, task, "spawn4j-keeper", 0, false);
                        thread.setDaemon(true);
                        return thread;
                    });

    private Keeper() {}

    /** Runs {@code task} on the thread and waits for it. */
    static void run(Runnable task) {
        try {
            call(Executors.callable(task));
        } catch (IOException e) {
            throw new AssertionError("no Runnable throws it", e);
        }
    }

    /** Runs {@code task} on the thread and waits for it. */
    static <T> T call(Callable<T> task) throws IOException {
        return Uninterrupted.get(THREAD.submit(task));
    }
}
