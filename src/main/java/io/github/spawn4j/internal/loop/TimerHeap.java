// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import java.util.Arrays;

/**
 * Timers by the order in which they are due. One thread at a time.
 *
 * <p>A binary heap of our own, as each timer knows its place there: most are cancelled, which is
 * then no search. Only to add one may take memory.
 */
final class TimerHeap {
    private static final int FIRST_CAPACITY = 64;

    private Timer[] timers = new Timer[FIRST_CAPACITY];
    private int count;

    /** The one that is due first, or null. */
    Timer first() {
        return timers[0];
    }

    /** Adds one that is not there. All or nothing, if there is no memory. */
    void add(Timer timer) {
        if (count == timers.length) {
            timers = Arrays.copyOf(timers, 2 * count);
        }
        count++;
        moveUp(timer, count - 1);
    }

    /** Removes one that is there. */
    void remove(Timer timer) {
        int hole = timer.place;
        count--;
        Timer last = timers[count];
        timers[count] = null;
        timer.place = Timer.NOWHERE;
        if (last != timer) {
            moveUp(last, hole);
            moveDown(last, last.place);
        }
    }

    /** Puts it at {@code place}, or above those that are due later. */
    private void moveUp(Timer timer, int place) {
        int at = place;
        while (at > 0 && timer.isDueBefore(timers[(at - 1) / 2])) {
            put(timers[(at - 1) / 2], at);
            at = (at - 1) / 2;
        }
        put(timer, at);
    }

    /** Puts it at {@code place}, or below those that are due sooner. */
    private void moveDown(Timer timer, int place) {
        int at = place;
        int child = soonerChild(at);
        while (child < count && timers[child].isDueBefore(timer)) {
            put(timers[child], at);
            at = child;
            child = soonerChild(at);
        }
        put(timer, at);
    }

    private int soonerChild(int place) {
        int child = 2 * place + 1;
        boolean isSecond = child + 1 < count && timers[child + 1].isDueBefore(timers[child]);
        return isSecond ? child + 1 : child;
    }

    private void put(Timer timer, int place) {
        timers[place] = timer;
        timer.place = place;
    }
}
