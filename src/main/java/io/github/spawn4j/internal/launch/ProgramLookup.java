package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Executable;

/**
 * Finds the file that a program name means.
 *
 * <p>A name with a slash is a path; a relative one counts from the child's directory, as with
 * {@link ProcessBuilder}. A bare name is searched in PATH; empty entries are skipped (they would
 * mean whatever directory one happens to be in), relative ones count from the JVM's directory. An
 * entry with a file that may not be executed does not end the search, but decides the error if
 * nothing else is found, as execvp(3) does.
 */
public final class ProgramLookup {
    private ProgramLookup() {}

    /**
     * The path to execute, encoded.
     *
     * @param directory the child's directory, or null for the JVM's
     * @throws LaunchException with ENOENT, EACCES ... if there is nothing to execute
     */
    public static byte[] find(String program, String directory, String searchPath)
            throws LaunchException {
        if (program.indexOf('/') < 0) {
            return search(program, searchPath);
        }
        int errno =
                check(
                        directory == null || program.startsWith("/")
                                ? program
                                : directory + "/" + program);
        if (errno != 0) {
            throw missing(program, errno);
        }
        return Text.encode("program", program);
    }

    /**
     * The path to execute, from wherever.
     *
     * @throws LaunchException as for {@link #find}
     */
    public static byte[] findAbsolute(String program, String directory, String searchPath)
            throws LaunchException {
        byte[] found = find(program, directory, searchPath);
        if (found[0] == '/') {
            return found;
        }
        String relative = directory == null ? program : directory + "/" + program;
        return Text.encode("program", absolute(relative));
    }

    private static byte[] search(String program, String searchPath) throws LaunchException {
        int result = Errno.ENOENT;
        for (String entry : searchPath.split(":")) {
            if (entry.isEmpty()) {
                continue;
            }
            String candidate = entry + "/" + program;
            int errno = check(candidate);
            if (errno == 0) {
                return Text.encode("program", absolute(candidate));
            }
            if (!Outcome.isMissing(errno)) {
                result = errno;
            }
        }
        throw missing(program, result);
    }

    /** The child may have another directory than the JVM. */
    private static String absolute(String path) {
        return path.startsWith("/") ? path : System.getProperty("user.dir") + "/" + path;
    }

    private static int check(String path) {
        return Executable.check(Text.encode("program", path));
    }

    private static LaunchException missing(String program, int errno) {
        return new LaunchException(
                "exec", RequestLayout.NO_INDEX, errno, "\"" + Text.printable(program) + "\"");
    }

    /**
     * Checks the directory that a child is to start in.
     *
     * @throws LaunchException with ENOENT, ENOTDIR, EACCES ...
     */
    public static void checkDirectory(String directory) throws LaunchException {
        int errno = Executable.checkDirectory(Text.encode("directory", directory));
        if (errno != 0) {
            throw new LaunchException(
                    "chdir",
                    RequestLayout.NO_INDEX,
                    errno,
                    "\"" + Text.printable(directory) + "\"");
        }
    }
}
