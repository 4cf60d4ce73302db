package io.github.spawn4j.internal.launch;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

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
        Future<T> result = THREAD.submit(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException e) {
                    interrupted = true; // the task goes on, and what it makes must not be lost
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
