package io.github.spawn4j.internal.os;

import java.io.IOException;

/** Signals and exits by pidfd. */
public final class Pidfd {
    static {
        NativeLibrary.load();
    }

    private Pidfd() {}

    /**
     * int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags): false if the
     * process has ended.
     */
    public static boolean sendSignal(int pidfd, int signal) throws IOException {
        int result = sendSignal0(pidfd, signal);
        if (result == -Errno.ESRCH) {
            return false;
        }
        Errno.check("pidfd_send_signal", result);
        return true;
    }

    /**
     * int waitid(P_PIDFD, id_t pidfd, siginfo_t *info, WEXITED | WNOHANG): the exit, or null while
     * the process runs. Where somebody else has reaped it, what the pidfd still tells.
     */
    public static Exit reap(int pidfd) throws IOException {
        long[] fields = new long[Exit.FIELDS];
        int result = reap0(pidfd, fields);
        if (result == -Errno.ECHILD) {
            return Exit.unknown();
        }
        return Errno.check("waitid", result) == 0 ? null : Exit.of(fields);
    }

    private static native int sendSignal0(int pidfd, int signal);

    private static native int reap0(int pidfd, long[] fields);
}
