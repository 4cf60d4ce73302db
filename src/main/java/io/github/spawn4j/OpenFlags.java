package io.github.spawn4j;

/** The flags of open(2) that the library itself uses; the same numbers on x86-64 and aarch64. */
final class OpenFlags {
    static final int RDONLY = 0;
    static final int WRONLY = 1;
    static final int CREAT = 0100;
    static final int TRUNC = 01000;
    static final int APPEND = 02000;
    static final int CLOEXEC = 02000000;

    /** What O_TMPFILE is made of besides O_DIRECTORY. */
    static final int TMPFILE = 020000000;

    /** Not a flag: in place of a directory, the current one. */
    static final int AT_FDCWD = -100;

    private OpenFlags() {}
}
