// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.os.Faults;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Lets descriptors run out while the first process lives, then what the library has not done before
 * be needed, and then there are descriptors again. For a JVM of its own with a low limit, whose
 * classes lie in a folder, where each takes a descriptor to be read. Prints OK, or what was wrong.
 */
final class DescriptorsRunOutLater {
    private static final long LIMIT_S = 20;

    private static final Deque<FileInputStream> FILLING = new ArrayDeque<>();

    private DescriptorsRunOutLater() {}

    /**
     * Does one thing.
     *
     * @param args what is needed
     */
    public static void main(String[] args) throws Exception {
        new FileInputStream("/dev/null").close();
        Os.children(); // which has to be there as well
        CompletableFuture<?> told =
                switch (args[0]) {
                    case "exit" -> exit();
                    case "wait" -> await();
                    case "teardown" -> tearDown();
                    case "run" -> run();
                    default -> throw new IllegalArgumentException(args[0]);
                };
        try {
            told.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            System.out.println("told: " + e.getCause());
        }
        Os.await("no child is left", () -> Os.children().isEmpty());
        System.out.println("OK");
    }

    private static PidfdProcess start(String program, String... args) throws IOException {
        return PidfdProcess.builder(program, args)
                .stdin(Redirect.DISCARD)
                .stdout(Redirect.DISCARD)
                .stderr(Redirect.DISCARD)
                .start();
    }

    private static CompletableFuture<?> exit() throws Exception {
        PidfdProcess process = start("sleep", "60");
        fill();
        process.destroyForcibly();
        CompletableFuture<?> told = process.onExit();
        tryForAWhile(told);
        empty();
        return told;
    }

    private static CompletableFuture<?> await() throws Exception {
        PidfdProcess process = start("sleep", "60");
        fill();
        try {
            process.waitFor(1, TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            System.out.println("the first wait: " + e);
        }
        empty();
        process.destroyForcibly();
        process.waitFor();
        process.exitStatus();
        return process.onExit();
    }

    private static CompletableFuture<?> tearDown() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "60").teardown(Teardown.DEFAULT.ofGroup()).start();
        fill();
        CompletableFuture<?> gone = process.teardown();
        tryForAWhile(gone);
        empty();
        return CompletableFuture.allOf(gone, process.onExit());
    }

    /** One that fails as soon as there is a process. */
    private static CompletableFuture<?> run() throws Exception {
        Faults.plan(
                new Faults.Plan() {
                    @Override
                    public void call(String name) {}

                    @Override
                    public void resource(String what) {
                        if (what.equals("timer") && FILLING.isEmpty()) {
                            fill();
                            throw new OutOfMemoryError("no memory for a " + what);
                        }
                    }
                });
        CompletableFuture<?> run =
                PidfdProcess.builder("sleep", "600")
                        .runAsync(RunOptions.timeout(Duration.ofHours(1)));
        Faults.plan(null);
        tryForAWhile(run);
        empty();
        return run;
    }

    /** So that what fails has failed more than once. */
    private static void tryForAWhile(CompletableFuture<?> told) throws InterruptedException {
        try {
            told.get(200, TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            // as it needs what there is not
        }
    }

    private static void fill() {
        try {
            while (true) {
                FILLING.push(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            // none is left
        }
    }

    private static void empty() throws IOException {
        for (FileInputStream file : FILLING) {
            file.close();
        }
    }
}
