// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.WindowSize;
import io.github.spawn4j.internal.launch.Action;
import java.util.Collection;
import java.util.List;

/**
 * One step that a child takes before it executes its program. Immutable.
 *
 * <p>Actions are taken in the order in which they were given, after standard streams and directory
 * have been set; the first that fails makes {@code start()} fail. A descriptor that no earlier
 * action has touched is the JVM's, by its number there; 0 to 2 are the child's own streams. After
 * the actions everything above 2 that none of them has put there is closed.
 *
 * <pre>{@code
 * // the program finds the database on descriptor 3
 * PidfdProcess.builder("worker").action(SpawnAction.dup2(databaseFd, 3)).start();
 * }</pre>
 *
 * <p>The actions are those of the spawn template proposal, of posix_spawn(3) and of safeexec; what
 * each can fail with stands in the man page of its system call.
 */
public final class SpawnAction {
    private final Action action;

    private SpawnAction(Action action) {
        this.action = action;
    }

    /**
     * close(2). It is an error if the descriptor is not open.
     *
     * @param fd the descriptor, 0 or higher
     * @return the action
     */
    public static SpawnAction close(int fd) {
        return new SpawnAction(Action.close(fd));
    }

    /**
     * dup2(2): makes {@code newFd} a duplicate of {@code fd}, which stays open across exec. If both
     * are equal, the descriptor itself stays open across exec.
     *
     * @param fd the descriptor to duplicate, 0 or higher
     * @param newFd the number of the duplicate, 0 or higher; what had it is closed
     * @return the action
     */
    public static SpawnAction dup2(int fd, int newFd) {
        return new SpawnAction(Action.dup2(fd, newFd));
    }

    /**
     * openat2(2) (on kernels before 5.6 openat(2), which knows no {@code resolve}): opens a file as
     * {@code newFd}. With O_CLOEXEC in {@code flags} it is closed again at exec.
     *
     * @param directoryFd where a relative path starts: a descriptor, or -100 (AT_FDCWD) for the
     *     child's directory
     * @param path the file
     * @param newFd the number under which the child has it, 0 or higher; what had it is closed
     * @param flags O_RDONLY and its like, as numbers
     * @param mode the mode of a file that is created; 0 unless {@code flags} has O_CREAT or
     *     O_TMPFILE
     * @param resolve RESOLVE_BENEATH and its like, as numbers; 0 for none
     * @return the action
     */
    public static SpawnAction open(
            int directoryFd, String path, int newFd, long flags, int mode, long resolve) {
        return new SpawnAction(Action.open(directoryFd, path, newFd, flags, mode, resolve));
    }

    /**
     * fchdir(2): makes an open directory the child's.
     *
     * @param fd the directory, 0 or higher
     * @return the action
     */
    public static SpawnAction fchdir(int fd) {
        return new SpawnAction(Action.fchdir(fd));
    }

    /**
     * close_range(2): closes all descriptors from {@code first} to {@code last}. None of them need
     * be open.
     *
     * @param first the lowest, 0 or higher
     * @param last the highest, at least {@code first}; -1 for no end
     * @return the action
     */
    public static SpawnAction closeRange(int first, int last) {
        return new SpawnAction(Action.closeRange(first, last));
    }

    /**
     * sigprocmask(2) with SIG_SETMASK: the signals that are blocked when the program starts;
     * without it none are. Takes effect right before exec.
     *
     * @param signals the signals; SIGKILL and SIGSTOP are silently left out
     * @return the action
     */
    public static SpawnAction sigmask(Collection<Signal> signals) {
        return new SpawnAction(Action.sigmask(set(signals), names(signals)));
    }

    /**
     * sigaction(2) with SIG_DFL. A child starts with default dispositions anyway; the action is
     * here so that a list written for the proposal does what it says.
     *
     * @param signals the signals
     * @return the action
     */
    public static SpawnAction sigdefault(Collection<Signal> signals) {
        return new SpawnAction(Action.sigdefault(set(signals), names(signals)));
    }

    /**
     * chdir(2): makes a directory the child's.
     *
     * @param path the directory; a relative path counts from the child's
     * @return the action
     */
    public static SpawnAction chdir(String path) {
        return new SpawnAction(Action.chdir(path));
    }

    /**
     * Closes all descriptors from {@code first} on, as closefrom(3) does. None of them need be
     * open.
     *
     * @param first the lowest, 0 or higher
     * @return the action
     */
    public static SpawnAction closeFrom(int first) {
        return closeRange(first, -1);
    }

    /**
     * Closes all descriptors, the standard streams too, but some.
     *
     * @param spared the descriptors to be left alone, 0 or higher; they need not be open
     * @return the action
     */
    public static SpawnAction closeAllBut(int... spared) {
        return new SpawnAction(Action.closeAllBut(spared));
    }

    /**
     * tcsetpgrp(3): makes the child's process group the foreground one of its controlling terminal,
     * so that its program may read at once: a group in the background that reads is stopped by
     * SIGTTIN.
     *
     * @param fd a descriptor of the terminal, 0 or higher
     * @return the action
     */
    public static SpawnAction tcsetpgrp(int fd) {
        return new SpawnAction(Action.tcsetpgrp(fd));
    }

    /**
     * ioctl(TIOCSCTTY): makes a terminal the controlling one of the child's session, and the
     * child's process group its foreground one; see ioctl_tty(2). The child must lead a session
     * ({@link EmptyProcess#newSession newSession}) that has no controlling terminal yet, and the
     * terminal must not be that of another session. This is for a terminal that you have opened;
     * {@link EmptyProcess#terminal(WindowSize) terminal} makes a new one and needs no action.
     *
     * @param fd a descriptor of the terminal, 0 or higher
     * @return the action
     */
    public static SpawnAction controllingTerminal(int fd) {
        return new SpawnAction(Action.controllingTerminal(fd));
    }

    /** The bits of the kernel's sigset_t. */
    private static long set(Collection<Signal> signals) {
        long set = 0;
        for (Signal signal : signals) {
            set |= 1L << (signal.number() - 1);
        }
        return set;
    }

    private static String names(Collection<Signal> signals) {
        return List.copyOf(signals).toString();
    }

    /** What the library makes of it. */
    Action action() {
        return action;
    }

    @Override
    public String toString() {
        return action.toString();
    }
}
