// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/** What the file system says about programs and directories. Paths are bytes, ended by NUL. */
public final class Executable {
    static {
        NativeLibrary.load();
    }

    private Executable() {}

    /**
     * Whether the calling thread may execute {@code path}: 0, or the error number that execve(2)
     * would give (EACCES also for what is no regular file).
     */
    public static int check(byte[] path) {
        NativeLibrary.require();
        return -checkProgram0(path);
    }

    /** 0 if {@code path} is a directory that the calling thread may enter, or the error number. */
    public static int checkDirectory(byte[] path) {
        NativeLibrary.require();
        return -checkDirectory0(path);
    }

    /** int open(const char *path, O_PATH | O_CLOEXEC) */
    public static Fd pin(byte[] path) throws IOException {
        NativeHalf.require();
        return Fd.reserved("open").opened("open", pin0(path));
    }

    /** int open(const char *path, O_RDONLY | O_CLOEXEC) */
    public static Fd open(byte[] path) throws IOException {
        NativeHalf.require();
        return Fd.reserved("open").opened("open", open0(path));
    }

    /** Stores the identity key of an open file into {@code key}. */
    public static void identity(int fd, byte[] key) throws IOException {
        Errno.check("statx", identity0(fd, key));
    }

    /**
     * Opens the file behind {@code fd} once more, as O_PATH.
     *
     * @throws ErrnoException with EBADF if it is not open, or is O_PATH itself
     */
    public static Fd pin(int fd) throws IOException {
        return Fd.reserved("open").opened("open", pinDescriptor0(fd));
    }

    /**
     * Checks that the calling thread may execute an open file, and that nobody can write to it.
     *
     * @throws ErrnoException with EACCES or ETXTBSY
     */
    public static void checkFile(int fd) throws IOException {
        Errno.check("execveat", checkFile0(fd));
    }

    /**
     * Checks that an open file is an ELF program for this machine. One that may not be read passes.
     *
     * @throws ErrnoException with ENOEXEC
     */
    public static void checkElf(int fd) throws IOException {
        Errno.check("read", checkElf0(fd));
    }

    /** Whether an open file is an ELF program for this machine. */
    public static boolean isElf(int fd) {
        return checkElf0(fd) == 0;
    }

    private static native int checkProgram0(byte[] path);

    private static native int checkDirectory0(byte[] path);

    private static native int pin0(byte[] path);

    private static native int open0(byte[] path);

    private static native int identity0(int fd, byte[] key);

    private static native int pinDescriptor0(int fd);

    private static native int checkFile0(int fd);

    private static native int checkElf0(int fd);
}
