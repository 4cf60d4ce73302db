package io.github.spawn4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many threads there are for what, and that nobody waits for another's task. */
@Timeout(60)
class WorkersTest {
    private static final int FEW = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int MOST = 512;
    private static final long LIMIT_S = 30;

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("spawn4j-worker"))
                .count();
    }

    private static void awaitThreads(long most) {
        long startNs = System.nanoTime();
        while (threads() > most) {
            assertThat(System.nanoTime() - startNs)
                    .as("time for all but %d of %d threads to end", most, threads())
                    .isLessThan(TimeUnit.SECONDS.toNanos(LIMIT_S));
            LockSupport.parkNanos(10_000_000);
        }
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

    private static FutureTask<Void> start(FutureTask<Void> task) {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        thread.start();
        return task;
    }

    @Test
    void areFewUnderASteadyLoadOnABusyMachine() throws Exception {
        AtomicInteger rounds = new AtomicInteger(2000);
        AtomicBoolean done = new AtomicBoolean();
        List<FutureTask<Void>> busy = new ArrayList<>();
        List<FutureTask<Void>> load = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            busy.add(
                    start(
                            new FutureTask<>(
                                    () -> {
                                        while (!done.get()) {
                                            Thread.onSpinWait();
                                        }
                                    },
                                    null)));
        }
        Set<Integer> most = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 8; i++) {
            load.add(
                    start(
                            new FutureTask<>(
                                    () -> {
                                        while (rounds.decrementAndGet() >= 0) {
                                            echo();
                                            if (rounds.get() % 50 == 0) {
                                                most.add((int) threads());
                                            }
                                        }
                                        return null;
                                    })));
        }
        for (FutureTask<Void> task : load) {
            task.get(LIMIT_S, TimeUnit.SECONDS);
        }
        done.set(true);
        for (FutureTask<Void> task : busy) {
            task.get(LIMIT_S, TimeUnit.SECONDS);
        }

        // The few, and now and then one that has waited for a lock whose owner had no processor.
        assertThat(most).isNotEmpty().allMatch(count -> count <= FEW + 4);
        awaitThreads(0);
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
        awaitThreads(0);
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
        awaitThreads(0);
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
            Workers.execute(
                    () -> {
                        threads.add(Thread.currentThread());
                        Thread.currentThread().interrupt();
                        begun.countDown();
                        throwAny(thrown);
                    });
            await(begun);
        }
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Workers.execute(
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
            Workers.execute(
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
