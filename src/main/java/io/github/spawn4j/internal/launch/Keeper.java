package io.github.spawn4j.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.os.Uninterrupted;
import java.io.IOException;
import java.util.LinkedList;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * One thread for what the kernel ties to the thread that did it rather than to the process:
 * tracing, and the signal that a child gets when its parent dies. It does one thing at a time.
 * Thread-safe.
 */
final class Keeper {
    /*
     * It is started when it is needed, and ends some time after the last of its children has been
     * reaped: the kernel counts them for us. If it ended before, those with such a signal would get
     * it, and those that are traced would be killed.
     */
    private static final long IDLE_MS = 2_000;

    /** Null while there is no thread. */
    @GuardedBy("Keeper.class")
    private static Keeper current;

    /** A list, as an ArrayDeque that finds no memory to grow loses what it has. */
    @GuardedBy("Keeper.class")
    private final Queue<FutureTask<?>> tasks = new LinkedList<>();

    private Keeper() {}

    /**
     * Runs {@code task} on the thread and waits for it.
     *
     * @throws IOException what it throws; or EAGAIN if the thread cannot be started, and the next
     *     call tries again
     */
    static <T> T call(Callable<T> task) throws IOException {
        FutureTask<T> result = new FutureTask<>(task);
        submit(result);
        return Uninterrupted.get(result);
    }

    private static synchronized void submit(FutureTask<?> task) throws IOException {
        if (current == null) {
            Keeper keeper = new Keeper();
            Threads.start(Threads.daemon("spawn4j-keeper", 0, keeper::run));
            current = keeper;
        }
        current.tasks.add(task);
        Keeper.class.notifyAll();
    }

    private void run() {
        try {
            while (true) {
                if (!takeTurn()) {
                    return;
                }
            }
        } finally {
            leave();
        }
    }

    /** Returns false when the thread is to end. */
    private boolean takeTurn() {
        try {
            FutureTask<?> task = next();
            if (task != null) {
                task.run(); // keeps to itself what is thrown
            }
            return task != null;
        } catch (Throwable e) {
            // The end of the thread would be the end of its children. The next turn may do better.
            return true;
        }
    }

    /** Whatever the thread has ended by, the next task gets another one. */
    private void leave() {
        synchronized (Keeper.class) {
            if (current == this) {
                current = null;
            }
            tasks.forEach(task -> task.cancel(false));
        }
    }

    /** Waits for the next task. Returns null when the thread is to end. */
    private FutureTask<?> next() {
        synchronized (Keeper.class) {
            while (tasks.isEmpty()) {
                pause();
                if (tasks.isEmpty() && !Threads.hasChildren()) {
                    current = null;
                    return null;
                }
            }
            return tasks.remove();
        }
    }

    @GuardedBy("Keeper.class")
    private static void pause() {
        try {
            Keeper.class.wait(IDLE_MS);
        } catch (InterruptedException e) {
            // Nobody has a reason to, and the children need the thread.
        }
    }
}
