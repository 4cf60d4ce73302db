// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.warm;

import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.WarmSpawn;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A helper that is ended when it has been given up and its last user has left. Thread-safe.
 *
 * <p>There is one of these before there is a process, so that at no moment a process has no owner,
 * however little memory there is.
 */
final class Helper {
    /** 0 before there is a process, and once it has been ended. */
    private final AtomicLong address = new AtomicLong();

    /** Address and error number, as the native half stores them. */
    private final long[] made = new long[2];

    private volatile int pid;

    /** Those who use it, and one more until it is given up; 0 once it is to be ended. */
    private final AtomicInteger users = new AtomicInteger(1);

    private final AtomicInteger starts = new AtomicInteger();

    Helper() {
        Faults.resource("helper");
    }

    /**
     * Makes the process. Called once, by the maker of this object.
     *
     * @return {@link WarmSpawn#STARTED}, or why there is none
     */
    int make(RequestEncoder request, int deadlineMs) {
        int reason;
        try {
            reason = request.makeHelper(deadlineMs, made);
        } finally {
            // Also if the thread was stopped in the very moment when the call returned.
            address.set(made[0]);
        }
        if (reason == WarmSpawn.STARTED) {
            pid = WarmSpawn.pid(made[0]);
        }
        return reason;
    }

    /** The error number behind a refusal, or 0. */
    long error() {
        return made[1];
    }

    /** Begins a use. Returns false if it has been given up. */
    boolean acquire() {
        int current;
        do {
            current = users.get();
            if (current == 0) {
                return false;
            }
        } while (!users.compareAndSet(current, current + 1));
        return true;
    }

    /**
     * Ends a use, or gives it up. The last one has it ended on the helpers' thread, as that takes a
     * while.
     */
    void release() {
        if (users.decrementAndGet() == 0) {
            HelperKeeper.end(this);
        }
    }

    /** Only good for its users. */
    long address() {
        return address.get();
    }

    int pid() {
        return pid;
    }

    /** Counts a start. Returns how many there have been. */
    int countStart() {
        return starts.incrementAndGet();
    }

    /** Called when there is no user left; a second time nothing happens. */
    void free() {
        long ended = address.getAndSet(0);
        if (ended != 0) {
            WarmSpawn.free(ended);
        }
    }
}
