// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/** How many processes of a cgroup were killed for want of memory. Thread-safe. */
public final class MemoryKills {
    private static final String EVENTS = "memory.events";

    /** More than it has. */
    private static final int MOST_BYTES = 4096;

    private final CgroupFiles files;

    /** Whether there is controller memory, as far as we have seen. */
    private volatile boolean isCounted;

    /**
     * Open, as there may be no descriptor left when a process has ended; null where there is none.
     */
    @GuardedBy("this")
    private RandomAccessFile events;

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
        synchronized (this) {
            if (isCounted && events == null) {
                events = files.open(EVENTS);
            }
        }
    }

    /** Whether there is a count. */
    boolean canTell() {
        return isCounted && !removed;
    }

    /** As far as that is known. */
    long count() {
        if (!removed) {
            try {
                return CgroupFiles.numberIn(read(), "oom_kill").orElse(0);
            } catch (IOException e) {
                // Removed meanwhile, by us or by somebody else.
            }
        }
        return last;
    }

    private synchronized String read() throws IOException {
        if (events == null) {
            return "";
        }
        byte[] text = new byte[MOST_BYTES];
        events.seek(0);
        int size = events.read(text);
        return new String(text, 0, Math.max(0, size), StandardCharsets.ISO_8859_1);
    }

    /** To be called when all processes have ended, before the cgroup is removed. */
    public void remember() {
        last = count();
    }

    /** To be called when the cgroup has been removed. */
    public synchronized void end() throws IOException {
        removed = true;
        if (events != null) {
            events.close();
            events = null;
        }
    }
}
