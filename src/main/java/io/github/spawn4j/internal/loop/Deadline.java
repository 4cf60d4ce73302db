// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Points in {@link System#nanoTime}'s time. */
public final class Deadline {
    /** Never. A deadline that happens to have this value comes 1 ns late. */
    public static final long NONE = Long.MAX_VALUE;

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 2);

    private Deadline() {}

    /** The point that lies {@code timeout} ahead. */
    public static long after(long timeout, TimeUnit unit) {
        long timeoutNs = unit.toNanos(timeout);
        if (timeoutNs >= Long.MAX_VALUE / 2) {
            return NONE;
        }
        long deadlineNs = System.nanoTime() + timeoutNs;
        return deadlineNs == NONE ? NONE - 1 : deadlineNs;
    }

    /** A duration's length, or about 146 years where it is longer. */
    public static long toNanos(Duration duration) {
        return duration.compareTo(LONGEST) < 0 ? duration.toNanos() : LONGEST.toNanos();
    }

    public static boolean hasPassed(long deadlineNs) {
        return deadlineNs != NONE && deadlineNs - System.nanoTime() <= 0;
    }

    /** For parkNanos and its like: at least 0. */
    public static long remainingNs(long deadlineNs) {
        return deadlineNs == NONE ? Long.MAX_VALUE : Math.max(0, deadlineNs - System.nanoTime());
    }

    /** For poll(2): rounded up, so that nobody wakes up too early; negative for ever. */
    static int remainingMs(long deadlineNs) {
        if (deadlineNs == NONE) {
            return -1;
        }
        long ms = (remainingNs(deadlineNs) + 999_999) / 1_000_000;
        return (int) Math.min(ms, Integer.MAX_VALUE);
    }
}
