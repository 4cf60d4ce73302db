// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.testing.Eventually;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Uses processes with less and less stack left, and looks each time whether other threads can still
 * use them. For a JVM of its own, which interprets. Prints OK, or what was wrong.
 */
final class DeepUse {
    private static final long LIMIT_S = 20;

    /** What is done with a process. */
    private interface Use {
        void of(PidfdProcess process) throws Exception;
    }

    private DeepUse() {}

    /**
     * Does it again and again.
     *
     * @param args what
     */
    public static void main(String[] args) throws Exception {
        try {
            use(use(args[0]));
            System.out.println("OK");
        } catch (Throwable e) {
            e.printStackTrace(System.out);
        }
        System.exit(0); // also where a thread waits for ever
    }

    private static Use use(String name) {
        return switch (name) {
            case "waitFor" -> process -> process.waitFor(1, TimeUnit.NANOSECONDS);
            case "onExit" -> PidfdProcess::onExit;
            case "read" -> process -> process.getInputStream().read();
            case "write" -> process -> process.getOutputStream().write(new byte[1 << 14]);
            case "teardown" -> PidfdProcess::teardown;
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static void use(Use use) throws Exception {
        use.of(start()); // what is done on the first use is done once
        long descriptors = ours();
        SmallStack stack = new SmallStack();
        int overflows = 0;
        for (int step = 0; step < SmallStack.STEPS; step++) {
            PidfdProcess process = start();
            overflows += stack.run(step, () -> call(use, process)) ? 0 : 1;
            check(step, process);
        }
        if (overflows == 0 || overflows == SmallStack.STEPS) {
            throw new IllegalStateException(overflows + " overflows");
        }
        Eventually.isTrue("no descriptor is left", () -> ours() <= descriptors);
    }

    /** How many pipes, pidfds and the like are open. The JVM opens jars when it needs them. */
    private static long ours() throws IOException {
        return Os.descriptors().values().stream()
                .filter(name -> name.startsWith("pipe:") || name.startsWith("anon_inode:"))
                .count();
    }

    private static Void call(Use use, PidfdProcess process) throws Exception {
        use.of(process);
        return null;
    }

    /** One that has said something, and waits for more. */
    private static PidfdProcess start() throws Exception {
        return PidfdProcess.builder("sh", "-c", "echo text; exec cat > /dev/null").start();
    }

    private static void check(int step, PidfdProcess process) throws Exception {
        inTime(
                step,
                () -> {
                    process.getOutputStream().write(0);
                    process.getOutputStream().flush();
                    return null;
                });
        inTime(
                step,
                () -> {
                    process.destroyForcibly();
                    process.onExit().get();
                    process.waitFor();
                    process.getInputStream().read();
                    return null;
                });
        inTime(
                step,
                () -> {
                    process.close();
                    return null;
                });
    }

    /** On another thread, as what the one on the small stack holds it could enter again. */
    private static void inTime(int step, Callable<?> task) throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                task.call();
                                done.complete(null);
                            } catch (Throwable e) {
                                done.completeExceptionally(e);
                            }
                        });
        thread.start();
        try {
            done.get(LIMIT_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            IllegalStateException failure = new IllegalStateException("hangs after step " + step);
            failure.setStackTrace(thread.getStackTrace());
            throw failure;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw e;
            } // else the stream has been closed
        }
    }
}
