// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Teardown;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts processes while the heap is full again and again, and while whoever has started this JVM
 * lets threads and descriptors run out, until its standard input ends. For a JVM of its own. Prints
 * OK, or what was wrong.
 */
final class Wants {
    private static final int THREADS = 4;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(15);

    /** What the compiler and the collector may move by. */
    private static final long HEAP_MARGIN = 1 << 20;

    private static final long FULL_NS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long EMPTY_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final AtomicLong TOLD = new AtomicLong();
    private static final AtomicLong REFUSED = new AtomicLong();

    private static volatile boolean stopping;
    private static volatile boolean notTold;

    private Wants() {}

    public static void main(String[] args) throws Exception {
        one(0);
        one(1);
        one(2);
        Os.awaitIdle();
        int descriptorsBefore = Os.descriptors().size();
        long heapBefore = Os.usedHeap();
        Thread[] threads = new Thread[THREADS + 1];
        for (int i = 0; i < THREADS; i++) {
            threads[i] = new Thread(Wants::startOn);
            threads[i].start();
        }
        threads[THREADS] = new Thread(Wants::fillAgainAndAgain);
        threads[THREADS].start();
        System.out.println("READY");
        while (System.in.read() >= 0) {
            // until the end
        }
        stopping = true;
        for (Thread thread : threads) {
            thread.join();
        }
        PidfdProcess.builder("true").start().onExit().get(60, TimeUnit.SECONDS);
        awaitNothingLeft(descriptorsBefore);
        Os.awaitIdle();
        long heap = Os.usedHeap() - heapBefore;
        System.out.println(TOLD + " told, " + REFUSED + " refused, heap " + heap + " bytes more");
        if (notTold) {
            System.out.println("an exit was not told");
        } else {
            System.out.println(heap <= HEAP_MARGIN ? "OK" : "the heap has grown");
        }
    }

    private static void startOn() {
        int i = 0;
        while (!stopping && !notTold) {
            try {
                one(i++);
            } catch (TimeoutException e) {
                notTold = true;
            } catch (Throwable e) {
                REFUSED.incrementAndGet();
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    /** One process, whose exit must be told if it has been started. */
    private static void one(int i) throws Exception {
        switch (i % 3) {
            case 0:
                await(PidfdProcess.builder("true").start());
                break;
            case 1:
                PidfdProcess group =
                        PidfdProcess.builder("sleep", "0.2")
                                .teardown(Teardown.DEFAULT.ofGroup())
                                .start();
                await(group);
                break;
            default:
                CompletableFuture<CommandResult> run =
                        PidfdProcess.builder("sleep", "600")
                                .runAsync(RunOptions.timeout(Duration.ofMillis(50)));
                awaitEnd(run);
        }
    }

    private static void await(PidfdProcess process) throws Exception {
        CompletableFuture<Process> exit = null;
        while (exit == null) {
            try {
                exit = process.onExit();
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        awaitEnd(exit);
    }

    private static void awaitEnd(CompletableFuture<?> future) throws Exception {
        long startNs = System.nanoTime();
        while (!future.isDone()) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new TimeoutException();
            }
            LockSupport.parkNanos(1_000_000);
        }
        TOLD.incrementAndGet();
    }

    private static void fillAgainAndAgain() {
        while (!stopping) {
            Ballast.fill();
            LockSupport.parkNanos(FULL_NS);
            Ballast.drop();
            LockSupport.parkNanos(EMPTY_NS);
        }
    }

    private static void awaitNothingLeft(int descriptors) throws Exception {
        long startNs = System.nanoTime();
        while (Os.descriptors().size() > descriptors || !Os.children().isEmpty()) {
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new IllegalStateException("left: " + Os.descriptors() + left());
            }
            System.gc();
            Thread.sleep(10);
        }
    }

    /** Whether those who are left live or were not collected, and what the library is at. */
    private static String left() {
        StringBuilder left = new StringBuilder();
        for (long pid : Os.children()) {
            left.append("\nprocess ").append(pid).append(" is ").append(Os.state(pid));
        }
        Thread.getAllStackTraces()
                .forEach(
                        (thread, calls) -> {
                            left.append('\n').append(thread);
                            for (StackTraceElement call : calls) {
                                left.append("\n    at ").append(call);
                            }
                        });
        return left.toString();
    }
}
