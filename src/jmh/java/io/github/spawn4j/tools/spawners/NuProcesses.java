// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.zaxxer.nuprocess.NuProcess;
import com.zaxxer.nuprocess.NuProcessBuilder;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** NuProcess, which logs what goes wrong, and returns null. Here it throws. */
public final class NuProcesses {
    // Kept here: java.util.logging forgets the level of a logger that nobody refers to.
    private static final Logger LOGGER = Logger.getLogger("com.zaxxer.nuprocess");

    static {
        LOGGER.setLevel(Level.OFF);
    }

    private NuProcesses() {}

    /** Starts a process, or says that NuProcess cannot here. */
    public static NuProcess start(NuProcessBuilder builder) throws IOException {
        try {
            NuProcess process = builder.start();
            if (process != null) {
                return process;
            }
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("NuProcess does not work on this JVM: " + e, e);
        }
        throw new IOException("NuProcess does not work on this JVM");
    }

    /** Starts a process and waits for it, or says that NuProcess cannot here. */
    static void run(NuProcessBuilder builder) throws IOException {
        try {
            builder.run();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException("NuProcess does not work on this JVM: " + e, e);
        }
    }
}
