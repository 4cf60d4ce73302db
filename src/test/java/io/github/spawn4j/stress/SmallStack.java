// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import java.util.concurrent.Callable;

/**
 * Threads with a small stack and less and less left of it, so that it overflows at one call after
 * the other. For a JVM that interprets, as frames are then of the same size each time.
 */
final class SmallStack {
    private static final int SIZE = 256 * 1024;

    /**
     * In calls of {@link #descend}: from where there is no room at all to where there is enough.
     */
    private static final int FIRST = 450;

    static final int STEPS = 900;

    private final int deepest;

    /** Measures how many calls it takes. */
    SmallStack() throws InterruptedException {
        int[] calls = new int[1];
        run(
                () -> {
                    measure(calls, 0);
                    return null;
                });
        deepest = calls[0];
    }

    /**
     * Runs {@code task} where there is more room with each step.
     *
     * @param step from 0 to {@link #STEPS}
     * @return whether it has sufficed
     */
    boolean run(int step, Callable<?> task) throws InterruptedException {
        int depth = deepest + FIRST - step;
        return run(() -> descend(depth, task));
    }

    /**
     * The same for a JVM that compiles meanwhile, so that the size of no frame is known: the stack
     * overflows first, and has room for some calls then.
     */
    boolean runAtTheEnd(int step, Callable<?> task) throws InterruptedException {
        int[] room = {1 + step / 2};
        return run(() -> comeBack(room, task));
    }

    private static boolean run(Callable<?> task) throws InterruptedException {
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
                        SIZE);
        thread.start();
        thread.join();
        return thrown[0] == null;
    }

    private static void measure(int[] calls, int depth) {
        calls[0] = depth;
        measure(calls, depth + 1);
    }

    /** Runs the task when it has returned {@code room[0]} times from an overflow. */
    private static Object comeBack(int[] room, Callable<?> task) throws Exception {
        try {
            comeBack(room, task);
        } catch (StackOverflowError e) {
            if (room[0] < 0) {
                throw e; // the task's
            }
        }
        return room[0]-- == 0 ? task.call() : null;
    }

    private static Object descend(int calls, Callable<?> task) throws Exception {
        return calls <= 0 ? task.call() : descend(calls - 1, task);
    }
}
