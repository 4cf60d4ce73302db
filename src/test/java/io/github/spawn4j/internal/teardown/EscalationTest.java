package io.github.spawn4j.internal.teardown;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A step that fails for want of something is taken again. */
@Timeout(60)
class EscalationTest {
    private static final int SIGKILL = 9;

    /** Nobody, whom signals reach once nothing fails any more. */
    private static final class Nobody implements Target {
        private final CountDownLatch killed = new CountDownLatch(1);
        private final AtomicReference<Throwable> nextSignal = new AtomicReference<>();
        private final AtomicReference<Error> nextRelease = new AtomicReference<>();

        @Override
        public void signal(int signal) throws IOException {
            Throwable failure = nextSignal.getAndSet(null);
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
            if (signal == SIGKILL) {
                killed.countDown();
            }
        }

        @Override
        public CompletableFuture<Boolean> isGone() {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public boolean readsFiles() {
            return false;
        }

        @Override
        public void release() {
            Error failure = nextRelease.getAndSet(null);
            if (failure != null) {
                throw failure;
            }
        }
    }

    private final Nobody target = new Nobody();

    @Test
    void killsWhenThereIsMemoryAgain() throws Exception {
        target.nextSignal.set(new OutOfMemoryError("none for now"));

        new Escalation(null, target, List.of(), null, false).kill();

        assertThat(target.killed.await(10, SECONDS)).as("killed").isTrue();
    }

    @Test
    void killsWhenThereAreDescriptorsAgain() throws Exception {
        target.nextSignal.set(new ErrnoException("openat", Errno.EMFILE));

        new Escalation(null, target, List.of(), null, false).kill();

        assertThat(target.killed.await(10, SECONDS)).as("killed").isTrue();
    }

    @Test
    void killsNobodyAgainWhomItMayNotKill() {
        target.nextSignal.set(new ErrnoException("pidfd_send_signal", Errno.EPERM));

        new Escalation(null, target, List.of(), null, false).kill();

        assertThat(target.killed.getCount()).isEqualTo(1);
    }

    @Test
    void endsAlthoughThereIsNoMemoryInTheVeryMoment() throws Exception {
        Process process = new ProcessBuilder("cat").start(); // which nobody reaps before we look
        Child child =
                Child.watch(
                        (int) process.pid(),
                        Pidfd.open((int) process.pid()).orElseThrow(),
                        new Child.Stream[0],
                        false,
                        null);
        process.getOutputStream().close();
        target.nextRelease.set(new OutOfMemoryError("none for now"));

        CompletableFuture<Void> ended =
                new Escalation(
                                child,
                                target,
                                List.of(new Escalation.Send(SIGKILL, SECONDS.toNanos(60))),
                                null,
                                false)
                        .begin();

        assertThatCode(() -> ended.get(10, SECONDS)).doesNotThrowAnyException();
    }
}
