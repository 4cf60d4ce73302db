// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * By which rule the kernel gives CPU time to a thread; see sched(7). Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make", "-j8").scheduler(SchedulingPolicy.BATCH, 0).start();
 * }</pre>
 */
public enum SchedulingPolicy {
    /** A fair share, by niceness: the usual one. Priority 0. */
    OTHER(0),

    /** Real time, until it waits or a higher priority comes. Priority 1 to 99; privileged. */
    FIFO(1),

    /** Real time, in turns with others of its priority. Priority 1 to 99; privileged. */
    RR(2),

    /** As {@link #OTHER}, but taken to be busy and in no hurry to be woken. Priority 0. */
    BATCH(3),

    /** Only what nobody else wants. Priority 0. */
    IDLE(5);

    private final int number;

    SchedulingPolicy(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
