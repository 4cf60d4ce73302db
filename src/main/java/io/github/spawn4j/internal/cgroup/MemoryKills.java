package io.github.spawn4j.internal.cgroup;

import java.io.IOException;

/** How many processes of a cgroup were killed for want of memory. Thread-safe. */
public final class MemoryKills {
    private static final String EVENTS = "memory.events";

    private final CgroupFiles files;

    /** Whether there is controller memory, as far as we have seen. */
    private volatile boolean isCounted;

    /** As it was when the cgroup was about to be removed. */
    private volatile long last;

    private volatile boolean removed;

    public MemoryKills(CgroupFiles files) {
        this.files = files;
        look();
    }

    /** To be called when a controller may have been handed on to the cgroup. */
    public void look() {
        isCounted = files.has(EVENTS);
    }

    /** Whether there is a count. */
    boolean canTell() {
        return isCounted && !removed;
    }

    /** As far as that is known. */
    long count() {
        if (!removed) {
            try {
                return files.number(EVENTS, "oom_kill").orElse(0);
            } catch (IOException e) {
                // Removed meanwhile, by us or by somebody else.
            }
        }
        return last;
    }

    /** To be called when all processes have ended, before the cgroup is removed. */
    public void remember() {
        last = count();
    }

    /** To be called when the cgroup has been removed. */
    public void end() {
        removed = true;
    }
}
