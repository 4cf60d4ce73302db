// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The order of what is due, whatever is added and removed meanwhile. */
class TimerHeapTest {
    private static final int MANY = 1000;

    private final TimerHeap heap = new TimerHeap();

    /** In the order in which they are to come out: by their deadlines, then as they were made. */
    private static List<Timer> timersFrom(long firstDeadlineNs) {
        List<Timer> timers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            long deadlineNs = firstDeadlineNs + i / 3; // three at a time, and it may overflow
            timers.add(new Timer(deadlineNs, () -> {}));
        }
        return timers;
    }

    private void addInAnyOrder(List<Timer> timers, Random random) {
        List<Timer> shuffled = new ArrayList<>(timers);
        Collections.shuffle(shuffled, random);
        shuffled.forEach(heap::add);
    }

    private List<Timer> takeAll() {
        List<Timer> taken = new ArrayList<>();
        while (heap.first() != null) {
            taken.add(heap.first());
            heap.remove(heap.first());
        }
        return taken;
    }

    @Test
    void givesThemInTheOrderInWhichTheyAreDue() {
        List<Timer> timers = timersFrom(0);
        addInAnyOrder(timers, new Random(1));

        assertThat(takeAll()).isEqualTo(timers);
    }

    @Test
    void keepsTheOrderWhereTheClockOverflows() {
        List<Timer> timers = timersFrom(Long.MAX_VALUE - MANY / 6);
        addInAnyOrder(timers, new Random(2));

        assertThat(takeAll()).isEqualTo(timers);
    }

    @Test
    void keepsTheOrderOfTheOthersWhenSomeAreRemoved() {
        Random random = new Random(3);
        List<Timer> timers = timersFrom(0);
        addInAnyOrder(timers, random);
        List<Timer> removed = new ArrayList<>(timers);
        Collections.shuffle(removed, random);
        removed = removed.subList(0, 2 * MANY / 3);

        removed.forEach(heap::remove);

        timers.removeAll(removed);
        assertThat(takeAll()).isEqualTo(timers);
    }
}
