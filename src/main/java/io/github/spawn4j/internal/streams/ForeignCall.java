// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

/**
 * Calls into code of the user, by one worker at a time, which can be interrupted for as long as
 * they last and not a moment longer, as the worker has other things to do. Thread-safe.
 */
public final class ForeignCall {
    /** The worker that is in the user's code, or null. */
    private Thread caller;

    private boolean ended;

    /** Begins a call on this thread. Returns false if there are to be no more. */
    public synchronized boolean begin() {
        caller = ended ? null : Thread.currentThread();
        return !ended;
    }

    /** Ends the call that this thread has begun. */
    public void end() {
        synchronized (this) {
            caller = null;
        }
        Thread.interrupted(); // perhaps it came when the user's code had returned
    }

    /** Interrupts the call that is going on, if there is one, and allows no others. */
    public synchronized void endForGood() {
        ended = true;
        if (caller != null) {
            caller.interrupt();
        }
    }
}
