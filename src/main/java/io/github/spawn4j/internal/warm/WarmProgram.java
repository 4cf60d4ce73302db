// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.warm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.os.FirstUse;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.WarmSpawn;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * One program, and the helper that starts it. Thread-safe; whoever made it closes it.
 *
 * <p>The helper is made and ended on the thread of {@link HelperKeeper}; a start that finds none
 * asks for one, and is cold. So nobody waits for a helper, and one that nobody needs is not made.
 */
public final class WarmProgram implements AutoCloseable {
    /** Why a start was cold: there is no helper, but nothing speaks against one. */
    public static final int NOT_READY = WarmSpawn.REASONS;

    private static final Log LOG = Log.of(WarmProgram.class);

    /** How long a program may take to be linked. */
    private static final int MAKE_MS = 5_000;

    /*
     * Between two attempts to make a helper. It doubles with each, until there is a warm start: what
     * cannot be made, or ends at once, shall not be tried at every start.
     */
    private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE_NS = TimeUnit.MINUTES.toNanos(10);

    private final WarmSettings settings;

    /** Null where nobody else's helpers count. */
    private final HelperBudget budget;

    /**
     * The same program with a helper of its own, for when ours is busy; null where there is none.
     */
    private final WarmProgram second;

    /** What a helper is made from. Used on the thread of the helpers only. */
    private final RequestEncoder request;

    /** A child was waiting. */
    private final AtomicLong parked = new AtomicLong();

    /** None was waiting, so that one was cloned. */
    private final AtomicLong cloned = new AtomicLong();

    /** Starts in the usual way, by reason. */
    private final AtomicLongArray cold = new AtomicLongArray(NOT_READY + 1);

    /** Null while there is none. */
    private volatile Helper helper;

    /** Why there is none. */
    private volatile int refusal = NOT_READY;

    private volatile long lastUseNs = System.nanoTime();
    private volatile long nextAttemptNs = System.nanoTime();
    private volatile long pauseNs = FIRST_PAUSE_NS;

    /** Whether a helper has been asked for. */
    private final AtomicBoolean asked = new AtomicBoolean();

    @GuardedBy("this")
    private boolean closed;

    /**
     * A program without a helper.
     *
     * @param request with nothing but its program, arguments and environment; taken over
     * @param budget what bounds its helper and those of others, or null
     */
    public WarmProgram(RequestEncoder request, WarmSettings settings, HelperBudget budget) {
        this.request = request;
        this.settings = settings;
        this.budget = budget;
        // The bound of a budget is kept strictly.
        second =
                settings.hasSecond() && budget == null
                        ? new WarmProgram(request, settings.ofSecond(), null)
                        : null;
    }

    /**
     * Starts the process that {@code toStart} describes, if that can be done warm.
     *
     * @return whether it has been tried, with the outcome in the request; else nothing has
     *     happened, and it is to be started in the usual way
     */
    public boolean start(RequestEncoder toStart, int strategy) {
        int reason = attempt(toStart, strategy);
        if (reason == WarmSpawn.BUSY && second != null) {
            reason = second.attempt(toStart, strategy);
        }
        return reason == WarmSpawn.STARTED;
    }

    /** Returns {@link WarmSpawn#STARTED}, or why nothing has happened. */
    private int attempt(RequestEncoder toStart, int strategy) {
        Helper current = helper;
        if (current == null || !current.acquire()) {
            int reason = refusal;
            if (cold.incrementAndGet(reason) >= settings.fromStart() || reason != NOT_READY) {
                lastUseNs = System.nanoTime();
                ask();
            }
            return reason;
        }
        try {
            int reason = toStart.launchWarm(current.address(), strategy, settings.deadlineMs());
            if (reason == WarmSpawn.STARTED) {
                hasStarted(current, toStart.outcome().wasParked());
            } else {
                hasRefused(current, reason);
            }
            return reason;
        } finally {
            current.release();
        }
    }

    private void hasStarted(Helper by, boolean wasParked) {
        (wasParked ? parked : cloned).incrementAndGet();
        lastUseNs = System.nanoTime();
        pauseNs = FIRST_PAUSE_NS;
        int starts = by.countStart();
        if (starts % settings.renewAfter() == 0) {
            nextAttemptNs = lastUseNs;
            ask(); // it serves until there is the next one
        }
        // Not at each start: the helper would run while the caller has other things to do.
        int half = (settings.parked() + 1) / 2;
        if (half > 0 && (!wasParked || starts % half == 0)) {
            WarmSpawn.park(by.address(), settings.parked());
        }
    }

    private void hasRefused(Helper by, int reason) {
        cold.incrementAndGet(reason);
        lastUseNs = System.nanoTime();
        switch (reason) {
            case WarmSpawn.STALE, WarmSpawn.LATE, WarmSpawn.BROKEN -> {
                giveUp(by);
                ask();
            }
            // Of the whole process: what is made by now has it too.
            case WarmSpawn.OTHER_GROUP, WarmSpawn.OTHER_LIMITS -> ask();
            default -> {
                // Another start may do.
            }
        }
    }

    /** Has a helper made, in place of the one that there may be, unless it is too soon for that. */
    public void ask() {
        boolean isTooSoon = System.nanoTime() - nextAttemptNs < 0;
        if (isTooSoon || !asked.compareAndSet(false, true)) {
            return;
        }
        boolean succeeded = false;
        try {
            FirstUse.prepare(FirstUse.HELPER);
            HelperKeeper.execute(this::make, this::postponeAsked);
            succeeded = true;
        } catch (IOException | RuntimeException | Error e) {
            // A start does not fail for want of a helper.
            LOG.debug("no thread for helpers", e);
        } finally {
            if (!succeeded) {
                postponeAsked();
            }
        }
    }

    /** What was asked for cannot be tried at present. */
    private void postponeAsked() {
        postpone();
        asked.set(false);
    }

    private void postpone() {
        nextAttemptNs = System.nanoTime() + pauseNs;
        pauseNs = Math.min(2 * pauseNs, LONGEST_PAUSE_NS);
    }

    private void make() {
        try {
            postpone();
            if (!isClosed() && (budget == null || budget.admit(this))) {
                makeHelper();
            }
        } finally {
            leaveBudgetWithoutHelper();
            asked.set(false);
        }
    }

    private void makeHelper() {
        Helper made = new Helper();
        Helper unused = made;
        try {
            int reason = made.make(request, MAKE_MS);
            if (reason == WarmSpawn.STARTED) {
                WarmSpawn.park(made.address(), settings.parked());
                unused = use(made);
            } else {
                refusal = reason;
                LOG.debug("no helper: reason {}, errno {}", reason, made.error());
            }
        } finally {
            if (unused != null) {
                unused.release();
            }
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void leaveBudgetWithoutHelper() {
        if (budget != null && helper == null) {
            budget.leave(this);
        }
    }

    /** Returns the helper that is of no use any more, or null: the new one, or the one before. */
    private synchronized Helper use(Helper made) {
        boolean hasRoom = budget == null || budget.holds(this); // others may have needed it
        if (closed || !hasRoom) {
            return made;
        }
        HelperKeeper.add(this); // first: it may find no memory
        Helper before = helper;
        helper = made;
        refusal = NOT_READY;
        lastUseNs = System.nanoTime();
        return before;
    }

    /** Gives {@code old} up, unless there is another one already. */
    private void giveUp(Helper old) {
        synchronized (this) {
            if (helper != old) {
                return;
            }
            helper = null;
            HelperKeeper.remove(this);
        }
        leaveBudgetWithoutHelper();
        old.release();
    }

    /** Gives up a helper that is idle, broken or stale. On the thread of the helpers. */
    void lookAfter() {
        Helper current = helper;
        if (current == null || !current.acquire()) {
            return;
        }
        try {
            int state = WarmSpawn.look(current.address());
            if (System.nanoTime() - lastUseNs > settings.idleNs()) {
                giveUp(current);
            } else if (state != WarmSpawn.STARTED) {
                giveUp(current);
                ask();
            }
        } finally {
            current.release();
        }
    }

    /** Ends the helper as if nobody had used it for long; the next start asks for another. */
    public void rest() {
        if (second != null) {
            second.rest();
        }
        Helper current = helper;
        if (current != null) {
            giveUp(current);
        }
    }

    public long parked() {
        return parked.get() + (second == null ? 0 : second.parked());
    }

    public long cloned() {
        return cloned.get() + (second == null ? 0 : second.cloned());
    }

    /** How many starts were cold for {@code reason}. */
    public long cold(int reason) {
        long count = cold.get(reason);
        // Those that the second helper has started after all.
        return reason == WarmSpawn.BUSY && second != null
                ? count - second.parked() - second.cloned()
                : count;
    }

    /** The helper's pid, or 0 if there is none. */
    public int helperPid() {
        Helper current = helper;
        return current == null ? 0 : current.pid();
    }

    /** Why the last attempt to make a helper has failed, or {@link #NOT_READY}. */
    public int refusal() {
        return refusal;
    }

    /** When it was last used, as {@link System#nanoTime} counts. */
    public long lastUseNs() {
        return lastUseNs;
    }

    /** Ends the helper; starts that are going on finish. Closing twice does nothing. */
    @Override
    public void close() {
        if (second != null) {
            second.close();
        }
        Helper old;
        synchronized (this) {
            closed = true;
            old = helper;
            helper = null;
            HelperKeeper.remove(this);
        }
        leaveBudgetWithoutHelper();
        if (old != null) {
            old.release();
        }
    }
}
