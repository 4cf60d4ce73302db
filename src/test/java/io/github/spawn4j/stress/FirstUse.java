// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes one step of the first use in a JVM fail, and does the same once more; run by {@link
 * FirstUseTest}. Prints how the first use ended, and OK if the second one works and no child of the
 * first is left.
 */
final class FirstUse {
    private static final int ENFILE = 23;
    private static final long LIMIT_S = 10;

    private FirstUse() {}

    /**
     * Does it twice.
     *
     * @param args what, and which step of it is to fail, from 1
     */
    public static void main(String[] args) throws Exception {
        Callable<?> use = use(args[0]);
        AtomicInteger left = new AtomicInteger(Integer.parseInt(args[1]));
        Faults.plan(
                new Faults.Plan() {
                    @Override
                    public void call(String name) throws IOException {
                        if (left.decrementAndGet() == 0) {
                            System.out.println("failing: " + name);
                            throw new ErrnoException(name, ENFILE);
                        }
                    }

                    @Override
                    public void resource(String what) {
                        if (!what.equals("turn") && left.decrementAndGet() == 0) {
                            System.out.println("failing: " + what);
                            throw new OutOfMemoryError("no memory for a " + what);
                        }
                    }
                });
        try {
            use.call();
            System.out.println("done");
        } catch (IOException | OutOfMemoryError | ExecutionException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                System.out.println("error: " + cause.getMessage());
            }
        }
        Faults.plan(null);
        Os.await("no child is left", () -> Os.children().isEmpty());
        use.call();
        System.out.println("OK");
    }

    private static Callable<?> use(String name) {
        return switch (name) {
            case "group" -> FirstUse::tearDownGroup;
            case "run" -> FirstUse::run;
            case "tied" -> FirstUse::start;
            case "traced" -> FirstUse::denyWrites;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Void tearDownGroup() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "60").teardown(Teardown.DEFAULT.ofGroup()).start();
        process.teardown().get(LIMIT_S, TimeUnit.SECONDS);
        require(process.onExit().get(LIMIT_S, TimeUnit.SECONDS).exitValue() != 0);
        return null;
    }

    /** Dependents of its result are told by a worker. */
    private static Void run() throws Exception {
        String text =
                PidfdProcess.builder("cat")
                        .runAsync(RunOptions.noTimeout().stdin("text"))
                        .thenApply(result -> result.stdout().text())
                        .get(LIMIT_S, TimeUnit.SECONDS);
        require(text.equals("text"));
        return null;
    }

    /** A child that is tied to a thread. */
    private static Void start() throws Exception {
        PidfdProcess process = PidfdProcess.builder("true").parentDeathSignal(Signal.KILL).start();
        require(process.waitFor() == 0);
        return null;
    }

    private static Void denyWrites() throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder("true").denyWrite().build()) {
            require(template.spawn().waitFor() == 0);
        }
        return null;
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not as it should be");
        }
    }
}
