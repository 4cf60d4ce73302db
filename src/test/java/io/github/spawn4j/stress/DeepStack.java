package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Starts processes with less and less stack left, so that it overflows at one call after the other.
 * For a JVM of its own, which interprets, as frames are then of the same size each time. Prints OK,
 * or what was wrong.
 */
final class DeepStack {
    private static final int STACK_SIZE = 256 * 1024;

    /**
     * In calls of {@link #descend}: from where there is no room at all to where there is enough.
     */
    private static final int FIRST = 450;

    private static final int STEPS = 900;

    private static final Queue<PidfdProcess> STARTED = new ConcurrentLinkedQueue<>();

    private static int deepest;

    private DeepStack() {}

    public static void main(String[] args) throws Exception {
        Callable<?> operation = operation(args[0]);
        operation.call(); // what is done on the first use is done once
        onSmallStack(
                () -> {
                    measure(0);
                    return null;
                });
        int overflows = 0;
        for (int step = 0; step < STEPS; step++) {
            int depth = deepest + FIRST - step;
            overflows += onSmallStack(() -> descend(depth, operation)) ? 0 : 1;
        }
        if (overflows == 0 || overflows == STEPS) {
            throw new IllegalStateException(overflows + " of " + STEPS + " overflows");
        }
        for (PidfdProcess process : STARTED) {
            process.destroyForcibly().waitFor();
        }
        Os.await("no child is left", () -> Os.children().isEmpty());
        operation.call();
        System.out.println("OK");
        System.exit(0);
    }

    private static Callable<?> operation(String name) {
        return switch (name) {
            case "start" ->
                    () ->
                            STARTED.add(
                                    PidfdProcess.builder("sleep", "600")
                                            .teardown(Teardown.DEFAULT.ofGroup().atShutdown())
                                            .start());
            case "tied" ->
                    () ->
                            STARTED.add(
                                    PidfdProcess.builder("sleep", "600")
                                            .parentDeathSignal(Signal.KILL)
                                            .start());
            case "traced" ->
                    () -> {
                        SpawnTemplate.builder("true").denyWrite().build().close();
                        return null;
                    };
            case "run" ->
                    () -> PidfdProcess.builder("cat").run(RunOptions.noTimeout().stdin("text"));
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** Returns whether the stack has sufficed. */
    private static boolean onSmallStack(Callable<?> task) throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        Thread thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                task.call();
                            } catch (Throwable e) {
                                thrown[0] = e;
                            }
                        },
                        "deep",
                        STACK_SIZE);
        thread.start();
        thread.join();
        return thrown[0] == null;
    }

    private static void measure(int depth) {
        deepest = depth;
        measure(depth + 1);
    }

    private static Object descend(int calls, Callable<?> operation) throws Exception {
        return calls <= 0 ? operation.call() : descend(calls - 1, operation);
    }
}
