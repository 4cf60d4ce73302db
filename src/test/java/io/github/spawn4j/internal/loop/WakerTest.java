// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What ends a wait is kept for the next one, for a moment. */
@Timeout(60)
class WakerTest {
    @AfterEach
    void closeIdle() {
        Waker.closeIdle();
    }

    /** The reactor then expects another start for a tenth of a second. */
    private static void startAProcess() throws Exception {
        PidfdProcess.builder("true").inheritIO().start().waitFor();
    }

    @Test
    void isUsedAgainWhileProcessesAreStarted() throws Exception {
        Eventually.isTrue(
                () -> "a waker comes back",
                () -> {
                    startAProcess();
                    Waker first = Waker.take();
                    first.giveBack();
                    Waker second = Waker.take();
                    second.giveBack();
                    return second == first;
                });
    }

    @Test
    void isClosedSoonAfterTheLastStart() throws Exception {
        startAProcess();
        Waker waker = Waker.take();
        waker.giveBack();

        Eventually.isTrue(() -> "the idle waker is closed", () -> isClosed(waker));
    }

    private static boolean isClosed(Waker waker) {
        int number = waker.acquire();
        waker.release(number);
        return number < 0;
    }

    @Test
    void isNotKeptWithoutLimit() throws Exception {
        startAProcess();
        List<Waker> crowd = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            crowd.add(Waker.take());
        }

        crowd.forEach(Waker::giveBack);

        assertThat(crowd).filteredOn(waker -> !isClosed(waker)).hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void isNotUsedAgainAfterItHasEndedAWait() throws Exception {
        startAProcess();
        Waker.closeIdle();
        Poll poll = new Poll();
        poll.wake();
        poll.close();

        assertThat(waits()).isTrue();
    }

    @Test
    void isNotUsedAgainAfterAnInterruptHasEndedAWait() throws Exception {
        Waker.closeIdle();
        PidfdProcess sleep = PidfdProcess.builder("sleep", "60").start();
        Thread.currentThread().interrupt();
        try {
            sleep.waitFor();
        } catch (InterruptedException e) {
            // as it should be
        }
        boolean waits = waits();
        sleep.destroyForcibly().waitFor();

        assertThat(waits).isTrue();
    }

    @Test
    void isNotWokenAfterItsWait() throws Exception {
        startAProcess();
        Poll over = new Poll();
        over.close();
        over.wake();

        assertThat(waits()).isTrue();
    }

    /** Whether nothing has woken the waker that the next wait takes. */
    private static boolean waits() throws Exception {
        Waker waker = Waker.take();
        int number = waker.acquire();
        try {
            return Io.await(number, Io.POLLIN, -1, 0) == 0;
        } finally {
            waker.release(number);
            waker.giveBack();
        }
    }
}
