// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A step of the caller's that a child takes before exec: checked when it is made, and written into
 * a request at each start. Immutable. {@code SpawnAction} says what each means.
 */
public abstract sealed class Action {
    private Action() {}

    public static Action close(int fd) {
        return new Close(fd);
    }

    public static Action dup2(int fd, int newFd) {
        return new Dup2(fd, newFd);
    }

    public static Action open(
            int directoryFd, String path, int newFd, long flags, int mode, long resolve) {
        return new Open(directoryFd, path, newFd, flags, mode, resolve);
    }

    public static Action fchdir(int fd) {
        return new Fchdir(fd);
    }

    /** {@code last} is -1 for no end. */
    public static Action closeRange(int first, int last) {
        return new CloseRange(first, last);
    }

    /** {@code set} has the bits of the kernel's sigset_t, {@code names} is for display. */
    public static Action sigmask(long set, String names) {
        return new Sigmask(set, names);
    }

    /** As for {@link #sigmask}. */
    public static Action sigdefault(long set, String names) {
        return new Sigdefault(set, names);
    }

    public static Action chdir(String path) {
        return new Chdir(path);
    }

    public static Action closeAllBut(int... spared) {
        return new CloseAllBut(spared);
    }

    public static Action tcsetpgrp(int fd) {
        return new Tcsetpgrp(fd);
    }

    public static Action controllingTerminal(int fd) {
        return new ControllingTerminal(fd);
    }

    /** Whether a relative path means something else after this action. */
    public boolean changesDirectory() {
        return false;
    }

    /** How many records of a request this action takes at most. */
    public int records() {
        return 1;
    }

    /** Adds this action to a actions. */
    public abstract void encode(ActionEncoder actions) throws LaunchException;

    private static int require(String what, int fd) {
        if (fd < 0) {
            throw new IllegalArgumentException(what + " " + fd + " is negative");
        }
        return fd;
    }

    private static final class Close extends Action {
        private final int fd;

        Close(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        public void encode(ActionEncoder actions) throws LaunchException {
            actions.close(fd);
        }

        @Override
        public String toString() {
            return "close " + fd;
        }
    }

    private static final class Dup2 extends Action {
        private final int fd;
        private final int newFd;

        Dup2(int fd, int newFd) {
            this.fd = require("descriptor", fd);
            this.newFd = require("new descriptor", newFd);
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.dup2(fd, newFd);
        }

        @Override
        public String toString() {
            return "dup2 " + fd + " to " + newFd;
        }
    }

    private static final class Open extends Action {
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
        public void encode(ActionEncoder actions) {
            actions.open(directoryFd, encoded, newFd, flags, mode, resolve);
        }

        @Override
        public String toString() {
            String start =
                    directoryFd == OpenFlags.AT_FDCWD ? "" : " from descriptor " + directoryFd;
            return "open \"" + Text.printable(path) + "\"" + start + " as " + newFd;
        }
    }

    private static final class Fchdir extends Action {
        private final int fd;

        Fchdir(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.fchdir(fd);
        }

        @Override
        public boolean changesDirectory() {
            return true;
        }

        @Override
        public String toString() {
            return "fchdir " + fd;
        }
    }

    private static final class Chdir extends Action {
        private final String path;
        private final byte[] encoded;

        Chdir(String path) {
            this.path = Objects.requireNonNull(path, "path");
            this.encoded = Text.encodeName("directory", path);
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.chdir(encoded);
        }

        @Override
        public boolean changesDirectory() {
            return true;
        }

        @Override
        public String toString() {
            return "chdir \"" + Text.printable(path) + "\"";
        }
    }

    private static final class CloseAllBut extends Action {
        private final SortedSet<Integer> spared = new TreeSet<>();

        CloseAllBut(int... spared) {
            for (int fd : spared) {
                this.spared.add(require("descriptor", fd));
            }
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.closeAllBut(spared);
        }

        @Override
        public int records() {
            return spared.size() + 1;
        }

        @Override
        public String toString() {
            return "close all but " + spared;
        }
    }

    private static final class Tcsetpgrp extends Action {
        private final int fd;

        Tcsetpgrp(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.tcsetpgrp(fd);
        }

        @Override
        public String toString() {
            return "tcsetpgrp on " + fd;
        }
    }

    private static final class ControllingTerminal extends Action {
        private final int fd;

        ControllingTerminal(int fd) {
            this.fd = require("descriptor", fd);
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.controllingTerminal(fd);
        }

        @Override
        public String toString() {
            return "controlling terminal " + fd;
        }
    }

    private static final class CloseRange extends Action {
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
        public void encode(ActionEncoder actions) {
            actions.closeRange(first, last);
        }

        @Override
        public String toString() {
            return "close " + first + " to " + (last == -1 ? "the highest" : last);
        }
    }

    private static final class Sigmask extends Action {
        private final long set;
        private final String names;

        Sigmask(long set, String names) {
            this.set = set;
            this.names = names;
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.sigmask(set);
        }

        @Override
        public String toString() {
            return "block " + names;
        }
    }

    private static final class Sigdefault extends Action {
        private final long set;
        private final String names;

        Sigdefault(long set, String names) {
            this.set = set;
            this.names = names;
        }

        @Override
        public void encode(ActionEncoder actions) {
            actions.sigdefault(set);
        }

        @Override
        public String toString() {
            return "default for " + names;
        }
    }
}
