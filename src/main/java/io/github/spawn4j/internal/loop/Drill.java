// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/**
 * What the reactor thread does before anything else, so that it has been done once: what is called
 * for the first time when there is no memory cannot be loaded or linked. Confined to that thread.
 */
final class Drill extends Chore {
    private Exception failure = new Exception();

    /** Fails once, as every chore may. */
    @Override
    protected void perform() throws Exception {
        completeFuture();
        Exception now = failure;
        failure = null;
        if (now != null) {
            throw now;
        }
    }

    /**
     * A future links what it calls when it first tells a follower, and keeps to itself that it
     * found no memory for that: the follower, a run perhaps, would wait for ever.
     */
    private static void completeFuture() {
        Follower follower = new Follower();
        CompletableFuture<Void> future = new CompletableFuture<>();
        future.whenComplete(follower);
        future.complete(null);
        if (!follower.told) {
            throw new OutOfMemoryError("a future could not be linked"); // to be done again
        }
    }

    /** A class, as to link a lambda takes longer than all the rest. */
    private static final class Follower implements BiConsumer<Void, Throwable> {
        private boolean told;

        @Override
        public void accept(Void done, Throwable failed) {
            told = true;
        }
    }

    @Override
    public String toString() {
        return "a drill";
    }
}
