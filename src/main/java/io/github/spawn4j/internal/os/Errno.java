// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;

/** Error numbers: their names, their texts, and the way from a native result to an exception. */
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EIO = 5;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int ECHILD = 10;
    public static final int EAGAIN = 11;
    static final int EPIPE = 32;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    private static final int ENOMEM = 12;
    private static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ETXTBSY = 26;
    public static final int ENOSYS = 38;
    public static final int EOPNOTSUPP = 95;
    public static final int ETIMEDOUT = 110;
    public static final int ESTALE = 116;

    private Errno() {}

    /** Whether descriptors or memory have run out, so that a way that needs none may still do. */
    public static boolean isExhaustion(int errno) {
        return errno == EMFILE || errno == ENFILE || errno == ENOMEM;
    }

    /**
     * The same of a failure. The JDK's of files have only a text, which is known here, as the table
     * cannot be read where no descriptor is left.
     */
    public static boolean isExhaustion(IOException e) {
        if (e instanceof ErrnoException failure) {
            return isExhaustion(failure.errno());
        }
        String reason = e instanceof FileSystemException failure ? failure.getReason() : null;
        return reason != null
                && (reason.startsWith("Too many open files") // of the process, or "in system"
                        || reason.equals("Cannot allocate memory"));
    }

    /** The name, such as {@code ENOENT}. */
    public static String name(int errno) {
        return Table.entry(errno, 0);
    }

    /** The text of strerror(3), such as {@code No such file or directory}. */
    public static String text(int errno) {
        return Table.entry(errno, 1);
    }

    /** The number of a text of strerror(3), or 0 if it is none. */
    public static int ofText(String text) {
        int errno = Table.SIZE - 1;
        while (errno > 0 && !text.equals(text(errno))) {
            errno--;
        }
        return errno;
    }

    /** Whether a write has failed because nobody reads any more. */
    public static boolean isEpipe(IOException e) {
        return e instanceof ErrnoException failure && failure.errno() == EPIPE;
    }

    /**
     * The limit that was met, in words, where descriptors have run out; else an empty string. Asked
     * of the kernel without a descriptor, as there is none.
     */
    public static String limit(int errno) {
        switch (errno) {
            case EMFILE:
                return "the limit on open files is " + Io.maxOpenFiles();
            case ENFILE:
                return "the system's limit on open files, fs.file-max, or the user's on pipes,"
                        + " fs.pipe-user-pages-hard, is reached";
            default:
                return "";
        }
    }

    /**
     * Returns a native {@code result} that is not negative; throws what a negative one says of
     * {@code call}.
     */
    static int check(String call, int result) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, -result);
        }
        return result;
    }

    /**
     * Read on the first failure, which most JVMs never see, and later if it cannot be read then.
     */
    private static final class Table {
        private static final int SIZE = 134;

        private static volatile String[][] entries;

        static String entry(int errno, int part) {
            String[] entry = errno >= 0 && errno < SIZE ? entries()[errno] : null;
            return entry != null ? entry[part] : (part == 0 ? "errno " : "Unknown error ") + errno;
        }

        private static String[][] entries() {
            String[][] known = entries;
            if (known != null) {
                return known;
            }
            try {
                known = read();
                entries = known;
                return known;
            } catch (IOException | RuntimeException e) {
                return new String[SIZE][]; // the number alone says what has happened
            }
        }

        private static String[][] read() throws IOException {
            String[][] read = new String[SIZE][];
            InputStream stream = Errno.class.getResourceAsStream("errno.txt");
            if (stream == null) {
                throw new IOException("no errno.txt"); // as the jar cannot be opened just now
            }
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
                lines.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split(" ", 3))
                        .forEach(
                                parts ->
                                        read[Integer.parseInt(parts[0])] =
                                                new String[] {parts[1], parts[2]});
                return read;
            }
        }
    }
}
