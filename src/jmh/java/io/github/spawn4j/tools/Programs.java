// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import java.io.IOException;

/** Finds the file behind a program's name, as the library does. */
public final class Programs {
    private Programs() {}

    /**
     * The path of a program.
     *
     * @throws IOException if there is none that can be executed
     */
    public static String find(String program) throws IOException {
        return find(program, null, new Environment());
    }

    /**
     * @param directory where the program is to start, or null for the JVM's directory
     * @param environment what it is to find, with the PATH that counts
     */
    static String find(String program, String directory, Environment environment)
            throws IOException {
        try {
            byte[] where = directory == null ? null : Text.encodeName("directory", directory);
            byte[] path = ProgramLookup.find(program, where, environment.searchPath());
            return Text.decode(path, 0, path.length - 1);
        } catch (LaunchException e) {
            throw new IOException(
                    "cannot execute " + Shell.quote(program) + ": " + Errno.text(e.errno()), e);
        }
    }
}
