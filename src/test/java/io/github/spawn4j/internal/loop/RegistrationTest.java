// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.testing.Eventually;
import java.lang.ref.WeakReference;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A descriptor is registered once, and armed for one event at a time. */
@Timeout(60)
class RegistrationTest {
    private final Semaphore told = new Semaphore(0);

    private void assertTold() throws InterruptedException {
        assertThat(told.tryAcquire(10, SECONDS)).as("told").isTrue();
    }

    @Test
    void isMadeWhenItIsFirstArmedAndKeptAfterwards() throws Exception {
        try (Fd fd = Io.eventFd()) {
            Io.wake(fd.number()); // and so readable for ever
            Registration first = Registration.arm(null, fd, events -> told.release(), Io.POLLIN);
            assertTold();

            Registration second = Registration.arm(first, fd, events -> {}, Io.POLLIN);

            assertTold();
            assertThat(second).isSameAs(first);
            assertThat(told.availablePermits()).isZero();
            first.forget();
        }
    }

    @Test
    void isForgottenIfItCannotBeArmed() throws Exception {
        Fd closed = Io.eventFd();
        new Fd(closed.number()).close(); // behind its back

        WeakReference<Reactor.Handler> handler = refused(closed);

        Eventually.isTrue(
                "nobody keeps its handler",
                () -> {
                    System.gc();
                    return handler.get() == null;
                });
    }

    private static WeakReference<Reactor.Handler> refused(Fd fd) {
        AtomicInteger count = new AtomicInteger(); // so that each has a handler of its own
        Reactor.Handler handler = events -> count.incrementAndGet();
        assertThatThrownBy(() -> Registration.arm(null, fd, handler, Io.POLLIN))
                .isInstanceOf(ErrnoException.class);
        return new WeakReference<>(handler);
    }
}
