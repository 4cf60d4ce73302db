// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import static java.util.concurrent.TimeUnit.HOURS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Sandbox;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.TestCgroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the reactor does at a point in time. */
@Timeout(60)
class TimerTest {
    /** The reactor is kept busy until it is cancelled, when it is due already. */
    @Test
    void doesNotBeginWhatWasCancelled() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch later = new CountDownLatch(1);
        Reactor.schedule(
                0,
                () -> {
                    busy.countDown();
                    awaitQuietly(cancelled);
                });
        busy.await();
        Timer timer = Reactor.schedule(0, begun::incrementAndGet);
        Reactor.schedule(1, later::countDown);

        timer.cancel();
        cancelled.countDown();

        later.await();
        assertThat(begun).hasValue(0);
    }

    @Test
    void isOverWhenItIsCancelledWhileItsTaskRuns() throws Exception {
        AtomicInteger begun = new AtomicInteger();
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        Timer timer =
                Reactor.schedule(
                        0,
                        () -> {
                            begun.incrementAndGet();
                            running.countDown();
                            awaitQuietly(cancelled);
                            throw new OutOfMemoryError("so that it would be done again");
                        });
        running.await();
        timer.cancel();
        cancelled.countDown();

        CountDownLatch later = new CountDownLatch(1);
        Reactor.schedule(MILLISECONDS.toNanos(50), later::countDown);
        later.await();
        assertThat(begun).hasValue(1);
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void doesAgainWhatHasFailed() throws Exception {
        CountDownLatch attempts = new CountDownLatch(3);
        Reactor.schedule(
                0,
                () -> {
                    attempts.countDown();
                    if (attempts.getCount() > 0) {
                        throw new OutOfMemoryError("none for now");
                    }
                });

        assertThat(attempts.await(10, SECONDS)).isTrue();
    }

    @Test
    void doesWhatIsDueAlthoughAnotherAlwaysFails() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        Timer hopeless =
                Reactor.schedule(
                        0,
                        () -> {
                            throw new IllegalStateException("always");
                        });
        try {
            Reactor.schedule(MILLISECONDS.toNanos(20), done::countDown);

            assertThat(done.await(10, SECONDS)).isTrue();
        } finally {
            hopeless.cancel();
        }
    }

    @Test
    void isKeptByNobodyOnceItIsCancelled() throws Exception {
        Timer timer = Reactor.schedule(HOURS.toNanos(1), () -> {});

        timer.cancel();

        assertNoneIsKept();
    }

    /** Those of other tests end soon. */
    private static void assertNoneIsKept() throws Exception {
        Eventually.isTrue("no timer is kept", () -> Timer.earliestNs() == Deadline.NONE);
    }

    @Test
    void isKeptByNobodyOnceTheProcessHasEndedThatItLimits(@TempDir Path scratch) throws Exception {
        assertNoneIsKeptOf(Sandbox.of(scratch).time(Duration.ofHours(1)));
    }

    @Test
    void isKeptByNobodyOnceTheProcessHasEndedWhoseCpuTimeItWatches(@TempDir Path scratch)
            throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made: the kernel watches it");

        assertNoneIsKeptOf(Sandbox.of(scratch).cpuTime(Duration.ofHours(1)));
    }

    private static void assertNoneIsKeptOf(Sandbox sandbox) throws Exception {
        PidfdProcess cat = PidfdProcess.builder("cat").sandbox(sandbox).start();
        cat.getOutputStream().close();
        cat.waitFor();

        assertNoneIsKept();
    }
}
