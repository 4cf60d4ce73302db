// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/**
 * The foreground of the terminal that standard input is: only processes in it may read, all others
 * are stopped by SIGTTIN. Lent to a child and taken back. Thread-safe.
 */
public final class Foreground {
    private static final int STDIN = 0;
    private static final int NOBODY = -1;

    static {
        NativeLibrary.load();
    }

    private Foreground() {}

    /**
     * What there is to be lent: null unless standard input is a terminal whose foreground is ours.
     */
    public static Foreground toLend() {
        return isOurs0(STDIN) == 1 ? new Foreground() : null;
    }

    /**
     * Takes it back from a child that led its own group and has ended, unless somebody else has got
     * it meanwhile. Taking it again does nothing.
     */
    public void takeBack(int pid) throws IOException {
        Errno.check("ioctl(TIOCSPGRP)", takeBack0(STDIN, pid));
    }

    /** The same from a child that could not be started and is gone. */
    public void takeBack() throws IOException {
        takeBack(NOBODY);
    }

    private static native int isOurs0(int terminal);

    private static native int takeBack0(int terminal, int group);
}
