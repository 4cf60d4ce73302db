// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Threads;
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
public final class Timer extends Chore {
    /** The {@link #place} of one that is not pending. */
    static final int NOWHERE = -1;

    private enum State {
        WAITING,
        RUNNING,
        OVER
    }

    /** Held for moments, by monitor, as that takes no memory. */
    private static final Object LOCK = new Object();

    // Shared by all reactors there have been, as their registrations are.
    @GuardedBy("LOCK")
    private static final TimerHeap PENDING = new TimerHeap();

    private static final AtomicLong LAST = new AtomicLong();

    private final long deadlineNs;

    /** Of two that are due at the same time the one that was made first is done first. */
    private final long sequence = LAST.incrementAndGet();

    private final Runnable task;

    /** Where it is among the pending ones, which keep this up to date. */
    int place = NOWHERE;

    @GuardedBy("LOCK")
    private State state = State.WAITING;

    /** One that is not pending. */
    Timer(long deadlineNs, Runnable task) {
        this.deadlineNs = deadlineNs;
        this.task = task;
    }

    /** Adds a task; the reactor is to look at the {@link #earliestNs} again. */
    static Timer add(long deadlineNs, Runnable task) {
        Faults.resource("timer");
        Timer timer = new Timer(deadlineNs, task);
        Threads.requireStack(); // a heap that is left half changed would fail for ever
        synchronized (LOCK) {
            PENDING.add(timer);
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
        synchronized (LOCK) {
            state = State.OVER;
            if (place != NOWHERE) {
                PENDING.remove(this);
            }
        }
    }

    /** Whether there is none. */
    static boolean noneIsPending() {
        synchronized (LOCK) {
            return PENDING.first() == null;
        }
    }

    /** When the next task is due, or {@link Deadline#NONE}. */
    static long earliestNs() {
        synchronized (LOCK) {
            Timer first = PENDING.first();
            return first == null ? Deadline.NONE : first.deadlineNs;
        }
    }

    /** Does all that is due, except what is added meanwhile. */
    static void runDue() {
        long nowNs = System.nanoTime();
        Timer due = takeDue(nowNs);
        while (due != null) {
            due.attempt(); // which never throws: what has failed is a chore from then on
            due = takeDue(nowNs);
        }
    }

    /**
     * The next one whose time has come at {@code nowNs}, which is not pending any more; or null.
     */
    private static Timer takeDue(long nowNs) {
        synchronized (LOCK) {
            Timer first = PENDING.first();
            if (first == null || first.deadlineNs - nowNs > 0) {
                return null;
            }
            PENDING.remove(first);
            return first;
        }
    }

    @Override
    protected void perform() {
        if (!begins()) {
            return;
        }
        boolean done = false;
        try {
            task.run();
            done = true;
        } finally {
            leaveRunning(done ? State.OVER : State.WAITING);
        }
    }

    private boolean begins() {
        synchronized (LOCK) {
            boolean begins = state == State.WAITING;
            if (begins) {
                state = State.RUNNING;
            }
            return begins;
        }
    }

    /** One that was cancelled meanwhile stays so. */
    private void leaveRunning(State next) {
        synchronized (LOCK) {
            if (state == State.RUNNING) {
                state = next;
            }
        }
    }

    /** The order of those that are pending. */
    boolean isDueBefore(Timer other) {
        long difference = deadlineNs - other.deadlineNs; // nanoTime may overflow
        return difference != 0 ? difference < 0 : sequence < other.sequence;
    }

    @Override
    public String toString() {
        return "the timer for " + task;
    }
}
