// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.teardown;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Tears down what asked for it when the JVM ends. Thread-safe.
 *
 * <p>One hook for all, which begins all teardowns at once and then waits for all. The JVM knows it
 * only while one waits: a hook keeps the class loader that it comes from.
 */
public final class Shutdown {
    private static final Log LOG = Log.of(Shutdown.class);

    /** Null while no teardown waits. */
    @GuardedBy("Shutdown.class")
    private static Thread hook;

    /** What waits for the hook; null without one. */
    @GuardedBy("Shutdown.class")
    private static Set<Escalation> waiting;

    /** Whether the JVM has begun to end. */
    @GuardedBy("Shutdown.class")
    private static boolean begun;

    private Shutdown() {}

    /** Whether it is too late for a teardown to wait for the end of the JVM. */
    public static synchronized boolean hasBegun() {
        if (hook == null) {
            // There is no other way to ask.
            addHook();
            removeHook();
        }
        return begun;
    }

    /** Adds a teardown. Returns false if it is too late. */
    static synchronized boolean add(Escalation teardown) {
        if (hook == null) {
            addHook();
        }
        return !begun && waiting.add(teardown);
    }

    /** Takes a teardown back, if it was added. */
    static synchronized void remove(Escalation teardown) {
        if (!begun && hook != null && waiting.remove(teardown) && waiting.isEmpty()) {
            removeHook();
        }
    }

    @GuardedBy("Shutdown.class")
    private static void addHook() {
        Set<Escalation> none = new HashSet<>();
        Thread thread = Threads.daemon("spawn4j-shutdown", 0, Shutdown::run);
        try {
            Runtime.getRuntime().addShutdownHook(thread);
            hook = thread;
            waiting = none;
        } catch (IllegalStateException e) {
            begun = true;
        }
    }

    @GuardedBy("Shutdown.class")
    private static void removeHook() {
        if (hook == null) {
            return;
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
            hook = null;
            waiting = null;
        } catch (IllegalStateException e) {
            begun = true; // and the hook runs, or will
        }
    }

    private static synchronized Set<Escalation> takeAll() {
        begun = true;
        return Set.copyOf(waiting);
    }

    private static void run() {
        List<CompletableFuture<Void>> endings = new ArrayList<>();
        for (Escalation escalation : takeAll()) {
            endings.add(escalation.begin());
        }
        for (CompletableFuture<Void> ending : endings) {
            try {
                ending.join();
            } catch (CompletionException e) {
                LOG.warn("at shutdown", e.getCause());
            }
        }
    }
}
