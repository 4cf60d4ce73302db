package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Starts processes with less and less stack left, so that it overflows at one call after the other.
 * For a JVM of its own. Prints OK, or what was wrong.
 */
final class DeepStack {
    private static final int STACK_SIZE = 256 * 1024;

    /**
     * In calls of {@link #descend}, interpreted, as its frames are then of the same size each time:
     * from where there is no room at all to where there is enough.
     */
    private static final int FIRST = 450;

    private static final int STEPS = 900;

    /** Until all that a start calls is compiled, where anything is. */
    private static final int WARM_UP = 2000;

    private static final Queue<PidfdProcess> STARTED = new ConcurrentLinkedQueue<>();

    private static int deepest;

    private DeepStack() {}

    public static void main(String[] args) throws Exception {
        Callable<?> operation = operation(args[0]);
        int calls = args[0].equals("often") ? WARM_UP : 1; // what the first use does is done once
        for (int call = 0; call < calls; call++) {
            operation.call();
        }
        onSmallStack(
                () -> {
                    measure(0);
                    return null;
                });
        int overflows = 0;
        for (int step = 0; step < STEPS; step++) {
            int depth = deepest + FIRST - step;
            int room = 1 + step / 2;
            Callable<?> task =
                    calls > 1
                            ? () -> comeBack(new int[] {room}, operation)
                            : () -> descend(depth, operation);
            overflows += onSmallStack(task) ? 0 : 1;
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

    private static Callable<?> operation(String name) throws SpawnException {
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
            case "often" -> {
                SpawnTemplate template = SpawnTemplate.builder("true").build();
                yield () -> template.spawn().waitFor();
            }
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

    /**
     * Calls itself until the stack overflows, and the operation when it has returned {@code
     * room[0]} times: for frames whose size is not known, as they are compiled meanwhile.
     */
    private static Object comeBack(int[] room, Callable<?> operation) throws Exception {
        try {
            comeBack(room, operation);
        } catch (StackOverflowError e) {
            if (room[0] < 0) {
                throw e; // the operation's
            }
        }
        return room[0]-- == 0 ? operation.call() : null;
    }

    private static Object descend(int calls, Callable<?> operation) throws Exception {
        return calls <= 0 ? operation.call() : descend(calls - 1, operation);
    }
}
