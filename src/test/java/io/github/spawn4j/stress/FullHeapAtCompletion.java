// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.os.Faults;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Fills the heap before the first future of a JVM tells a follower. The JDK links what that takes
 * at that moment, and nobody hears of it if that fails. For a JVM of its own. Prints OK, or what
 * was wrong.
 */
final class FullHeapAtCompletion {
    private static final long LIMIT_S = 20;

    private static volatile boolean told;

    private FullHeapAtCompletion() {}

    public static void main(String[] args) throws Exception {
        CompletableFuture<Void> future = new CompletableFuture<>();
        future.whenComplete((done, e) -> told = true);
        complete(new CompletableFuture<>()); // without a follower
        CountDownLatch turn = new CountDownLatch(1);
        Faults.plan(new FirstTurn(turn));
        PidfdProcess.builder("true").start().waitFor();
        boolean turned = turn.await(LIMIT_S, TimeUnit.SECONDS);

        Ballast.fill();
        Ballast.fill(); // what the first time has left for the collector to find
        complete(future);
        Ballast.drop();

        System.out.println(turned && told ? "OK" : "turned: " + turned + ", told: " + told);
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

    /** Tells of the first turn of the reactor, before which it has made itself ready. */
    private static final class FirstTurn implements Faults.Plan {
        private final CountDownLatch turn;

        FirstTurn(CountDownLatch turn) {
            this.turn = turn;
        }

        @Override
        public void call(String name) {}

        @Override
        public void resource(String what) {
            if (what.equals("turn")) {
                turn.countDown();
            }
        }
    }
}
