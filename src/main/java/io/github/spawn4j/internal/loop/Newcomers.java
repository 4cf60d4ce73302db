// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Chores for within a tick: children that have just been started, and what has failed. Those that
 * wait are everybody's, as they survive a reactor; one of these objects belongs to one loop.
 *
 * <p>A loop ticks for as long as chores come, so that whoever adds one need not wake its thread.
 * Thread-safe, but to be done by the thread of the loop.
 */
final class Newcomers {
    /** How soon they are done. */
    static final int TICK_MS = 5;

    /** After so many looks without newcomers the thread sleeps until it is woken. */
    private static final int MOST_IDLE_TICKS = 20;

    private static final Chores WAITING = new Chores();

    /** Whether the thread looks after newcomers by itself. */
    private final AtomicBoolean ticking = new AtomicBoolean();

    // Confined to the thread, or to its successor. Nothing is taken out of a list before it has
    // been dealt with, so that a step that fails midway is taken up again.

    /** What has been taken from {@link #WAITING}. */
    private Chore taken;

    private int idleTicks;

    /** Adds a chore, which a loop that ticks will find. */
    static void add(Chore chore) {
        WAITING.add(chore);
    }

    static boolean noneWaits() {
        return WAITING.isEmpty();
    }

    boolean isTicking() {
        return ticking.get();
    }

    /** Returns whether the thread has to be woken to tick. */
    boolean beginTicking() {
        return !ticking.get() && ticking.compareAndSet(false, true);
    }

    /** To be called before the loop begins. */
    void tickIfAnyWaits() {
        ticking.set(!noneWaits());
    }

    /** Whether some have been taken and not been done. */
    boolean hasTaken() {
        return taken != null;
    }

    /** Takes out one of those that have been taken and not been done. */
    Chore take() {
        Chore chore = taken;
        taken = chore.next;
        chore.leave();
        return chore;
    }

    /** Does all that wait. */
    void attemptAll() {
        if (taken == null) {
            taken = WAITING.takeAll(); // not those that come back
        }
        idleTicks = taken != null ? 0 : idleTicks + 1;
        while (taken != null) {
            take().attempt();
        }
        if (idleTicks > MOST_IDLE_TICKS) {
            ticking.set(false);
            // One that has come since would not wake us.
            ticking.compareAndSet(false, !noneWaits());
        }
    }
}
