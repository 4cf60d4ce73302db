// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.sun.jna.Native;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The processor time, user and system, that this JVM has used and its children: those that were
 * waited for, and those that live, such as the helpers of warm templates. To the microsecond, where
 * the JVM's own clock has steps of ten milliseconds. Thread-safe.
 */
public final class CpuClock {
    private static final int SELF = 0;
    private static final int CHILDREN = -1;

    /** struct rusage: two struct timeval, and 14 numbers. */
    private static final int WORDS = 18;

    private static final long NS_PER_S = 1_000_000_000;
    private static final long NS_PER_US = 1_000;

    private static final boolean KNOWN = register();

    private CpuClock() {}

    private static boolean register() {
        try {
            Native.register(CpuClock.class, "c");
            return true;
        } catch (LinkageError e) {
            return false; // no JNA for this JVM, or nowhere to unpack it
        }
    }

    /** Both together in nanoseconds, since the JVM began; 0 where it cannot be told. */
    public static long ns() {
        return jvmNs() + childrenNs();
    }

    /** Of the JVM alone, with all its threads. */
    public static long jvmNs() {
        return KNOWN ? ns(SELF) : 0;
    }

    /** Of the children alone, from clone(2) on. */
    public static long childrenNs() {
        return KNOWN ? ns(CHILDREN) + livingNs() : 0;
    }

    private static long livingNs() {
        return ProcessHandle.current().children().mapToLong(CpuClock::livingNs).sum();
    }

    private static long livingNs(ProcessHandle child) {
        try {
            String times = Files.readString(Path.of("/proc/" + child.pid() + "/schedstat"));
            return Long.parseLong(times.substring(0, times.indexOf(' ')));
        } catch (IOException | UncheckedIOException e) {
            return 0; // it has just ended
        }
    }

    private static long ns(int who) {
        long[] usage = new long[WORDS];
        getrusage(who, usage);
        return (usage[0] + usage[2]) * NS_PER_S + (usage[1] + usage[3]) * NS_PER_US;
    }

    /** int getrusage(int who, struct rusage *usage) */
    private static native int getrusage(int who, long[] usage);
}
