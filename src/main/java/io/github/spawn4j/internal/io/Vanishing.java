package io.github.spawn4j.internal.io;

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
        target.isGone()
                .whenComplete(
                        (gone, e) -> {
                            if (e != null) {
                                new Errand(() -> told.completeExceptionally(e)).run();
                            } else if (gone) {
                                new Errand(() -> told.complete(null)).run();
                            } else {
                                again(target, told, delayNs);
                            }
                        });
    }

    private static void again(Target target, CompletableFuture<Void> told, long delayNs) {
        try {
            long next = Math.min(2 * delayNs, LAST_LOOK_NS);
            Reactor.schedule(delayNs, () -> look(target, told, next));
        } catch (IOException | RuntimeException | Error e) {
            new Errand(() -> told.completeExceptionally(e)).run();
        }
    }
}
