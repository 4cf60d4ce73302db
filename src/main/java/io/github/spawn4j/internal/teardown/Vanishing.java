// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.teardown;

import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** Tells when none of many processes is left. No event of the kernel tells that, so it polls. */
public final class Vanishing {
    private static final long FIRST_LOOK_NS = 1_000_000;
    private static final long LAST_LOOK_NS = 32_000_000;

    private Vanishing() {}

    /**
     * Completed, by a thread of the library, when nobody is left; exceptionally if that cannot be
     * told. Whoever completes it ends the looking.
     */
    public static CompletableFuture<Void> of(Target target) {
        CompletableFuture<Void> told = new CompletableFuture<>();
        look(target, told, FIRST_LOOK_NS);
        return told;
    }

    private static void look(Target target, CompletableFuture<Void> told, long delayNs) {
        if (told.isDone()) {
            return;
        }
        // Made before, as there may be no memory when it is needed.
        Errand again = new Errand(() -> look(target, told, delayNs));
        target.isGone().whenComplete((gone, e) -> note(gone, e, target, told, delayNs, again));
    }

    /** What is thrown here the future would keep to itself, and nobody look again. */
    private static void note(
            Boolean gone,
            Throwable e,
            Target target,
            CompletableFuture<Void> told,
            long delayNs,
            Errand again) {
        try {
            if (e != null) {
                new Errand(() -> told.completeExceptionally(e)).run();
            } else if (gone) {
                new Errand(() -> told.complete(null)).run();
            } else {
                later(target, told, delayNs);
            }
        } catch (Throwable thrown) {
            Reactor.retry(again);
        }
    }

    private static void later(Target target, CompletableFuture<Void> told, long delayNs) {
        long next = Math.min(2 * delayNs, LAST_LOOK_NS);
        Errand look = new Errand(() -> look(target, told, next));
        try {
            Reactor.schedule(delayNs, look::attemptHere);
        } catch (IOException | RuntimeException | Error e) {
            new Errand(() -> told.completeExceptionally(e)).run();
        }
    }
}
