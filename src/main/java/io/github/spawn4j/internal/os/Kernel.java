package io.github.spawn4j.internal.os;

import java.lang.annotation.Native;

/**
 * What this kernel, and the filters that this process runs under, allow. Probed once, in a child,
 * on first use.
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

    static {
        NativeLibrary.load();
    }

    private Kernel() {}

    /** All capabilities, as bits. */
    public static long capabilities() {
        NativeLibrary.require(); // or Probed could never be initialized
        return Probed.CAPABILITIES;
    }

    public static boolean has(long capability) {
        NativeLibrary.require();
        return (Probed.CAPABILITIES & capability) == capability;
    }

    private static final class Probed {
        static final long CAPABILITIES = capabilities0();
    }

    private static native long capabilities0();
}
