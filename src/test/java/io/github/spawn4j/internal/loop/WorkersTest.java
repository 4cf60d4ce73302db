// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many threads there are for what, and that nobody waits for another's task. */
@Timeout(60)
class WorkersTest {
    private static final int FEW = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int MOST = 512;
    private static final long LIMIT_S = 30;

    /** After so long an idle thread ends. */
    private static final long IDLE_NS = 2_000_000_000;

    /** After so long a task is stuck that waits, and one that seems to run. */
    private static final long PATIENCE_NS = 2_000_000;

    private static final long LONG_PATIENCE_NS = 100_000_000;

    /** Workers of a test's own, for whom time passes when the test says so. */
    private final Workers workers = new Workers(this::nanoTime);

    private final AtomicLong nowNs = new AtomicLong();

    /** When each thread last asked for the time, except the reactor. */
    private final ConcurrentHashMap<Thread, Long> looked = new ConcurrentHashMap<>();

    /** How often the reactor has looked who is stuck. */
    private final Semaphore looks = new Semaphore(0);

    private long nanoTime() {
        long now = nowNs.get();
        if (Thread.currentThread().getName().equals("spawn4j-reactor")) {
            looks.release();
        } else {
            looked.put(Thread.currentThread(), now);
        }
        return now;
    }

    @AfterEach
    void endThreads() {
        Faults.plan(null);
        awaitTrue(
                "all threads have ended",
                () -> {
                    nowNs.addAndGet(IDLE_NS); // once more for whoever has become idle since
                    looked.keySet().forEach(LockSupport::unpark);
                    return threads() == 0;
                });
    }

    private static void awaitTrue(String what, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(LIMIT_S)) {
                fail("did not happen: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void awaitIdle(Thread thread) {
        awaitTrue(
                thread + " is idle or has ended",
                () -> LockSupport.getBlocker(thread) == workers || !thread.isAlive());
    }

    /** Of a thread whose time has come, which need not pass. */
    private static void awaitEnd(Thread thread) throws InterruptedException {
        LockSupport.unpark(thread);
        thread.join(TimeUnit.SECONDS.toMillis(LIMIT_S));
        assertThat(thread.isAlive()).as("lives: " + thread).isFalse();
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("spawn4j-worker"))
                .count();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void echo() throws Exception {
        PidfdProcess.builder("/bin/echo", "x")
                .runAsync(RunOptions.timeout(Duration.ofSeconds(LIMIT_S)))
                .get(LIMIT_S, TimeUnit.SECONDS);
    }

    /** Runs a task, and waits until its thread is idle again. Returns the thread. */
    private Thread runOne() throws Exception {
        CompletableFuture<Thread> ran = new CompletableFuture<>();
        workers.take(() -> ran.complete(Thread.currentThread()));
        Thread thread = ran.get(LIMIT_S, TimeUnit.SECONDS);
        awaitIdle(thread);
        return thread;
    }

    /** Has as many threads as move at once, which become idle one after the other. */
    private List<Thread> becomeIdle() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<CountDownLatch> releases = new ArrayList<>();
        for (int i = 0; i < FEW; i++) {
            CompletableFuture<Thread> begun = new CompletableFuture<>();
            CountDownLatch release = new CountDownLatch(1);
            workers.take(
                    () -> {
                        begun.complete(Thread.currentThread());
                        await(release);
                    });
            threads.add(begun.get(LIMIT_S, TimeUnit.SECONDS));
            releases.add(release);
        }
        awaitLook();
        for (int i = 0; i < FEW; i++) {
            releases.get(i).countDown();
            awaitIdle(threads.get(i));
        }
        return threads;
    }

    /**
     * Waits for a look that was planned as the last task waited for its thread: a late one would
     * wake a second thread for the next task, should the first be slow to come.
     */
    private static void awaitLook() throws Exception {
        CountDownLatch passed = new CountDownLatch(1);
        Reactor.schedule(PATIENCE_NS, passed::countDown); // behind it, as it was planned before
        assertThat(passed.await(LIMIT_S, TimeUnit.SECONDS)).as("the look is over").isTrue();
    }

    /** If they took turns, none would be idle for long enough to end. */
    @Test
    void useTheThreadAgainThatBecameIdleLast() throws Exception {
        List<Thread> threads = becomeIdle();

        for (int i = 0; i < 20; i++) {
            assertThat(runOne()).isSameAs(threads.get(FEW - 1));
        }
    }

    @Test
    void endThoseThatHaveBeenIdleForAWhile() throws Exception {
        List<Thread> threads = becomeIdle();
        nowNs.addAndGet(IDLE_NS - 1);
        Thread used = runOne();
        nowNs.incrementAndGet();

        for (Thread thread : threads) {
            if (thread != used) {
                awaitEnd(thread);
            }
        }

        LockSupport.unpark(used);
        awaitTrue("it looks at the time", () -> looked.get(used) == nowNs.get());
        awaitIdle(used);
        assertThat(runOne()).isSameAs(used);
    }

    @Test
    void areNoMoreThanAFewUnderASteadyLoad() throws Exception {
        Set<Thread> used = ConcurrentHashMap.newKeySet();
        List<FutureTask<Void>> load = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            FutureTask<Void> task =
                    new FutureTask<>(
                            () -> {
                                for (int round = 0; round < 500; round++) {
                                    CountDownLatch done = new CountDownLatch(1);
                                    workers.take(
                                            () -> {
                                                used.add(Thread.currentThread());
                                                done.countDown();
                                            });
                                    await(done);
                                }
                                return null;
                            });
            new Thread(task, "load").start();
            load.add(task);
        }
        for (FutureTask<Void> task : load) {
            task.get(LIMIT_S, TimeUnit.SECONDS);
        }

        assertThat(used).hasSizeBetween(1, FEW);
    }

    /** Takes up all that move, for as long as the tasks last. */
    private void occupy(Runnable task) throws Exception {
        CountDownLatch begun = new CountDownLatch(FEW);
        for (int i = 0; i < FEW; i++) {
            workers.take(
                    () -> {
                        begun.countDown();
                        task.run();
                    });
        }
        await(begun);
    }

    private void awaitLooks() throws InterruptedException {
        looks.drainPermits();
        assertThat(looks.tryAcquire(3, LIMIT_S, TimeUnit.SECONDS)).as("looks").isTrue();
    }

    /** On a busy machine tasks take long, and more threads would make that worse. */
    @Test
    void replaceOneThatSeemsToRunAfterALongTimeOnly() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch another = new CountDownLatch(1);
        try {
            occupy(
                    () -> {
                        while (!done.get()) {
                            Thread.onSpinWait();
                        }
                    });
            workers.take(another::countDown);
            awaitLooks();
            nowNs.addAndGet(LONG_PATIENCE_NS - 1);
            awaitLooks();
            assertThat(another.getCount()).as("those that wait for a thread").isOne();

            nowNs.incrementAndGet();

            await(another);
        } finally {
            done.set(true);
        }
    }

    @Test
    void replaceOneThatWaitsSoon() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch another = new CountDownLatch(1);
        try {
            occupy(() -> await(release));
            workers.take(another::countDown);
            awaitLooks();
            assertThat(another.getCount()).as("those that wait for a thread").isOne();

            nowNs.addAndGet(PATIENCE_NS);

            await(another);
        } finally {
            release.countDown();
        }
    }

    /** Fails so many starts of threads, and so many attempts to have somebody look later. */
    private static final class Want implements Faults.Plan {
        private final Error thrown;
        private final AtomicInteger starts;
        private final AtomicInteger timers;

        Want(int starts, int timers, Error thrown) {
            this.starts = new AtomicInteger(starts);
            this.timers = new AtomicInteger(timers);
            this.thrown = thrown;
        }

        @Override
        public void call(String name) throws ErrnoException {}

        @Override
        public void resource(String what) {
            if (what.startsWith("spawn4j-worker") && starts.getAndDecrement() > 0) {
                throw new OutOfMemoryError("no thread for now");
            }
            if (what.equals("timer") && timers.getAndDecrement() > 0) {
                throw thrown;
            }
        }

        void assertUsed() {
            assertThat(starts).hasNonPositiveValue();
            assertThat(timers).hasNonPositiveValue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void loseNoTaskWhileNoThreadCanBeHad(int timers) throws Exception {
        for (Error thrown :
                List.of(
                        new OutOfMemoryError("of a test"),
                        new StackOverflowError("of a test"),
                        new InternalError("of a test"))) {
            Workers fresh = new Workers(this::nanoTime);
            Want want = new Want(4, timers, thrown);
            CountDownLatch done = new CountDownLatch(1);
            Faults.plan(want);

            fresh.take(done::countDown);

            await(done);
            want.assertUsed();
        }
    }

    @Test
    void doNotKeepAProcessWaitingForListenersThatBlock() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<CompletableFuture<Void>> blocked = new ArrayList<>();
        try {
            PidfdProcess process = PidfdProcess.builder("/bin/cat").start();
            for (int i = 0; i < MOST - FEW; i++) {
                blocked.add(process.onExit().thenAccept(ended -> await(release)));
            }
            process.destroyForcibly();

            echo();
        } finally {
            release.countDown();
        }
        for (CompletableFuture<Void> task : blocked) {
            task.get(LIMIT_S, TimeUnit.SECONDS);
        }
    }

    @Test
    void areBoundedAndLoseNothing() throws Exception {
        CountDownLatch full = new CountDownLatch(MOST);
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch all = new CountDownLatch(2 * MOST);
        for (int i = 0; i < 2 * MOST; i++) {
            Workers.execute(
                    () -> {
                        full.countDown();
                        await(release);
                        all.countDown();
                    });
        }
        await(full);
        assertThat(threads()).isEqualTo(MOST);
        release.countDown();
        await(all);
    }

    @Test
    void outliveWhateverATaskThrows() throws Exception {
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        for (Throwable thrown :
                List.of(
                        new OutOfMemoryError("of a test"),
                        new StackOverflowError(),
                        new IllegalStateException("of a test"))) {
            CountDownLatch begun = new CountDownLatch(1);
            workers.take(
                    () -> {
                        threads.add(Thread.currentThread());
                        Thread.currentThread().interrupt();
                        begun.countDown();
                        throwAny(thrown);
                    });
            await(begun);
        }
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        workers.take(
                () -> {
                    threads.add(Thread.currentThread());
                    interrupted.complete(Thread.currentThread().isInterrupted());
                });

        assertThat(interrupted.get(LIMIT_S, TimeUnit.SECONDS)).isFalse();
        assertThat(threads).hasSize(4).allMatch(Thread::isAlive);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> void throwAny(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** As many as there are threads that move run side by side, and are not taken for stuck. */
    @Test
    void runAFewTasksSideBySide() throws Exception {
        CyclicBarrier together = new CyclicBarrier(FEW);
        CountDownLatch passed = new CountDownLatch(FEW);
        for (int i = 0; i < FEW; i++) {
            workers.take(
                    () -> {
                        try {
                            together.await(LIMIT_S, TimeUnit.SECONDS);
                            passed.countDown();
                        } catch (InterruptedException
                                | BrokenBarrierException
                                | TimeoutException e) {
                            throw new AssertionError(e);
                        }
                    });
        }
        await(passed);
    }

    /** A thread that waits in the kernel looks to Java as if it ran. */
    @Test
    void replaceThoseThatWaitInTheKernel() throws Exception {
        CountDownLatch read = new CountDownLatch(FEW);
        Pipe pipe = Pipe.open();
        for (int i = 0; i < FEW; i++) {
            Workers.execute(
                    () -> {
                        try {
                            assertThat(pipe.source().read(ByteBuffer.allocate(1))).isNegative();
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                        read.countDown();
                    });
        }
        echo();
        pipe.sink().close();
        await(read);
        pipe.source().close();
    }
}
