// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

/**
 * Writes the steps of a proposal to the letter into a request: numbers are those of a copy of the
 * JVM's table, and nobody keeps book of what becomes of them. One thread at a time.
 */
public final class StrictActions {
    private final Request request;

    /** Which of the caller's actions is being written. */
    private int index = RequestLayout.NO_INDEX;

    StrictActions(Request request) {
        this.request = request;
    }

    /** Says which of the caller's actions the following calls write. */
    public void index(int callersIndex) {
        index = callersIndex;
    }

    public void close(int fd) {
        add(RequestLayout.CLOSE, fd, 0, 0, 0, 0, 0);
    }

    public void dup(int fd, int newfd, int flags) {
        add(RequestLayout.DUP3, fd, newfd, flags, 0, 0, 0);
    }

    public void fchdir(int fd) {
        add(RequestLayout.FCHDIR, fd, 0, 0, 0, 0, 0);
    }

    public void open(int directory, byte[] path, int newfd, int flags, int mode, long resolve) {
        add(RequestLayout.OPEN, directory, newfd, flags, mode, request.addText(path), resolve);
    }

    public void closeRange(int first, int last, int flags) {
        add(RequestLayout.CLOSE_RANGE, first, last, flags, 0, 0, 0);
    }

    public void sigmask(long set) {
        add(RequestLayout.SIGMASK, 0, 0, 0, 0, 0, set);
    }

    public void sigdefault(long set) {
        add(RequestLayout.SIGDEFAULT, 0, 0, 0, 0, 0, set);
    }

    /** Fails with {@code errno}: what the proposal finds wrong only in the child. */
    public void fail(int errno) {
        add(RequestLayout.FAIL, 0, 0, errno, 0, 0, 0);
    }

    private void add(int type, int fd, int newfd, int flags, int mode, int text, long value) {
        request.addAction(type, index, fd, newfd, flags, mode, text, value);
    }
}
