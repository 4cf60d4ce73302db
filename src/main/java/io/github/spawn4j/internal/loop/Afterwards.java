// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

/**
 * Chores for when there is nothing more urgent, the first one first. To add one takes no memory.
 * Confined to the reactor thread.
 */
final class Afterwards {
    private Chore first;
    private Chore last;
    private int count;

    /** Adds a chore, unless it waits for its turn already, here or elsewhere. */
    void add(Chore chore) {
        if (!chore.enter()) {
            return;
        }
        if (first == null) {
            first = chore;
        } else {
            last.next = chore;
        }
        last = chore;
        count++;
    }

    /** Takes the first one out, of which there must be one. */
    Chore take() {
        Chore chore = first;
        first = chore.next;
        if (first == null) {
            last = null; // else the last child of all would never be collected
        }
        count--;
        chore.leave();
        return chore;
    }

    boolean isEmpty() {
        return first == null;
    }

    int count() {
        return count;
    }
}
