package io.github.spawn4j.internal.io;

import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Something that the reactor thread does at a point in time, unless it is cancelled. Thread-safe.
 *
 * <p>The tasks must neither wait nor call code of the user.
 */
public final class Timer implements Comparable<Timer> {
    // As with the reactor's handlers: shared by all reactors there have been.
    private static final ConcurrentSkipListSet<Timer> PENDING = new ConcurrentSkipListSet<>();
    private static final AtomicLong LAST = new AtomicLong();

    private final long deadlineNs;
    private final long sequence = LAST.incrementAndGet();
    private final Runnable task;

    private Timer(long deadlineNs, Runnable task) {
        this.deadlineNs = deadlineNs;
        this.task = task;
    }

    /** Adds a task; the reactor is to look at the {@link #earliestNs} again. */
    static Timer add(long deadlineNs, Runnable task) {
        Timer timer = new Timer(deadlineNs, task);
        PENDING.add(timer);
        return timer;
    }

    /** Whether no other task comes before. */
    boolean isEarliest() {
        return earliestNs() == deadlineNs;
    }

    /** Makes sure that the task does not begin any more. */
    public void cancel() {
        PENDING.remove(this);
    }

    /** When the next task is due, or {@link Deadline#NONE}. */
    static long earliestNs() {
        // Not first(), which throws if the last one is cancelled meanwhile.
        for (Timer timer : PENDING) {
            return timer.deadlineNs;
        }
        return Deadline.NONE;
    }

    /** The next task that is due and has not been cancelled, or null. */
    static Runnable pollDue() {
        for (Timer timer : PENDING) {
            if (!Deadline.hasPassed(timer.deadlineNs)) {
                return null;
            }
            if (PENDING.remove(timer)) {
                return timer.task;
            }
        }
        return null;
    }

    @Override
    public int compareTo(Timer other) {
        long difference = deadlineNs - other.deadlineNs; // nanoTime may overflow
        return difference != 0 ? Long.signum(difference) : Long.compare(sequence, other.sequence);
    }
}
