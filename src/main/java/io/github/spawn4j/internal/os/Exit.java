package io.github.spawn4j.internal.os;

import java.lang.annotation.Native;

/**
 * How a child ended, as waitid(2) says it. Immutable.
 *
 * @param code CLD_EXITED, CLD_KILLED, CLD_DUMPED, or {@link #UNKNOWN}
 * @param status the exit code or the signal
 * @param usage the rusage: user and system time in microseconds, peak memory in KiB, minor and
 *     major faults, block inputs and outputs, voluntary and involuntary context switches
 */
public record Exit(int code, int status, long[] usage) {
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

    private static final int USAGE_FIELDS = FIELDS - 2;

    static Exit of(long[] fields) {
        long[] usage = new long[USAGE_FIELDS];
        System.arraycopy(fields, 2, usage, 0, USAGE_FIELDS);
        return new Exit((int) fields[0], (int) fields[1], usage);
    }

    /** Nobody can tell how it ended. */
    public static Exit unknown() {
        return new Exit(UNKNOWN, 0, new long[USAGE_FIELDS]);
    }
}
