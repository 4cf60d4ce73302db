// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Calls of the C library that Java does not have and tests need. Those that can fail answer -1, and
 * {@link #errno} says why.
 */
public final class LibC {
    public static final int ENXIO = 6;
    public static final int ETXTBSY = 26;

    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = 04000;
    public static final int O_DIRECTORY =
            System.getProperty("os.arch").equals("aarch64") ? 040000 : 0200000;
    public static final int O_CLOEXEC = 02000000;
    public static final int O_PATH = 010000000;

    public static final int RLIMIT_NPROC = 6;
    public static final int RLIMIT_NOFILE = 7;
    public static final long MS_NOEXEC = 8;
    public static final int MNT_DETACH = 2;
    public static final int CLONE_FS = 0x200;
    public static final int SIG_BLOCK = 0;
    public static final Pointer SIG_IGN = Pointer.createConstant(1);

    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");
    private static final long SYS_SETRESUID = X86 ? 117 : 147;
    private static final long SYS_SETFSUID = X86 ? 122 : 151;
    private static final long SYS_SETRESGID = X86 ? 119 : 149;
    private static final long SYS_SETGROUPS = X86 ? 116 : 159;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    public static native int open(String path, int flags, int mode);

    public static native int close(int fd);

    public static native long write(int fd, byte[] bytes, long size);

    public static native long read(int fd, byte[] bytes, long size);

    public static native int pipe2(int[] ends, int flags);

    public static native int mkfifo(String path, int mode);

    public static native int setrlimit(int resource, long[] limit);

    public static native int getrlimit(int resource, long[] limit);

    public static native int umask(int mask);

    public static native int chdir(String path);

    public static native int unshare(int flags);

    public static native int mount(
            String source, String target, String type, long flags, String data);

    public static native int umount2(String target, int flags);

    public static native Pointer signal(int signal, Pointer handler);

    public static native int pthread_sigmask(int how, long[] set, long[] old);

    public static native int sched_setscheduler(int pid, int policy, int[] priority);

    public static native int kill(int pid, int signal);

    public static native int chmod(String path, int mode);

    public static native int getuid();

    public static native int setresuid(int real, int effective, int saved);

    public static native long syscall(long number, long first, long second, long third);

    public static int errno() {
        return Native.getLastError();
    }

    public static boolean isRoot() {
        return getuid() == 0;
    }

    /** The result of a call that must succeed. */
    public static int check(String call, int result) {
        if (result < 0) {
            throw new AssertionError(call + " has failed with errno " + errno());
        }
        return result;
    }

    /** Opens a file, and leaves it to exec unless told otherwise. */
    public static int open(Path path, int flags) {
        return check("open " + path, open(path.toString(), flags, 0));
    }

    /** A pipe whose ends are close-on-exec: where it is read, where it is written. */
    public static int[] pipe() {
        int[] ends = new int[2];
        check("pipe2", pipe2(ends, O_CLOEXEC));
        return ends;
    }

    public static Path fifo(Path path) {
        check("mkfifo", mkfifo(path.toString(), 0600));
        return path;
    }

    /** All that comes out of a pipe, which is then closed. */
    public static String readAll(int fd) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] bytes = new byte[4096];
        int count;
        while ((count = check("read", (int) read(fd, bytes, bytes.length))) > 0) {
            all.write(bytes, 0, count);
        }
        close(fd);
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Changes ids of the calling thread only; -1 leaves one as it is. */
    public static void setIds(int real, int effective, int saved) {
        if (syscall(SYS_SETRESGID, real, effective, saved) != 0
                || syscall(SYS_SETRESUID, real, effective, saved) != 0) {
            throw new AssertionError("setresuid has failed with errno " + errno());
        }
    }

    /** Changes the supplementary groups of the calling thread only. */
    public static void setGroups(int... groups) {
        Memory ids = new Memory(Integer.BYTES * (groups.length + 1L));
        ids.write(0, groups, 0, groups.length);
        long address = Pointer.nativeValue(ids);
        check("setgroups", (int) syscall(SYS_SETGROUPS, groups.length, address, 0));
        Reference.reachabilityFence(ids);
    }

    /** With the ids of nobody, which limits apply to, but access to files as before. */
    public static void limitCallingThread() {
        int nobody = 65534;
        setIds(nobody, nobody, 0);
        syscall(SYS_SETFSUID, 0, 0, 0);
    }

    /** Whether a descriptor is open here. */
    public static boolean isOpen(int fd) {
        return Files.exists(Path.of("/proc/self/fdinfo/" + fd));
    }

    /** A line of what /proc says of a descriptor. */
    public static String fdInfo(int fd, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo/" + fd)).stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.substring(key.length() + 1).strip())
                .findFirst()
                .orElse("");
    }
}
