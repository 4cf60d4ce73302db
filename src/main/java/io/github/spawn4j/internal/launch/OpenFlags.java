// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

/** The flags of open(2) that the library itself uses; the same numbers on x86-64 and aarch64. */
public final class OpenFlags {
    public static final int RDONLY = 0;
    public static final int WRONLY = 1;
    public static final int CREAT = 0100;
    public static final int TRUNC = 01000;
    public static final int APPEND = 02000;
    public static final int CLOEXEC = 02000000;

    /** What O_TMPFILE is made of besides O_DIRECTORY. */
    public static final int TMPFILE = 020000000;

    /** Not a flag: in place of a directory, the current one. */
    public static final int AT_FDCWD = -100;

    private OpenFlags() {}
}
