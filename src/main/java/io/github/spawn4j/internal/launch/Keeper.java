// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.os.Uninterrupted;
import java.io.IOException;
import java.util.LinkedList;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;

/**
 * One thread for what the kernel ties to the thread that did it rather than to the process:
 * tracing, and the signal that a child gets when its parent dies. It does one thing at a time.
 * Thread-safe.
 */
public final class Keeper {
    /*
     * The thread is started when it is needed, and ends some time after the last of its children has
     * been reaped: the kernel counts them for us. If it ended before, those with such a signal would
     * get it, and those that are traced would be killed.
     */
    private static final long IDLE_MS = 2_000;

    /** The JVM's. Null before it is needed: an initialiser that fails once fails for ever. */
    @GuardedBy("Keeper.class")
    private static Keeper instance;

    private final long idleMs;
    private final BooleanSupplier hasChildren;

    /** A list, as an ArrayDeque that finds no memory to grow loses what it has. */
    @GuardedBy("this")
    private final Queue<FutureTask<?>> tasks = new LinkedList<>();

    /** Whether there is a thread. */
    @GuardedBy("this")
    private boolean running;

    /**
     * One with a thread of its own.
     *
     * @param idleMs after how long without a task the thread looks whether it may end
     * @param hasChildren asked on the thread, also before it dies: whether it must not end
     */
    public Keeper(long idleMs, BooleanSupplier hasChildren) {
        this.idleMs = idleMs;
        this.hasChildren = hasChildren;
    }

    /** The one of the JVM. */
    static synchronized Keeper instance() {
        if (instance == null) {
            instance = new Keeper(IDLE_MS, Threads::hasChildren);
        }
        return instance;
    }

    /**
     * Runs {@code task} on the thread and waits for it.
     *
     * @throws IOException what it throws; or EAGAIN if the thread cannot be started, and the next
     *     call tries again
     */
    <T> T call(Callable<T> task) throws IOException {
        // If the stack overflowed later, the thread would go on, and its child have no owner.
        Threads.requireStack();
        FutureTask<T> result = new FutureTask<>(task);
        submit(result);
        try {
            return Uninterrupted.get(result);
        } catch (CancellationException e) {
            ErrnoException refusal = new ErrnoException("pthread_create", Errno.EAGAIN);
            refusal.initCause(e);
            throw refusal;
        }
    }

    /**
     * Runs {@code task} on the thread some time, and does not wait for it; nobody hears of what it
     * throws.
     *
     * @param instead run, by whatever thread, if the thread dies before it has come to the task,
     *     and there can be no other; or if it dies within the task
     * @throws IOException with EAGAIN if the thread cannot be started
     */
    public void execute(Runnable task, Runnable instead) throws IOException {
        submit(
                new FutureTask<Void>(task, null) {
                    @Override
                    protected void done() {
                        if (isCancelled()) {
                            instead.run();
                        }
                    }
                });
    }

    private synchronized void submit(FutureTask<?> task) throws IOException {
        if (!running) {
            startThread();
        }
        tasks.add(task);
        notifyAll();
    }

    @GuardedBy("this")
    private void startThread() throws IOException {
        Threads.start(Threads.daemon("spawn4j-keeper", 0, this::work));
        running = true;
    }

    private void work() {
        boolean ended = false;
        try {
            while (!ended) {
                Faults.resource("turn");
                ended = !takeTurn();
            }
        } finally {
            if (!ended) {
                replaceThread();
            }
        }
    }

    /** Returns false when the thread is to end. */
    private boolean takeTurn() {
        try {
            FutureTask<?> task = next();
            if (task != null) {
                perform(task);
            }
            return task != null;
        } catch (Throwable e) {
            // The end of the thread would be the end of its children. The next turn may do better.
            return true;
        }
    }

    private static void perform(FutureTask<?> task) {
        try {
            task.run(); // keeps to itself what is thrown
        } finally {
            task.cancel(false); // one that was cut short: else its caller would wait for ever
        }
    }

    /**
     * The thread has died, rather than ended: the tasks that wait, and what its children need, get
     * another; or the tasks are refused.
     */
    private synchronized void replaceThread() {
        boolean isNeeded = hasChildrenStill() || !tasks.isEmpty();
        running = false;
        if (!isNeeded) {
            return;
        }
        try {
            startThread();
        } catch (IOException | RuntimeException | Error e) {
            while (!tasks.isEmpty()) {
                tasks.remove().cancel(false);
            }
        }
    }

    private boolean hasChildrenStill() {
        try {
            return hasChildren.getAsBoolean();
        } catch (Throwable e) {
            return true; // the next thread will see
        }
    }

    /** Waits for the next task. Returns null when the thread is to end. */
    private synchronized FutureTask<?> next() {
        while (tasks.isEmpty()) {
            try {
                wait(idleMs);
            } catch (InterruptedException e) {
                // Nobody has a reason to, and the children need the thread.
            }
            if (tasks.isEmpty() && !hasChildren.getAsBoolean()) {
                running = false;
                return null;
            }
        }
        return tasks.remove();
    }
}
