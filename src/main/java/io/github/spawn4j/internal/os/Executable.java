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
        return -checkProgram0(path);
    }

    /** 0 if {@code path} is a directory that the calling thread may enter, or the error number. */
    public static int checkDirectory(byte[] path) {
        return -checkDirectory0(path);
    }

    /** int open(const char *path, O_PATH | O_CLOEXEC) */
    public static Fd pin(byte[] path) throws IOException {
        return new Fd(Errno.check("open", pin0(path)));
    }

    /** Stores the identity key of an open file into {@code key}. */
    public static void identity(int fd, byte[] key) throws IOException {
        Errno.check("statx", identity0(fd, key));
    }

    /**
     * Whether the file begins as an ELF image does. A file that may not be read counts as one: no
     * interpreter could read it.
     */
    public static boolean isElf(byte[] path) throws IOException {
        return Errno.check("open", isElf0(path)) == 1;
    }

    private static native int checkProgram0(byte[] path);

    private static native int checkDirectory0(byte[] path);

    private static native int pin0(byte[] path);

    private static native int identity0(int fd, byte[] key);

    private static native int isElf0(byte[] path);
}
