package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Tells whether a process of a cgroup was killed for want of memory. Thread-safe. */
final class MemoryWatch {
    private final Cgroup cgroup;
    private final long before;

    /** Null until it has ended. */
    @GuardedBy("this")
    private ExitStatus judged;

    private MemoryWatch(Cgroup cgroup) {
        this.cgroup = cgroup;
        before = cgroup.outOfMemoryKills();
    }

    /**
     * To be called before the process is started.
     *
     * @param cgroup where it will be, or null
     * @return null if the cgroup cannot tell
     */
    static MemoryWatch begin(Cgroup cgroup) {
        return cgroup != null && cgroup.tellsOutOfMemory() ? new MemoryWatch(cgroup) : null;
    }

    /**
     * What an exit was, which is decided when this is called first: the sooner, the less another
     * process' death is taken for the reason.
     */
    synchronized ExitStatus judge(ExitStatus status) {
        if (judged == null) {
            boolean isKilled =
                    status instanceof ExitStatus.Killed killed
                            && killed.signal().equals(Signal.KILL);
            judged =
                    isKilled && cgroup.outOfMemoryKills() > before
                            ? new ExitStatus.OutOfMemory()
                            : status;
        }
        return judged;
    }
}
