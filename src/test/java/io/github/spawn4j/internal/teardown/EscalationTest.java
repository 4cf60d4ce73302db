// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.teardown;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a teardown does, step by step, and that it does again what has failed for want of something.
 */
@Timeout(60)
class EscalationTest {
    private static final int SIGINT = 2;
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int SIGCONT = 18;
    private static final int SIGTSTP = 20;

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

        new Escalation(child(), target, List.of(), null, false).kill();

        assertThat(target.killed.await(10, SECONDS)).as("killed").isTrue();
    }

    @Test
    void killsWhenThereAreDescriptorsAgain() throws Exception {
        target.nextSignal.set(new ErrnoException("openat", Errno.EMFILE));

        new Escalation(child(), target, List.of(), null, false).kill();

        assertThat(target.killed.await(10, SECONDS)).as("killed").isTrue();
    }

    @Test
    void killsNobodyAgainWhomItMayNotKill() throws Exception {
        target.nextSignal.set(new ErrnoException("pidfd_send_signal", Errno.EPERM));

        new Escalation(child(), target, List.of(), null, false).kill();

        assertThat(target.killed.getCount()).isEqualTo(1);
    }

    @Test
    void endsAlthoughThereIsNoMemoryInTheVeryMoment() throws Exception {
        Child child = child();
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

    /** Whoever a signal reaches, and the order in which it was reached. */
    private static final class Recording implements Target {
        private final List<Integer> signals = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Void> released = new CompletableFuture<>();
        private final Set<Integer> deadly;
        private volatile boolean gone;

        Recording(Integer... deadly) {
            this.deadly = Set.of(deadly);
        }

        @Override
        public void signal(int signal) {
            signals.add(signal);
            gone |= deadly.contains(signal);
        }

        @Override
        public CompletableFuture<Boolean> isGone() {
            return CompletableFuture.completedFuture(gone);
        }

        @Override
        public boolean readsFiles() {
            return false;
        }

        @Override
        public String toString() {
            return "all of them";
        }

        @Override
        public void release() {
            released.complete(null);
        }
    }

    /** A process of the JDK's that ends when nobody writes to it any more. */
    private final Process process = cat();

    private static Process cat() {
        try {
            return new ProcessBuilder("cat").start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly().waitFor();
    }

    private Child child() throws IOException {
        int pid = (int) process.pid();
        return Child.watch(pid, Pidfd.open(pid).orElseThrow(), new Child.Stream[0], false, null);
    }

    private Child childThatEnds() throws IOException {
        Child child = child(); // before it ends, as the JDK reaps it then
        process.getOutputStream().close();
        return child;
    }

    private static Escalation.Send send(int signal, long graceMs) {
        return new Escalation.Send(signal, MILLISECONDS.toNanos(graceMs));
    }

    @Test
    void takesEachStepWhenTheGraceOfTheOneBeforeIsOver() throws Exception {
        Recording target = new Recording();

        CompletableFuture<Void> ended =
                new Escalation(
                                child(),
                                target,
                                List.of(send(SIGTERM, 1), send(SIGINT, 1), send(SIGTSTP, 1)),
                                null,
                                false)
                        .begin();

        assertThatThrownBy(() -> ended.get(10, SECONDS))
                .cause()
                .isInstanceOf(IOException.class)
                .hasMessage("the teardown of all of them has left somebody");
        // A process that is stopped meets what it can handle only when it goes on.
        assertThat(target.signals).containsExactly(SIGTERM, SIGCONT, SIGINT, SIGCONT, SIGTSTP);
        assertThat(target.released).isCompleted();
    }

    @Test
    void takesNoFurtherStepWhenNobodyIsLeft() throws Exception {
        Recording target = new Recording(SIGTERM);

        CompletableFuture<Void> ended =
                new Escalation(
                                childThatEnds(),
                                target,
                                List.of(send(SIGTERM, 60_000), send(SIGKILL, 60_000)),
                                null,
                                false)
                        .begin();

        ended.get(10, SECONDS);
        assertThat(target.signals).containsExactly(SIGTERM, SIGCONT);
    }

    @Test
    void passesOverAnInputThatIsNotOurs() throws Exception {
        Recording target = new Recording(SIGKILL);

        CompletableFuture<Void> ended =
                new Escalation(
                                childThatEnds(),
                                target,
                                List.of(
                                        new Escalation.CloseInput(SECONDS.toNanos(60)),
                                        send(SIGKILL, 60_000)),
                                null,
                                false)
                        .begin();

        ended.get(10, SECONDS);
        assertThat(target.signals).containsExactly(SIGKILL);
    }

    @Test
    void endsTheInputFirstAndGivesItUpAfterItsGrace() throws Exception {
        Recording target = new Recording(SIGKILL);
        List<String> calls = new CopyOnWriteArrayList<>();
        Child.Input input =
                new Child.Input() {
                    @Override
                    public void end() {
                        calls.add("end");
                    }

                    @Override
                    public void close() {
                        calls.add("close");
                    }
                };

        CompletableFuture<Void> ended =
                new Escalation(
                                childThatEnds(),
                                target,
                                List.of(
                                        new Escalation.CloseInput(MILLISECONDS.toNanos(1)),
                                        send(SIGKILL, 60_000)),
                                input,
                                false)
                        .begin();

        ended.get(10, SECONDS);
        assertThat(calls).startsWith("end", "close");
        assertThat(target.signals).containsExactly(SIGCONT, SIGKILL);
    }

    @Test
    void isNotBegunOnceItHasBeenReleased() throws Exception {
        Recording target = new Recording();
        Escalation escalation =
                new Escalation(child(), target, List.of(send(SIGKILL, 1)), null, false);

        escalation.release();

        assertThat(escalation.begin()).isCompleted();
        assertThat(target.signals).isEmpty();
        assertThat(target.released).isCompleted();
    }
}
