// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;

/**
 * How much time a test sets by whose end a process must have got somewhere. The test takes as long,
 * so it begins with little; whenever that was too little for this machine it is twice as much.
 */
public final class Patience {
    private static final Duration FIRST = ofMillis(100);
    private static final Duration MOST = ofSeconds(26);

    private Patience() {}

    /** Whether it was enough. */
    public interface Condition<T> {
        boolean holds(T result) throws Exception;
    }

    /** What is done in a time. */
    public interface Attempt<T> {
        T in(Duration time) throws Exception;
    }

    /** The result of the first attempt whose time was enough; fails loudly if there is none. */
    public static <T> T until(String what, Condition<T> isEnough, Attempt<T> attempt)
            throws Exception {
        Duration time = FIRST;
        T result = attempt.in(time);
        while (!isEnough.holds(result)) {
            time = time.multipliedBy(2);
            if (time.compareTo(MOST) > 0) {
                throw new AssertionError("not even in half of " + time + ": " + what);
            }
            result = attempt.in(time);
        }
        return result;
    }
}
