// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.lang.annotation.Native;

/** How a child ended, as waitid(2) says it. Immutable once it has been filled. */
public final class Exit {
    /** Somebody else has collected the status. */
    public static final int UNKNOWN = 0;

    /** CLD_EXITED */
    public static final int EXITED = 1;

    /** CLD_KILLED */
    public static final int KILLED = 2;

    /** CLD_DUMPED */
    public static final int DUMPED = 3;

    /** Code and status, then the numbers of the rusage. */
    @Native static final int FIELDS = 11;

    private static final int FIRST_OF_USAGE = 2;

    private final long[] fields = new long[FIELDS];

    /**
     * Made before the kernel is asked: when it has answered, the child is gone, and so is the
     * answer.
     */
    Exit() {}

    /** What the kernel's answer is written to. */
    long[] fields() {
        return fields;
    }

    /** With an exit code. */
    public static Exit exited(int code) {
        return of(EXITED, code);
    }

    /** By a signal. */
    public static Exit killed(int signal) {
        return of(KILLED, signal);
    }

    private static Exit of(int code, int status) {
        Exit exit = new Exit();
        exit.fields[0] = code;
        exit.fields[1] = status;
        return exit;
    }

    /** Nobody can tell how it ended. */
    public static Exit unknown() {
        return new Exit();
    }

    /** CLD_EXITED, CLD_KILLED, CLD_DUMPED, or {@link #UNKNOWN}. */
    public int code() {
        return (int) fields[0];
    }

    /** The exit code or the signal. */
    public int status() {
        return (int) fields[1];
    }

    /**
     * A number of the rusage, counted from 0: user and system time in microseconds, peak memory in
     * KiB, minor and major faults, block inputs and outputs, voluntary and involuntary context
     * switches.
     */
    public long usage(int index) {
        return fields[FIRST_OF_USAGE + index];
    }
}
