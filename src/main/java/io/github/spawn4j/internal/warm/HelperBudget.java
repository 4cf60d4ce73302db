// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.warm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How many helpers several programs may have together: the one that was used least recently makes
 * room for another. Thread-safe.
 */
public final class HelperBudget {
    /**
     * What was used so recently is kept: programs that are started in turns, more of them than may
     * have a helper, would have one made at each start.
     */
    private static final long RECENT_NS = TimeUnit.SECONDS.toNanos(1);

    private final int maximum;

    @GuardedBy("this")
    private final List<WarmProgram> holders = new ArrayList<>();

    public HelperBudget(int maximum) {
        this.maximum = maximum;
    }

    /** Makes room for a helper of {@code program}. Returns false if there is none by now. */
    boolean admit(WarmProgram program) {
        WarmProgram oldest = null;
        synchronized (this) {
            if (holders.contains(program)) {
                return true;
            }
            if (holders.size() >= maximum) {
                oldest = oldest();
                if (System.nanoTime() - oldest.lastUseNs() < RECENT_NS) {
                    return false;
                }
                holders.remove(oldest);
            }
            holders.add(program);
        }
        if (oldest != null) {
            oldest.rest();
        }
        return true;
    }

    @GuardedBy("this")
    private WarmProgram oldest() {
        WarmProgram oldest = holders.get(0);
        for (WarmProgram holder : holders) {
            if (holder.lastUseNs() - oldest.lastUseNs() < 0) {
                oldest = holder;
            }
        }
        return oldest;
    }

    /** Whether there is still room for the helper of {@code program}. */
    synchronized boolean holds(WarmProgram program) {
        return holders.contains(program);
    }

    /** Told that {@code program} has no helper any more. */
    synchronized void leave(WarmProgram program) {
        holders.remove(program);
    }
}
