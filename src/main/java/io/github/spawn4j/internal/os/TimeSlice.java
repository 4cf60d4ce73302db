package io.github.spawn4j.internal.os;

/** How soon a thread gets a processor when it wakes up. */
public final class TimeSlice {
    static {
        NativeLibrary.load();
    }

    private TimeSlice() {}

    /**
     * sched_setattr(2), for the calling thread: the shortest time slice there is, Linux 6.12, which
     * a thread that it starts does not inherit.
     *
     * <p>Who is content with short slices gets them sooner, not more of them. Otherwise a thread
     * that wakes up on a processor where one that computes has its turn, a compiler of the JVM's,
     * waits until that turn is over, for milliseconds.
     */
    public static void shorten() {
        // As good as before where it is refused.
        shorten0();
    }

    private static native int shorten0();
}
