package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Uninterrupted;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * One thread that lives as long as the JVM, for what the kernel ties to the thread that did it
 * rather than to the process: tracing. Started on first use. Thread-safe.
 */
final class Keeper {
    private static final ExecutorService THREAD =
            Executors.newSingleThreadExecutor(
                    task -> {
                        Thread thread = new Thread(null, task, "spawn4j-keeper");
                        thread.setDaemon(true);
                        return thread;
                    });

    private Keeper() {}

    /** Runs {@code task} on the thread and waits for it. */
    static <T> T call(Callable<T> task) throws IOException {
        return Uninterrupted.get(THREAD.submit(task));
    }
}
