package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Log;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Tears down what asked for it when the JVM ends. Thread-safe.
 *
 * <p>One hook for all, which begins all teardowns at once and then waits for all.
 */
public final class Shutdown {
    private static final Log LOG = Log.of(Shutdown.class);

    /** Null from the moment at which the JVM began to end. */
    private static Set<Escalation> waiting = new HashSet<>();

    static {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::run, "spawn4j-shutdown"));
        } catch (IllegalStateException e) {
            waiting = null; // it has begun
        }
    }

    private Shutdown() {}

    /** Whether it is too late for a teardown to wait for the end of the JVM. */
    public static synchronized boolean hasBegun() {
        return waiting == null;
    }

    /** Adds a teardown. Returns false if it is too late. */
    static synchronized boolean add(Escalation teardown) {
        return waiting != null && waiting.add(teardown);
    }

    /** Takes a teardown back, if it was added. */
    static synchronized void remove(Escalation teardown) {
        if (waiting != null) {
            waiting.remove(teardown);
        }
    }

    private static synchronized Set<Escalation> takeAll() {
        Set<Escalation> all = waiting;
        waiting = null;
        return all;
    }

    private static void run() {
        List<CompletableFuture<Void>> endings = takeAll().stream().map(Escalation::begin).toList();
        for (CompletableFuture<Void> ending : endings) {
            try {
                ending.join();
            } catch (CompletionException e) {
                LOG.warn("at shutdown", e.getCause());
            }
        }
    }
}
