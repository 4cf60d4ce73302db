// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.os.TimeSlice;
import java.io.IOException;
import java.util.LinkedList;
import java.util.Queue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Threads for what may wait and so must not be done by the reactor: code of users, looks into
 * /proc. Thread-safe.
 */
public final class Workers {
    /*
     * Most tasks are short, and come in bursts: a thousand processes that end at once. So a few
     * threads take them from a queue: starting one for each would keep the reactor busy for longer
     * than the tasks take. But some block, for as long as they like, and must not keep
     * another process waiting. So while tasks wait, somebody looks every few milliseconds at those
     * that run, and a thread that is stuck in a task no longer counts as one of the few: another
     * takes its place. Whether the queue moves would be the wrong question: on a busy machine
     * it does not, and more threads would make that worse.
     *
     * The thread that became idle last is the first to be used again. If they took turns, none would
     * be idle for long enough to end.
     *
     * Not the common pool: one that blocks is all that it has on two processors, and JDK 17 then
     * starts a thread for each task. Not virtual threads: one that blocks in a monitor can keep its
     * carrier from all others. Not ThreadPoolExecutor: it knows neither that order nor which are stuck.
     *
     * The lock is a monitor, which takes no memory of the heap, while to wait for a ReentrantLock
     * does: the reactor calls this, and must not fail when there is none. It is held for moments.
     */
    private static final Log LOG = Log.of(Workers.class);

    private static final int FEW = Math.max(2, Runtime.getRuntime().availableProcessors());

    /**
     * Threads at most, and so tasks that can block at once; others then wait until one of them
     * ends. Half of 1,024, which is what containers and services are often limited to: the rest is
     * for the application.
     */
    private static final int MOST = 512;

    private static final long IDLE_NS = 2_000_000_000;

    /** How often somebody looks: after two looks one that waits in the same task is stuck. */
    private static final long PATIENCE_NS = 2_000_000;

    /** After this one that seems to run in the same task is stuck: it may wait in the kernel. */
    private static final long LONG_PATIENCE_NS = 100_000_000;

    private static final long RETRY_NS = 1_000_000;

    /** Null before the first task. */
    @GuardedBy("Workers.class")
    private static Workers instance;

    /** A list, as an ArrayDeque that finds no memory to grow loses what it has. */
    @GuardedBy("Workers.class")
    private final Queue<Runnable> tasks = new LinkedList<>();

    /** The first {@link #count} are used. */
    @GuardedBy("Workers.class")
    private final Worker[] workers = new Worker[MOST];

    @GuardedBy("Workers.class")
    private int count;

    /** Those that are neither idle nor stuck. */
    @GuardedBy("Workers.class")
    private int moving;

    /** The one that became idle last, or null. */
    @GuardedBy("Workers.class")
    private Worker idle;

    /** Whether somebody is going to look. */
    @GuardedBy("Workers.class")
    private boolean watched;

    @GuardedBy("Workers.class")
    private long lastNumber;

    /** In nanoseconds; {@link System#nanoTime} outside of tests. */
    private final LongSupplier clock;

    Workers(LongSupplier clock) {
        this.clock = clock;
    }

    /**
     * Runs {@code task} soon. Throws nothing: where memory or a thread is missing, the task waits
     * for it.
     */
    public static void execute(Runnable task) {
        tryAdd(task).help();
    }

    private static Workers tryAdd(Runnable task) {
        while (true) {
            try {
                return instance().add(task);
            } catch (OutOfMemoryError e) {
                LockSupport.parkNanos(RETRY_NS); // to lose the task would be worse
            }
        }
    }

    private static synchronized Workers instance() {
        if (instance == null) {
            instance = new Workers(System::nanoTime);
        }
        return instance;
    }

    /** As {@link #execute}, by these threads, but fails where there is no memory for the task. */
    void take(Runnable task) {
        add(task).help();
    }

    private Workers add(Runnable task) {
        synchronized (Workers.class) {
            tasks.add(task);
        }
        return this;
    }

    /** Finds somebody for the tasks that wait, or somebody who looks after them later. */
    private void help() {
        while (needsLook() && !lookLater()) {
            // Without a reactor the thread that brings a task looks itself.
            LockSupport.parkNanos(RETRY_NS);
            findStuck();
        }
    }

    /**
     * Wakes and starts as many as may move. Returns whether somebody has to look after the rest.
     */
    private boolean needsLook() {
        synchronized (Workers.class) {
            int helpers = Math.min(FEW - moving, tasks.size());
            while (helpers > 0 && (wakeOne() || startOne())) {
                helpers--;
            }
            // Where fewer move, each of them takes one, and no more are left.
            boolean needed = !watched && !tasks.isEmpty() && (helpers > 0 || moving >= FEW);
            watched |= needed;
            return needed;
        }
    }

    @GuardedBy("Workers.class")
    private boolean wakeOne() {
        Worker worker = idle;
        if (worker == null) {
            return false;
        }
        idle = worker.below;
        worker.rouse();
        moving++;
        return true;
    }

    @GuardedBy("Workers.class")
    private boolean startOne() {
        if (count == MOST) {
            return false;
        }
        try {
            Worker worker = new Worker(lastNumber + 1);
            Threads.start(worker.thread);
            lastNumber++;
            workers[count++] = worker;
            moving++;
            return true;
        } catch (IOException | OutOfMemoryError e) {
            return false;
        }
    }

    /** Returns whether somebody is going to look. */
    private boolean lookLater() {
        try {
            Reactor.schedule(PATIENCE_NS, this::look);
            return true;
        } catch (Throwable e) { // whatever it is: else the others count on a look that never comes
            return false;
        }
    }

    private void look() {
        findStuck();
        help();
    }

    private void findStuck() {
        synchronized (Workers.class) {
            watched = false;
            long nowNs = clock.getAsLong();
            for (int i = 0; i < count; i++) {
                if (workers[i].becomesStuck(nowNs)) {
                    moving--;
                }
            }
        }
    }

    @GuardedBy("Workers.class")
    private void remove(Worker worker) {
        for (int i = 0; i < count; i++) {
            if (workers[i] == worker) {
                workers[i] = workers[--count];
                workers[count] = null;
            }
        }
    }

    @GuardedBy("Workers.class")
    private void removeIdle(Worker worker) {
        if (idle == worker) {
            idle = worker.below;
            return;
        }
        for (Worker above = idle; above != null; above = above.below) {
            if (above.below == worker) {
                above.below = worker.below;
            }
        }
    }

    /**
     * One thread.
     *
     * <pre>
     *   moving --no task--> idle --2 s--> ended
     *      |  ^               |
     *      |  +--- roused ----+
     *      |  |
     *      |  +-- its task has ended --+
     *      +------ found stuck ------> stuck
     * </pre>
     */
    private final class Worker implements Runnable {
        private final Thread thread;

        /** The one that became idle before, while this one is idle. */
        @GuardedBy("Workers.class")
        private Worker below;

        @GuardedBy("Workers.class")
        private boolean resting;

        @GuardedBy("Workers.class")
        private boolean stuck;

        @GuardedBy("Workers.class")
        private boolean left;

        /** Whether it is in a task, rather than on its way to one. */
        @GuardedBy("Workers.class")
        private boolean busy;

        /** Tasks so far, and how many there were when somebody first saw it in this one. */
        @GuardedBy("Workers.class")
        private long begun;

        @GuardedBy("Workers.class")
        private long seen;

        @GuardedBy("Workers.class")
        private long seenNs;

        Worker(long number) {
            thread = Threads.daemon("spawn4j-worker-" + number, 0, this);
        }

        @Override
        public void run() {
            try {
                perform(TimeSlice::halve);
                while (runNext()) {
                    // Nothing here refers to a task that has ended.
                }
            } finally {
                leave();
                help(); // if it has died rather than ended
            }
        }

        /** Waits for a task and runs it. Returns false when there was none for a while. */
        private boolean runNext() {
            Runnable task = next();
            if (task == null) {
                return false;
            }
            perform(task);
            return true;
        }

        private void perform(Runnable task) {
            try {
                task.run();
            } catch (Throwable e) { // which is the task's trouble, and no other's
                LOG.error("{}", task, e);
            }
            Thread.interrupted(); // meant for the task
        }

        private Runnable next() {
            synchronized (Workers.class) {
                endTask();
                if (moving <= FEW && !tasks.isEmpty()) {
                    return beginTask();
                }
                rest();
            }
            long sinceNs = clock.getAsLong();
            while (true) {
                long remainingNs = sinceNs + IDLE_NS - clock.getAsLong();
                LockSupport.parkNanos(Workers.this, remainingNs);
                synchronized (Workers.class) {
                    if (resting && remainingNs <= 0) {
                        leave();
                        return null;
                    }
                    if (!resting && !tasks.isEmpty()) {
                        return beginTask();
                    }
                    if (!resting) { // somebody else was quicker
                        rest();
                        sinceNs = clock.getAsLong();
                    }
                }
            }
        }

        @GuardedBy("Workers.class")
        private Runnable beginTask() {
            busy = true;
            begun++;
            return tasks.remove();
        }

        @GuardedBy("Workers.class")
        private void endTask() {
            busy = false;
            if (stuck) {
                stuck = false;
                moving++;
            }
        }

        @GuardedBy("Workers.class")
        private void rest() {
            moving--;
            resting = true;
            below = idle;
            idle = this;
        }

        @GuardedBy("Workers.class")
        private void rouse() {
            resting = false;
            below = null;
            LockSupport.unpark(thread);
        }

        /** Whether it does not move any more; asked again and again. */
        @GuardedBy("Workers.class")
        private boolean becomesStuck(long nowNs) {
            if (!busy || stuck) {
                return false;
            }
            if (seen != begun) {
                seen = begun;
                seenNs = nowNs;
                return false;
            }
            long ns = nowNs - seenNs;
            stuck = ns >= LONG_PATIENCE_NS || (ns >= PATIENCE_NS && waits());
            return stuck;
        }

        private boolean waits() {
            Thread.State state = thread.getState();
            return state == Thread.State.BLOCKED
                    || state == Thread.State.WAITING
                    || state == Thread.State.TIMED_WAITING;
        }

        /** Is none of them any more, whatever state it was in. Twice is the same as once. */
        private void leave() {
            synchronized (Workers.class) {
                if (left) {
                    return;
                }
                left = true;
                if (resting) {
                    removeIdle(this);
                } else if (!stuck) {
                    moving--;
                }
                remove(this);
            }
        }
    }
}
