package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Faults;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Something that the reactor thread does at a point in time, unless it is cancelled. Thread-safe.
 *
 * <p>The tasks must neither wait nor call code of the user. One that fails is done again a little
 * later, so doing it twice must do no harm.
 *
 * <pre>
 *   WAITING --begin--> RUNNING ----> OVER
 *      ^                |  |          ^
 *      +-----failed-----+  +--cancel--+
 * </pre>
 */
public final class Timer extends Chore implements Comparable<Timer> {
    // Shared by all reactors there have been, as their registrations are.
    private static final ConcurrentSkipListSet<Timer> PENDING = new ConcurrentSkipListSet<>();
    private static final AtomicLong LAST = new AtomicLong();

    private static final int WAITING = 0;
    private static final int RUNNING = 1;
    private static final int OVER = 2;

    private final long deadlineNs;
    private final long sequence = LAST.incrementAndGet();
    private final Runnable task;
    private final AtomicInteger state = new AtomicInteger(WAITING);

    /** Whether its time has come. Confined to the reactor thread. */
    private boolean taken;

    private Timer(long deadlineNs, Runnable task) {
        this.deadlineNs = deadlineNs;
        this.task = task;
    }

    /** Adds a task; the reactor is to look at the {@link #earliestNs} again. */
    static Timer add(long deadlineNs, Runnable task) {
        Faults.resource("timer");
        Timer timer = new Timer(deadlineNs, task);
        try {
            PENDING.add(timer);
        } catch (OutOfMemoryError e) {
            timer.cancel(); // it may have been added all the same
            throw e;
        }
        return timer;
    }

    /** Whether no other task comes before. */
    boolean isEarliest() {
        return earliestNs() == deadlineNs;
    }

    /**
     * Makes sure that the task does not begin, if it has not begun. One that has begun goes on, at
     * the same time as what the caller does next.
     */
    public void cancel() {
        state.set(OVER);
        remove();
    }

    private void remove() {
        try {
            PENDING.remove(this);
        } catch (OutOfMemoryError e) {
            // Then it is removed when it is due.
        }
    }

    /** Whether there is none. */
    static boolean noneIsPending() {
        return PENDING.isEmpty();
    }

    /** When the next task is due, or {@link Deadline#NONE}. */
    static long earliestNs() {
        // Not first(), which throws if the last one is cancelled meanwhile.
        for (Timer timer : PENDING) {
            return timer.deadlineNs;
        }
        return Deadline.NONE;
    }

    /** Does all that is due. */
    static void runDue() {
        for (Timer timer : PENDING) {
            if (!Deadline.hasPassed(timer.deadlineNs)) {
                return;
            }
            timer.run();
        }
    }

    /** Done before it is removed, as a removal that finds no memory may remove it all the same. */
    private void run() {
        if (!taken) {
            taken = true;
            attempt();
        }
        remove();
    }

    @Override
    void perform() {
        if (!state.compareAndSet(WAITING, RUNNING)) {
            return;
        }
        boolean done = false;
        try {
            task.run();
            done = true;
        } finally {
            state.compareAndSet(RUNNING, done ? OVER : WAITING);
        }
    }

    @Override
    public int compareTo(Timer other) {
        long difference = deadlineNs - other.deadlineNs; // nanoTime may overflow
        return difference != 0 ? Long.signum(difference) : Long.compare(sequence, other.sequence);
    }

    @Override
    public String toString() {
        return "the timer for " + task;
    }
}
