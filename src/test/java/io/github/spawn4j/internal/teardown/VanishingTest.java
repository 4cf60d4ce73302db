// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.teardown;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.internal.child.Target;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whether somebody is left is looked at until it is known. */
class VanishingTest {
    @Test
    void looksAgainAfterALookForWhichThereWasNoMemory() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        Target target =
                new Target() {
                    @Override
                    public void signal(int signal) {}

                    @Override
                    public boolean readsFiles() {
                        return false;
                    }

                    @Override
                    public CompletableFuture<Boolean> isGone() {
                        int look = looks.incrementAndGet();
                        if (look == 2) {
                            throw new OutOfMemoryError("of the test");
                        }
                        return CompletableFuture.completedFuture(look == 3);
                    }
                };

        Vanishing.of(target).get(30, TimeUnit.SECONDS);

        assertThat(looks).hasValue(3);
    }
}
