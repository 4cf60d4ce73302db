// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.internal.cgroup.CgroupMembers;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Log;
import java.io.IOException;
import java.time.Duration;

/**
 * Ends all in a cgroup when they have used so much CPU time, which the kernel counts and does not
 * limit: with SIGXCPU, as at RLIMIT_CPU, and a second later with SIGKILL. Thread-safe.
 */
final class CpuBudget {
    private static final Log LOG = Log.of(CpuBudget.class);

    private static final long LEAST_PAUSE_NS = 10_000_000;
    private static final long GRACE_NS = 1_000_000_000;

    private final Cgroup cgroup;
    private final long limitNs;
    private final ChildProcess child;

    CpuBudget(Cgroup cgroup, Duration limit, ChildProcess child) {
        this.cgroup = cgroup;
        limitNs = limit.toNanos();
        this.child = child;
    }

    /** Begins to look, until the child has ended. */
    void watch() {
        lookAfter(limitNs);
    }

    /** It cannot be spent sooner than all processors together spend it. */
    private void lookAfter(long remainingNs) {
        long soonestNs = remainingNs / Runtime.getRuntime().availableProcessors();
        later(Math.max(LEAST_PAUSE_NS, soonestNs), this::look);
    }

    private void later(long delayNs, Runnable step) {
        try {
            Reactor.schedule(delayNs, () -> Workers.execute(step));
        } catch (IOException e) {
            LOG.debug("CPU time is watched no more", e); // as without a reactor nothing is
        }
    }

    private void look() {
        if (child.exit() != null) {
            return;
        }
        try {
            long remainingNs = limitNs - cgroup.usage().cpuTime().toNanos();
            if (remainingNs > 0) {
                lookAfter(remainingNs);
                return;
            }
            new CgroupMembers(cgroup.directory()).signal(Signal.XCPU.number());
            later(GRACE_NS, this::kill);
        } catch (IOException e) {
            LOG.debug("{}", cgroup, e); // it has been removed, as all have ended
        }
    }

    private void kill() {
        try {
            if (child.exit() == null) {
                cgroup.kill();
            }
        } catch (IOException e) {
            LOG.debug("{}", cgroup, e); // the same
        }
    }
}
