// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How many more files this JVM can open. */
final class OpenFiles {
    /** At once: the pipes of a child, what /proc says, libraries of the JDK's and ours. */
    private static final int ENOUGH = 16;

    /** Not one of /proc, which may be missing. */
    private static final String FILE = System.getProperty("java.home") + "/lib/modules";

    private OpenFiles() {}

    /** To be called while there is a descriptor with which this class can be read. */
    static void prepare() {}

    /**
     * What is missing, as a sentence, if so few can be opened that something else has failed.
     *
     * <p>To be asked after that: a failure for want of descriptors often says something else, such
     * as that there is no such class.
     */
    static Optional<String> shortage() {
        Deque<InputStream> opened = new ArrayDeque<>();
        try {
            while (opened.size() < ENOUGH) {
                opened.push(new FileInputStream(FILE));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "there are too few descriptors: this JVM can open "
                            + opened.size()
                            + " more files, and "
                            + ENOUGH
                            + " are enough; raise the limit on open files (ulimit -n)");
        } finally {
            opened.forEach(OpenFiles::close);
        }
    }

    private static void close(InputStream file) {
        try {
            file.close();
        } catch (IOException e) {
            // Nothing was written to it.
        }
    }
}
