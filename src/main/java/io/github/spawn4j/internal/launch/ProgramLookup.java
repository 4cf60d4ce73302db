// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Executable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the file that a program name means.
 *
 * <p>A name with a slash is a path; a relative one counts from the child's directory, as with
 * {@link ProcessBuilder}. A bare name is searched in PATH; empty entries are skipped (they would
 * mean whatever directory one happens to be in), relative ones count from the JVM's directory as
 * the kernel knows it. An entry with a file that may not be executed, or that is out of reach, does
 * not end the search, but decides the error if nothing else is found, as execvp(3) does.
 */
public final class ProgramLookup {
    private static final byte COLON = ':';

    private ProgramLookup() {}

    /**
     * The path to execute, encoded.
     *
     * @param directory the child's directory, encoded, or null for the JVM's
     * @param searchPath the directories to search, parted by colons, encoded
     * @throws LaunchException with ENOENT, EACCES ... if there is nothing to execute
     */
    public static byte[] find(String program, byte[] directory, byte[] searchPath)
            throws LaunchException {
        byte[] name = Text.encodeName("program", program);
        if (program.indexOf('/') < 0) {
            return search(program, name, searchPath);
        }
        int errno = Executable.check(inDirectory(directory, name));
        if (errno != 0) {
            throw missing(program, errno);
        }
        return name;
    }

    /**
     * The path to execute, from wherever.
     *
     * @throws LaunchException as for {@link #find}
     */
    public static byte[] findAbsolute(String program, byte[] directory, byte[] searchPath)
            throws LaunchException {
        return PathBytes.absolute(inDirectory(directory, find(program, directory, searchPath)));
    }

    /**
     * What a child in {@code directory}, or where it is null in the JVM's, finds as {@code path}.
     */
    static byte[] inDirectory(byte[] directory, byte[] path) {
        boolean isMoved = directory != null && PathBytes.isRelative(path);
        return isMoved ? PathBytes.join(directory, path) : path;
    }

    /** The encoded directories of a search path that are not empty. */
    static List<byte[]> directories(byte[] searchPath) {
        List<byte[]> directories = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < searchPath.length; i++) {
            if (searchPath[i] == COLON || searchPath[i] == 0) {
                if (i > start) {
                    // One byte more, for the NUL.
                    byte[] directory = Arrays.copyOfRange(searchPath, start, i + 1);
                    directory[i - start] = 0;
                    directories.add(directory);
                }
                start = i + 1;
            }
        }
        return directories;
    }

    private static byte[] search(String program, byte[] name, byte[] searchPath)
            throws LaunchException {
        int result = Errno.ENOENT;
        for (byte[] directory : directories(searchPath)) {
            byte[] candidate = PathBytes.join(directory, name);
            int errno = Executable.check(candidate);
            if (errno == 0) {
                return PathBytes.absolute(candidate); // the child may have another directory
            }
            if (!isPassedOver(errno)) {
                throw missing(program, errno);
            }
            if (!Outcome.isMissing(errno) && result != Errno.EACCES) {
                result = errno;
            }
        }
        throw missing(program, result);
    }

    /**
     * Whether a search goes on behind a candidate that cannot be executed, as that of execvp(3) and
     * of {@code search.c} does.
     */
    public static boolean isPassedOver(int errno) {
        switch (errno) {
            case Errno.ENOENT:
            case Errno.ENOTDIR:
            case Errno.EACCES:
            case Errno.ESTALE:
            case Errno.ENODEV:
            case Errno.ETIMEDOUT:
                return true;
            default:
                return false;
        }
    }

    private static LaunchException missing(String program, int errno) {
        return new LaunchException(
                "exec", RequestLayout.NO_INDEX, errno, "\"" + Text.printable(program) + "\"");
    }

    /**
     * Refuses to read from a directory, of which only read(2) says that it cannot.
     *
     * @throws LaunchException with EISDIR
     */
    public static void refuseDirectory(byte[] file) throws LaunchException {
        if (Executable.checkDirectory(file) == 0) {
            String shown = Text.decode(file, 0, file.length - 1);
            throw new LaunchException(
                    Outcome.OPEN,
                    RequestLayout.NO_INDEX,
                    Errno.EISDIR,
                    "\"" + Text.printable(shown) + "\"");
        }
    }

    /**
     * Checks the directory that a child is to start in.
     *
     * @param shown its name, for messages
     * @throws LaunchException with ENOENT, ENOTDIR, EACCES ...
     */
    public static void checkDirectory(byte[] directory, String shown) throws LaunchException {
        int errno = Executable.checkDirectory(directory);
        if (errno != 0) {
            throw new LaunchException(
                    "chdir", RequestLayout.NO_INDEX, errno, "\"" + Text.printable(shown) + "\"");
        }
    }
}
