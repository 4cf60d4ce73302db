// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Io;
import java.util.SortedSet;

/**
 * Writes the steps of an everyday child into a request, and keeps book of its descriptors. One
 * thread at a time.
 *
 * <p>A number that no earlier step has touched names a descriptor of the JVM: it becomes a
 * <em>source</em>, which the launch places where the child finds it, whatever the steps do. A
 * number that a step has made or closed means what it means in the child. At the end everything
 * above stderr that was not asked for is closed.
 */
public final class ActionEncoder {
    /** The highest descriptor, as close_range(2) counts. */
    private static final int TOP = -1;

    private static final int STDERR = 2;

    private final Request request;
    private final ChildDescriptors descriptors = new ChildDescriptors();

    /** The source of the child's terminal, or -1. */
    private int terminal = -1;

    /** Which of the caller's actions is being written. */
    private int index = RequestLayout.NO_INDEX;

    ActionEncoder(Request request) {
        this.request = request;
    }

    /** Says which of the caller's actions the following calls write. */
    public void index(int callersIndex) {
        index = callersIndex;
    }

    /** Puts a source at {@code newfd}. */
    public void place(int source, int newfd) {
        add(RequestLayout.DUP2 | RequestLayout.FD_IS_SOURCE, source, newfd, 0, 0, 0, 0);
        descriptors.open(newfd);
    }

    /**
     * Gives the child the terminal whose other side is ours, open as {@code fd}, as the controlling
     * one: it must have a session of its own. To be called before the caller's actions.
     */
    public void terminal(int fd) {
        terminal = source(fd);
        add(RequestLayout.CONTROLLING_TERMINAL | RequestLayout.FD_IS_SOURCE, terminal);
    }

    /** Puts the terminal at {@code newfd}. */
    public void placeTerminal(int newfd) {
        place(terminal, newfd);
    }

    /** Leaves {@code fd}, 0 to 2, as the JVM has it, open or closed. */
    public void inherit(int fd) {
        add(RequestLayout.INHERIT, fd);
    }

    public void dup2(int fd, int newfd) {
        int type = RequestLayout.DUP2 | sourceFlag(fd);
        add(type, sourceOr(fd), newfd, 0, 0, 0, 0);
        descriptors.open(newfd);
    }

    /**
     * Closes a descriptor.
     *
     * @throws LaunchException if it is not open
     */
    public void close(int fd) throws LaunchException {
        boolean isOpen = descriptors.isOfTheJvm(fd) ? Io.isOpen(fd) : descriptors.isOpen(fd);
        if (!isOpen) {
            throw new LaunchException("close", index, Errno.EBADF, "descriptor " + fd);
        }
        add(RequestLayout.CLOSE, fd);
        descriptors.close(fd);
    }

    public void open(int directory, byte[] path, int newfd, long flags, int mode, long resolve) {
        int text = request.addText(path);
        boolean current = directory < 0;
        int type = RequestLayout.OPEN | (current ? 0 : sourceFlag(directory));
        int from = current ? directory : sourceOr(directory);
        add(type, from, newfd, (int) flags, mode, text, resolve);
        descriptors.open(newfd);
    }

    public void fchdir(int fd) {
        add(RequestLayout.FCHDIR | sourceFlag(fd), sourceOr(fd));
    }

    public void chdir(byte[] path) {
        add(RequestLayout.CHDIR, 0, 0, 0, 0, request.addText(path), 0);
    }

    /** Closes {@code first} to {@code last}; -1 means the highest. */
    public void closeRange(int first, int last) {
        add(RequestLayout.CLOSE_RANGE, first, last, 0, 0, 0, 0);
        descriptors.closeRange(first, last == TOP ? Integer.MAX_VALUE : last);
    }

    /** Closes all but {@code spared}, from 0 on. */
    public void closeAllBut(SortedSet<Integer> spared) {
        int first = 0;
        for (int fd : spared) {
            if (fd > first) {
                closeRange(first, fd - 1);
            }
            first = fd + 1;
        }
        closeRange(first, TOP);
    }

    public void sigmask(long set) {
        add(RequestLayout.SIGMASK, 0, 0, 0, 0, 0, set);
    }

    public void sigdefault(long set) {
        add(RequestLayout.SIGDEFAULT, 0, 0, 0, 0, 0, set);
    }

    public void tcsetpgrp(int fd) {
        add(RequestLayout.TCSETPGRP | sourceFlag(fd), sourceOr(fd));
    }

    public void controllingTerminal(int fd) {
        add(RequestLayout.CONTROLLING_TERMINAL | sourceFlag(fd), sourceOr(fd));
    }

    /** How many steps {@link #closeOthers} needs at most, for so many descriptors to be kept. */
    public static int maxClosing(int descriptors) {
        return descriptors + 1;
    }

    /** Closes everything above stderr but what the steps have put there. */
    public void closeOthers() {
        index = RequestLayout.NO_INDEX;
        int first = STDERR + 1;
        int kept;
        while ((kept = descriptors.nextOpen(first)) >= 0) {
            if (kept > first) {
                add(RequestLayout.CLOSE_RANGE, first, kept - 1, 0, 0, 0, 0);
            }
            first = kept + 1;
        }
        add(RequestLayout.CLOSE_RANGE, first, TOP, 0, 0, 0, 0);
    }

    private int source(int fd) {
        return request.addSource(RequestLayout.SOURCE_DESCRIPTOR, fd);
    }

    private int sourceFlag(int fd) {
        return descriptors.isOfTheJvm(fd) ? RequestLayout.FD_IS_SOURCE : 0;
    }

    private int sourceOr(int fd) {
        return descriptors.isOfTheJvm(fd) ? source(fd) : fd;
    }

    private void add(int type, int fd) {
        add(type, fd, 0, 0, 0, 0, 0);
    }

    private void add(int type, int fd, int newfd, int flags, int mode, int text, long value) {
        request.addAction(type, index, fd, newfd, flags, mode, text, value);
    }
}
