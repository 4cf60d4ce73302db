package io.github.spawn4j.internal.os;

/** How soon a thread gets a processor when it wakes up. */
public final class TimeSlice {
    static {
        NativeLibrary.load();
    }

    private TimeSlice() {}

    /**
     * sched_setattr(2), for the calling thread: half the usual time slice, Linux 6.12, which a
     * thread that it starts does not inherit.
     *
     * <p>Who is content with shorter slices than another gets his sooner, and no more of them.
     * Otherwise a thread that wakes up on a processor where one that computes has its turn, a
     * compiler of the JVM's, waits until that turn is over, for milliseconds. Still shorter ones
     * would make many turns of the work that a thousand exits at once are.
     */
    public static void halve() {
        // As good as before where it is refused.
        halve0();
    }

    private static native int halve0();
}
