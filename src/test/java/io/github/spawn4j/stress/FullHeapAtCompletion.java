// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import java.util.concurrent.CompletableFuture;

/**
 * Fills the heap before the first future of a JVM tells a follower. The JDK links what that takes
 * at that moment, and nobody hears of it if that fails. For a JVM of its own. Prints OK, or what
 * was wrong.
 */
final class FullHeapAtCompletion {
    private static volatile boolean told;

    private FullHeapAtCompletion() {}

    public static void main(String[] args) throws Exception {
        CompletableFuture<Void> future = new CompletableFuture<>();
        future.whenComplete((done, e) -> told = true);
        complete(new CompletableFuture<>()); // without a follower
        FirstTurn turn = new FirstTurn();
        PidfdProcess.builder("true").start().waitFor();
        turn.await();

        Ballast.fill();
        Ballast.fill(); // what the first time has left for the collector to find
        complete(future);
        Ballast.drop();

        System.out.println(told ? "OK" : "not told");
    }

    /** Again and again: what cannot be linked yet is thrown where it is not kept back. */
    private static void complete(CompletableFuture<Void> future) {
        boolean done = false;
        while (!done) {
            try {
                future.complete(null);
                done = true;
            } catch (OutOfMemoryError e) {
                Ballast.drop();
            }
        }
    }
}
