// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.sun.jna.Native;
import java.util.OptionalInt;

/** The processor on which the calling thread runs. Thread-safe. */
final class CurrentProcessor {
    static final int UNKNOWN = -1;

    private static final boolean KNOWN = register();

    private CurrentProcessor() {}

    private static boolean register() {
        try {
            Native.register(CurrentProcessor.class, "c");
            return true;
        } catch (LinkageError e) {
            return false; // no JNA for this JVM, or nowhere to unpack it
        }
    }

    /** Its number, or {@link #UNKNOWN}: an int, as an {@link OptionalInt} would be allocated. */
    static int number() {
        return KNOWN ? sched_getcpu() : UNKNOWN;
    }

    /** int sched_getcpu(void) */
    private static native int sched_getcpu();
}
