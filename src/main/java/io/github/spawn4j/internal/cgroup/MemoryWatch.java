// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/** Tells whether a process of a cgroup was killed for want of memory. Thread-safe. */
public final class MemoryWatch {
    private final MemoryKills kills;

    @GuardedBy("this")
    private long before;

    /** Null until it has ended. */
    @GuardedBy("this")
    private Boolean judged;

    private MemoryWatch(MemoryKills kills) {
        this.kills = kills;
        before = kills.count();
    }

    /**
     * To be called before the process is started.
     *
     * @return null if the cgroup cannot tell
     */
    public static MemoryWatch begin(MemoryKills kills) {
        return kills.canTell() ? new MemoryWatch(kills) : null;
    }

    /**
     * To be called before SIGKILL is sent to the process, which has not ended: whoever was killed
     * for want of memory until now was another one.
     */
    public synchronized void beforeKill() {
        before = kills.count();
    }

    /**
     * Whether want of memory was the reason of an exit, which is decided when this is called first:
     * the sooner, the less another process' death is taken for the reason.
     *
     * @param isKilled whether it was by SIGKILL
     */
    public synchronized boolean judge(boolean isKilled) {
        if (judged == null) {
            judged = isKilled && kills.count() > before;
        }
        return judged;
    }
}
