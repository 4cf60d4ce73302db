// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

/** How soon a thread gets a processor when it wakes up. */
public final class TimeSlice {
    static {
        NativeLibrary.load();
    }

    private TimeSlice() {}

    /**
     * int sched_setattr(pid_t pid, struct sched_attr *attr, unsigned int flags): gives the calling
     * thread half the time slice that it has. Threads and processes that it starts do not inherit
     * that. Without effect before Linux 6.12.
     *
     * <p>A thread that is content with shorter slices than another gets them sooner, and no more
     * time. Otherwise a thread that wakes up on a processor where one that computes has its turn, a
     * compiler of the JVM's, waits until that turn is over, for milliseconds. Still shorter ones
     * would make many turns of the work that a thousand exits at once are.
     */
    public static void halve() {
        // As good as before where it is refused.
        if (NativeLibrary.isLoaded()) {
            halve0();
        }
    }

    private static native int halve0();
}
