// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.RunOptions;
import java.time.Duration;

/**
 * How much time a test sets by whose end a process must have got somewhere. The test takes as long,
 * so it begins with little; whenever that was too little for this machine it is twice as much.
 */
public final class Patience {
    private static final Duration FIRST = ofMillis(100);
    private static final Duration MOST = ofSeconds(26);

    private Patience() {}

    /** How a run fails whose time ends when its process has written something. */
    public static CommandException untilItWrites(EmptyProcess process) throws Exception {
        return until(
                "it has written",
                e -> e.result().stdout().total() > 0,
                time -> {
                    try {
                        process.copy().run(RunOptions.timeout(time));
                    } catch (CommandException e) {
                        if (e.result().stdout().total() == 0) {
                            killSurvivor(e.result().stage().pid());
                        }
                        return e;
                    }
                    throw new AssertionError("it has ended before its time");
                });
    }

    /** Of an attempt that does not count. */
    private static void killSurvivor(long pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }

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
