package io.github.spawn4j.internal.io;

import java.util.concurrent.atomic.AtomicReference;

/**
 * A list of chores that takes no memory: any thread adds, and one takes them all. Thread-safe.
 *
 * <p>A stack, as that is what many can add to without a lock, turned round when it is taken.
 */
final class Chores {
    private final AtomicReference<Chore> last = new AtomicReference<>();

    /** Adds a chore, unless it waits for its turn already, here or elsewhere. */
    void add(Chore chore) {
        if (!chore.enter()) {
            return;
        }
        Chore before;
        do {
            before = last.get();
            chore.next = before;
        } while (!last.compareAndSet(before, chore));
    }

    boolean isEmpty() {
        return last.get() == null;
    }

    /** Empties the list. Returns the first chore, with the others behind it, or null. */
    Chore takeAll() {
        Chore chore = last.getAndSet(null);
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
