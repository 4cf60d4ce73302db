// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * The rule by which the kernel gives CPU time to a thread; see sched(7). Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make", "-j8").scheduler(SchedulingPolicy.BATCH, 0).start();
 * }</pre>
 */
public enum SchedulingPolicy {
    /** A fair share, by niceness. The usual policy. Priority 0. */
    OTHER(0),

    /**
     * Real time: runs until it waits, or one of higher priority comes. Priority 1 to 99;
     * privileged.
     */
    FIFO(1),

    /** Real time: takes turns with others of its priority. Priority 1 to 99; privileged. */
    RR(2),

    /**
     * As {@link #OTHER}, for work that is not urgent: it interrupts nobody when it wakes up.
     * Priority 0.
     */
    BATCH(3),

    /** Runs only when nothing else wants the CPU. Priority 0. */
    IDLE(5);

    private final int number;

    SchedulingPolicy(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
