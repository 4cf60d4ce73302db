// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * How the disk is shared; see ioprio_set(2). Only the disk schedulers bfq and mq-deadline heed it.
 * Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("updatedb").ioPriority(IoClass.IDLE, 0).start();
 * }</pre>
 */
public enum IoClass {
    /** Served first, by level. Needs CAP_SYS_ADMIN, or since Linux 5.14 CAP_SYS_NICE. */
    REALTIME(1),

    /** A fair share, by level. The usual class, with level 4. */
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
