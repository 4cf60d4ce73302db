// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * A list of chores that takes no memory: any thread adds, and one takes them all. Thread-safe.
 *
 * <p>A stack, as that is what many can add to without a lock, turned round when it is taken.
 */
public final class Chores {
    private static final AtomicReferenceFieldUpdater<Chores, Chore> LAST =
            AtomicReferenceFieldUpdater.newUpdater(Chores.class, Chore.class, "last");

    private volatile Chore last;

    /** Adds a chore, unless it waits for its turn already, here or elsewhere. */
    public void add(Chore chore) {
        if (!chore.enter()) {
            return;
        }
        Chore before;
        do {
            before = last;
            chore.next = before;
        } while (!LAST.compareAndSet(this, before, chore));
    }

    boolean isEmpty() {
        return last == null;
    }

    /** Empties the list, and does them all on this thread, in the order in which they came. */
    public void attemptAll() {
        Chore chore = takeAll();
        while (chore != null) {
            Chore behind = chore.next;
            chore.leave();
            chore.attempt();
            chore = behind;
        }
    }

    /** Empties the list. Returns the first chore, with the others behind it, or null. */
    Chore takeAll() {
        Chore chore = LAST.getAndSet(this, null);
        Chore first = null;
        while (chore != null) {
            Chore before = chore.next;
            chore.next = first;
            first = chore;
            chore = before;
        }
        return first;
    }
}
