// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * How the disk is shared, where its scheduler (bfq, mq-deadline) heeds it; see ioprio_set(2).
 * Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("updatedb").ioPriority(IoClass.IDLE, 0).start();
 * }</pre>
 */
public enum IoClass {
    /** First of all, by level. Needs CAP_SYS_ADMIN, or since Linux 5.14 CAP_SYS_NICE. */
    REALTIME(1),

    /** A fair share, by level: the usual one, level 4. */
    BEST_EFFORT(2),

    /** Only when nobody else uses the disk; the level has no effect. */
    IDLE(3);

    private final int number;

    IoClass(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
