package io.github.spawn4j;

import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.Text;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

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
public abstract sealed class SpawnAction {
    private SpawnAction() {}

    /**
     * close(2). It is an error if the descriptor is not open.
     *
     * @param fd the descriptor, 0 or higher
     * @return the action
     */
    public static SpawnAction close(int fd) {
        return new Close(fd);
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
        return new Dup2(fd, newFd);
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
        return new Open(directoryFd, path, newFd, flags, mode, resolve);
    }

    /**
     * fchdir(2): makes an open directory the child's.
     *
     * @param fd the directory, 0 or higher
     * @return the action
     */
    public static SpawnAction fchdir(int fd) {
        return new Fchdir(fd);
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
        return new CloseRange(first, last);
    }

    /**
     * sigprocmask(2) with SIG_SETMASK: the signals that are blocked when the program starts;
     * without it none are. Takes effect right before exec.
     *
     * @param signals the signals; SIGKILL and SIGSTOP are silently left out
     * @return the action
     */
    public static SpawnAction sigmask(Collection<Signal> signals) {
        return new Sigmask(signals);
    }

    /**
     * sigaction(2) with SIG_DFL. A child starts with default dispositions anyway; the action is
     * here so that a list written for the proposal does what it says.
     *
     * @param signals the signals
     * @return the action
     */
    public static SpawnAction sigdefault(Collection<Signal> signals) {
        return new Sigdefault(signals);
    }

    /**
     * chdir(2): makes a directory the child's.
     *
     * @param path the directory; a relative path counts from the child's
     * @return the action
     */
    public static SpawnAction chdir(String path) {
        return new Chdir(path);
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
        return new CloseAllBut(spared);
    }

    /**
     * tcsetpgrp(3): makes the child's process group the foreground one of its controlling terminal,
     * so that its program may read at once: whoever reads before is stopped by SIGTTIN.
     *
     * @param fd a descriptor of the terminal, 0 or higher
     * @return the action
     */
    public static SpawnAction tcsetpgrp(int fd) {
        return new Tcsetpgrp(fd);
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
        return new ControllingTerminal(fd);
    }

    /** Whether a relative path means something else after this action. */
    boolean changesDirectory() {
        return false;
    }

    /** How many records of a request this action takes at most. */
    int records() {
        return 1;
    }

    /** Adds this action to a request. */
    abstract void encode(RequestEncoder request) throws LaunchException;

    /** The bits of the kernel's sigset_t. */
    private static long set(Collection<Signal> signals) {
        long set = 0;
        for (Signal signal : signals) {
            set |= 1L << (signal.number() - 1);
        }
        return set;
    }

    private static int require(String what, int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException(what + " " + fd + " is negative");
        }
        return fd;
    }

    private static final class Close extends SpawnAction {
        private final int fd;

        Close(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        void encode(RequestEncoder request) throws LaunchException {
            request.close(fd);
        }

        @Override
        public String toString() {
            return "close " + fd;
        }
    }

    private static final class Dup2 extends SpawnAction {
        private final int fd;
        private final int newFd;

        Dup2(int fd, int newFd) {
            this.fd = require("descriptor", fd);
            this.newFd = require("new descriptor", newFd);
        }

        @Override
        void encode(RequestEncoder request) {
            request.dup2(fd, newFd);
        }

        @Override
        public String toString() {
            return "dup2 " + fd + " to " + newFd;
        }
    }

    private static final class Open extends SpawnAction {
        private final int directoryFd;
        private final String path;
        private final byte[] encoded;
        private final int newFd;
        private final long flags;
        private final int mode;
        private final long resolve;

        Open(int directoryFd, String path, int newFd, long flags, int mode, long resolve) {
            if (directoryFd != OpenFlags.AT_FDCWD) {
                require("directory descriptor", directoryFd);
            }
            if (flags < 0 || flags > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        "flags 0x" + Long.toHexString(flags) + " are none of open(2)");
            }
            this.directoryFd = directoryFd;
            this.path = Objects.requireNonNull(path, "path");
            this.encoded = Text.encodeName("path to open", path);
            this.newFd = require("new descriptor", newFd);
            this.flags = flags;
            this.mode = mode;
            this.resolve = resolve;
        }

        @Override
        void encode(RequestEncoder request) {
            request.open(directoryFd, encoded, newFd, flags, mode, resolve);
        }

        @Override
        public String toString() {
            String start =
                    directoryFd == OpenFlags.AT_FDCWD ? "" : " from descriptor " + directoryFd;
            return "open \"" + Text.printable(path) + "\"" + start + " as " + newFd;
        }
    }

    private static final class Fchdir extends SpawnAction {
        private final int fd;

        Fchdir(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        void encode(RequestEncoder request) {
            request.fchdir(fd);
        }

        @Override
        boolean changesDirectory() {
            return true;
        }

        @Override
        public String toString() {
            return "fchdir " + fd;
        }
    }

    private static final class Chdir extends SpawnAction {
        private final String path;
        private final byte[] encoded;

        Chdir(String path) {
            this.path = Objects.requireNonNull(path, "path");
            this.encoded = Text.encodeName("directory", path);
        }

        @Override
        void encode(RequestEncoder request) {
            request.chdir(encoded);
        }

        @Override
        boolean changesDirectory() {
            return true;
        }

        @Override
        public String toString() {
            return "chdir \"" + Text.printable(path) + "\"";
        }
    }

    private static final class CloseAllBut extends SpawnAction {
        private final SortedSet<Integer> spared = new TreeSet<>();

        CloseAllBut(int... spared) {
            for (int fd : spared) {
                this.spared.add(require("descriptor", fd));
            }
        }

        @Override
        void encode(RequestEncoder request) {
            request.closeAllBut(spared);
        }

        @Override
        int records() {
            return spared.size() + 1;
        }

        @Override
        public String toString() {
            return "close all but " + spared;
        }
    }

    private static final class Tcsetpgrp extends SpawnAction {
        private final int fd;

        Tcsetpgrp(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        void encode(RequestEncoder request) {
            request.tcsetpgrp(fd);
        }

        @Override
        public String toString() {
            return "tcsetpgrp on " + fd;
        }
    }

    private static final class ControllingTerminal extends SpawnAction {
        private final int fd;

        ControllingTerminal(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        void encode(RequestEncoder request) {
            request.controllingTerminal(fd);
        }

        @Override
        public String toString() {
            return "controlling terminal " + fd;
        }
    }

    private static final class CloseRange extends SpawnAction {
        private final int first;
        private final int last;

        CloseRange(int first, int last) {
            require("first descriptor", first);
            if (last < first && last != -1) {
                throw new IllegalArgumentException(
                        "last descriptor " + last + " lies before the first, " + first);
            }
            this.first = first;
            this.last = last;
        }

        @Override
        void encode(RequestEncoder request) {
            request.closeRange(first, last, 0);
        }

        @Override
        public String toString() {
            return "close " + first + " to " + (last == -1 ? "the highest" : last);
        }
    }

    private static final class Sigmask extends SpawnAction {
        private final List<Signal> signals;

        Sigmask(Collection<Signal> signals) {
            this.signals = List.copyOf(signals);
        }

        @Override
        void encode(RequestEncoder request) {
            request.sigmask(set(signals));
        }

        @Override
        public String toString() {
            return "block " + signals;
        }
    }

    private static final class Sigdefault extends SpawnAction {
        private final List<Signal> signals;

        Sigdefault(Collection<Signal> signals) {
            this.signals = List.copyOf(signals);
        }

        @Override
        void encode(RequestEncoder request) {
            request.sigdefault(set(signals));
        }

        @Override
        public String toString() {
            return "default for " + signals;
        }
    }
}
