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
        return sent("pidfd_send_signal", sendSignal0(pidfd, signal));
    }

    /** int kill(pid_t pid, int sig): false if the process has ended. */
    public static boolean kill(int pid, int signal) throws IOException {
        return sent("kill", kill0(pid, signal));
    }

    private static boolean sent(String call, int result) throws IOException {
        if (result == -Errno.ESRCH) {
            return false;
        }
        Errno.check(call, result);
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

    /**
     * int waitid(P_PIDFD, id_t pidfd, siginfo_t *info, WEXITED): waits for a child that is about to
     * end, and reaps it.
     */
    public static void awaitExit(int pidfd) throws IOException {
        Errno.check("poll", Io.await0(pidfd, Io.POLLIN, -1, -1));
        reap(pidfd);
    }

    static native int duplicate0(int pidfd, int number);

    static native int getFd0(int pidfd, int targetFd);

    private static native int sendSignal0(int pidfd, int signal);

    private static native int kill0(int pid, int signal);

    private static native int reap0(int pidfd, long[] fields);
}
