// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.internal.os.Faults;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Tells that the reactor has begun its first turn, before which it does, and logs, what it does
 * only once. To be made before the library is used.
 */
final class FirstTurn implements Faults.Plan {
    private static final long LIMIT_S = 30;

    private final CountDownLatch turn = new CountDownLatch(1);

    FirstTurn() {
        Faults.plan(this);
    }

    void await() throws InterruptedException {
        if (!turn.await(LIMIT_S, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the reactor has not begun");
        }
        Faults.plan(null);
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
