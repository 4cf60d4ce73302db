// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Native;

/**
 * What this kernel, and the filters that this process runs under, allow. Probed in a child, on
 * first use. Thread-safe.
 */
public final class Kernel {
    /** clone3(2), Linux 5.3. */
    @Native public static final long CLONE3 = 1;

    /** CLONE_INTO_CGROUP, Linux 5.7. */
    @Native public static final long CLONE_INTO_CGROUP = 1 << 1;

    /** pidfd_open(2), Linux 5.3. */
    @Native public static final long PIDFD_OPEN = 1 << 2;

    /** pidfd_send_signal(2), Linux 5.1. */
    @Native public static final long PIDFD_SEND_SIGNAL = 1 << 3;

    /** waitid(2) with P_PIDFD, Linux 5.4. */
    @Native public static final long WAITID_PIDFD = 1 << 4;

    /** close_range(2), Linux 5.9. */
    @Native public static final long CLOSE_RANGE = 1 << 5;

    /** openat2(2), Linux 5.6. */
    @Native public static final long OPENAT2 = 1 << 6;

    /** faccessat2(2), Linux 5.8. */
    @Native public static final long FACCESSAT2 = 1 << 7;

    /** execveat(2), Linux 3.19. */
    @Native public static final long EXECVEAT = 1 << 8;

    /**
     * AT_EXECVE_CHECK, Linux 6.14, which is also where a program executed by descriptor bears its
     * proper name.
     */
    @Native public static final long EXECVE_CHECK = 1 << 9;

    /** PIDFD_SIGNAL_PROCESS_GROUP of pidfd_send_signal(2), Linux 6.9. */
    @Native public static final long PIDFD_GROUP_SIGNAL = 1 << 10;

    /** CLONE_PIDFD of clone(2), Linux 5.2; that of clone3(2) comes with it. */
    @Native public static final long CLONE_PIDFD = 1 << 11;

    /** memfd_create(2), Linux 3.17. */
    @Native public static final long MEMFD_CREATE = 1 << 12;

    /** sched_getattr(2) and sched_setattr(2), Linux 3.14. */
    @Native public static final long SCHED_ATTR = 1 << 13;

    /** splice(2), Linux 2.6.17. */
    @Native public static final long SPLICE = 1 << 14;

    /** That a call of close_range(2) returns, be it with an error, and kills nobody. */
    @Native public static final long CLOSE_RANGE_ANSWERED = 1 << 15;

    /** CLONE_PIDFD_AUTOKILL with what it needs, CLONE_AUTOREAP, and CLONE_NNP, Linux 7.1. */
    @Native public static final long AUTOKILL = 1 << 16;

    /** What {@link #capabilities} is called where it fails. */
    public static final String PROBE = "probe of the kernel";

    /** By the numbers of the bits. */
    private static final String[] NAMES = {
        "clone3",
        "clone3(CLONE_INTO_CGROUP)",
        "pidfd_open",
        "pidfd_send_signal",
        "waitid(P_PIDFD)",
        "close_range",
        "openat2",
        "faccessat2",
        "execveat",
        "execveat(AT_EXECVE_CHECK)",
        "pidfd_send_signal(PIDFD_SIGNAL_PROCESS_GROUP)",
        "clone(CLONE_PIDFD)",
        "memfd_create",
        "sched_setattr",
        "splice",
        "close_range",
        "clone3(CLONE_PIDFD_AUTOKILL)",
    };

    static {
        NativeLibrary.load();
    }

    /** Negative until it is known. */
    private static volatile long known = -1;

    private Kernel() {}

    /**
     * All capabilities, as bits.
     *
     * @throws IOException if there could be no child to ask, for want of memory or processes; the
     *     next call asks again
     */
    public static long capabilities() throws IOException {
        long capabilities = known;
        if (capabilities < 0) {
            NativeHalf.require();
            capabilities = capabilities0();
            if (capabilities < 0) {
                throw new ErrnoException(PROBE, (int) -capabilities);
            }
            known = capabilities;
        }
        return capabilities;
    }

    /**
     * Whether {@code capability} is there.
     *
     * @throws UncheckedIOException where {@link #capabilities} fails, which it does not any more
     *     once a process has been started
     */
    public static boolean has(long capability) {
        try {
            return (capabilities() & capability) == capability;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The call, or the part of it, that a capability is, by the number of its bit. */
    public static String name(int bit) {
        return NAMES[bit];
    }

    /** Whether a child has been seen that died at its birth in a cgroup, and then moved there. */
    public static boolean killsAtBirth() {
        return killsAtBirth0();
    }

    private static native long capabilities0();

    private static native boolean killsAtBirth0();
}
