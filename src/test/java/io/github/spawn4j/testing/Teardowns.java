// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What the tests of teardowns have in common. */
public final class Teardowns {
    /** Soon at its last step. */
    public static final Teardown QUICK =
            Teardown.first(Signal.TERM, ofMillis(100)).then(Signal.KILL, ofSeconds(50));

    private Teardowns() {}

    public static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    public static void await(CompletableFuture<Void> teardown) throws Exception {
        teardown.get(40, TimeUnit.SECONDS);
    }
}
