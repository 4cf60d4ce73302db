package io.github.spawn4j.internal.io;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tears down what asked for it when the JVM ends. Thread-safe.
 *
 * <p>One hook for all, which begins all teardowns at once and then waits for all.
 */
public final class Shutdown {
    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);
    private static final Set<Escalation> WAITING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Shutdown::run, "spawn4j-shutdown"));
    }

    private Shutdown() {}

    /**
     * Adds a teardown.
     *
     * @throws IllegalStateException if the JVM is ending
     */
    public static void add(Escalation teardown) {
        WAITING.add(teardown);
    }

    /** Takes a teardown back, if it was added. */
    public static void remove(Escalation teardown) {
        WAITING.remove(teardown);
    }

    private static void run() {
        List<CompletableFuture<Void>> endings = WAITING.stream().map(Escalation::begin).toList();
        for (CompletableFuture<Void> ending : endings) {
            try {
                ending.join();
            } catch (CompletionException e) {
                LOG.warn("at shutdown", e.getCause());
            }
        }
    }
}
