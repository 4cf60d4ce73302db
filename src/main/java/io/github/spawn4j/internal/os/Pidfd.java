// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.Optional;

/** Signals and exits by pidfd. */
public final class Pidfd {
    /** PIDFD_SIGNAL_PROCESS_GROUP */
    private static final int PROCESS_GROUP = 4;

    private static final int SIGKILL = 9;

    /** A pid that the kernel never gives. */
    private static final int NOBODY = Integer.MAX_VALUE;

    /** Written by many at once, and read by nobody. */
    private static final long[] UNWANTED = new long[Exit.FIELDS];

    static {
        NativeLibrary.load();
    }

    private Pidfd() {}

    /**
     * int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, unsigned flags): false if the
     * process has ended.
     */
    public static boolean sendSignal(int pidfd, int signal) throws IOException {
        return sent("pidfd_send_signal", sendSignal0(pidfd, signal, 0));
    }

    /**
     * int pidfd_send_signal(int pidfd, int sig, siginfo_t *info, PIDFD_SIGNAL_PROCESS_GROUP), Linux
     * 6.9: to the group that the process leads, or led; false if it has no member any more.
     */
    public static boolean sendGroupSignal(int pidfd, int signal) throws IOException {
        return sent("pidfd_send_signal", sendSignal0(pidfd, signal, PROCESS_GROUP));
    }

    /** int pidfd_open(pid_t pid, unsigned int flags): empty if there is no such process. */
    public static Optional<Fd> open(int pid) throws IOException {
        Optional<Fd> opened = Optional.of(Fd.reserved());
        int result = open0(pid);
        if (result == -Errno.ESRCH) {
            return Optional.empty();
        }
        opened.get().open(Errno.check("pidfd_open", result));
        return opened;
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
        return exit(pidfd, true);
    }

    /** The same, but what {@link #peek} has told already is returned as it is. */
    public static Exit reap(int pidfd, Exit known) throws IOException {
        if (known == null) {
            return reap(pidfd);
        }
        int result = exit0(pidfd, true, UNWANTED);
        return result == -Errno.ECHILD || Errno.check("waitid", result) != 0 ? known : null;
    }

    /**
     * int waitid(P_PIDFD, id_t pidfd, siginfo_t *info, WEXITED | WNOHANG | WNOWAIT): the same
     * without reaping the process, in a quarter of the time.
     */
    public static Exit peek(int pidfd) throws IOException {
        return exit(pidfd, false);
    }

    private static Exit exit(int pidfd, boolean reap) throws IOException {
        Exit exit = new Exit();
        int result = exit0(pidfd, reap, exit.fields());
        if (result == -Errno.ECHILD) {
            return Exit.unknown();
        }
        return Errno.check("waitid", result) == 0 ? null : exit;
    }

    /**
     * int waitid(P_PIDFD, id_t pidfd, siginfo_t *info, WEXITED): waits for a child that is about to
     * end, and reaps it.
     */
    public static void awaitExit(int pidfd) throws IOException {
        Errno.check("poll", Io.await0(pidfd, Io.POLLIN, -1, -1));
        reap(pidfd);
    }

    /**
     * Kills and reaps a child that nobody has been told of. Takes neither memory nor a thread, so
     * that it also works when those have run out, which is mostly why it is called.
     */
    public static void discard(int pid, int pidfd) {
        discard(pid, pidfd, -1);
    }

    /**
     * Does once, to nobody, what {@link #discard} does: what is called for the first time when
     * there is no memory cannot be linked.
     */
    public static void prepare() {
        if (Kernel.has(Kernel.WAITID_PIDFD)) { // without it there will be nobody to be discarded
            discard(NOBODY, -1, 0);
        }
    }

    private static void discard(int pid, int pidfd, int timeoutMs) {
        if (!Kernel.has(Kernel.PIDFD_SEND_SIGNAL) || sendSignal0(pidfd, SIGKILL, 0) < 0) {
            kill0(pid, SIGKILL); // which is still the child's, as nobody has reaped it
        }
        Io.await0(pidfd, Io.POLLIN, -1, timeoutMs);
        exit0(pidfd, true, UNWANTED);
    }

    static native int duplicate0(int pidfd, int number);

    static native int getFd0(int pidfd, int targetFd);

    private static native int open0(int pid);

    private static native int sendSignal0(int pidfd, int signal, int flags);

    private static native int kill0(int pid, int signal);

    private static native int exit0(int pidfd, boolean reap, long[] fields);
}
