// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Fills the heap again and again, until not even the smallest object fits, while children end and
 * time limits expire. For a JVM of its own. Prints OK, or what was wrong.
 */
final class FullHeap {
    private static final int CHILDREN = 20;
    private static final long FULL_NS = TimeUnit.MILLISECONDS.toNanos(60);
    private static final long LIMIT_S = 20;

    /** Enough to start the children, and so little that it is gone before they are settled. */
    private static final int RESERVE = 4 << 20;

    private static volatile byte[] reserve;

    private FullHeap() {}

    /**
     * Runs the rounds.
     *
     * @param args how many rounds
     */
    public static void main(String[] args) throws Exception {
        PidfdProcess.builder("true").start().onExit().get();
        spin(1); // the classes that it takes are not to be loaded when the heap is full
        run(1);
        for (int round = 0; round < Integer.parseInt(args[0]); round++) {
            run(CHILDREN);
        }
        requireEqual("threads of the reactor", 1, threads("spawn4j-reactor"));
        System.out.println("OK");
    }

    private static void run(int children) throws Exception {
        List<PidfdProcess> started = new ArrayList<>(children);
        List<CompletableFuture<Process>> exits = new ArrayList<>(children);
        List<CompletableFuture<CommandResult>> runs = new ArrayList<>(2 * children);
        fillAllBut(RESERVE);
        try {
            for (int i = 0; i < children; i++) {
                started.add(PidfdProcess.builder("sleep", "0.05").start());
                exits.add(started.get(i).onExit());
                runs.add(
                        PidfdProcess.builder("sleep", "60")
                                .runAsync(RunOptions.timeout(Duration.ofMillis(40))));
                runs.add(PidfdProcess.builder("echo", "text").runAsync(RunOptions.noTimeout()));
            }
        } catch (OutOfMemoryError e) {
            // So many have been started, and what could not be is not there.
        }
        beFull();
        for (CompletableFuture<Process> exit : exits) {
            exit.get(LIMIT_S, TimeUnit.SECONDS);
        }
        for (PidfdProcess child : started) {
            require("waitFor", child.waitFor(LIMIT_S, TimeUnit.SECONDS));
            requireEqual("exit", 0, child.exitValue());
        }
        for (CompletableFuture<CommandResult> run : runs) {
            requireEnd(run);
        }
        awaitNoChildren();
    }

    private static void fillAllBut(int bytes) {
        reserve = new byte[bytes];
        Ballast.fill();
        reserve = null;
    }

    /** Keeps it so for a moment, and then is empty again. */
    private static void beFull() {
        Ballast.fill();
        spin(FULL_NS);
        Ballast.drop();
    }

    private static void spin(long ns) {
        long startNs = System.nanoTime();
        while (System.nanoTime() - startNs < ns) {
            Thread.onSpinWait();
        }
    }

    /** However it has ended: a run for which there was no memory fails, but it does not hang. */
    private static void requireEnd(CompletableFuture<CommandResult> run) throws Exception {
        try {
            run.orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            require("no end: " + run, !(e.getCause() instanceof TimeoutException));
        }
    }

    private static void awaitNoChildren() throws InterruptedException {
        long startNs = System.nanoTime();
        while (ProcessHandle.current().children().findAny().isPresent()) {
            if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(LIMIT_S)) {
                throw new IllegalStateException(
                        "left: " + ProcessHandle.current().children().toList());
            }
            Thread.sleep(1);
        }
    }

    private static long threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .count();
    }

    private static void requireEqual(String what, long expected, long actual) {
        require(what + ": " + actual + " rather than " + expected, expected == actual);
    }

    private static void require(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
