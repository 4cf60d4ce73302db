// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.internal.cgroup.CgroupMembers;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Timer;
import io.github.spawn4j.internal.os.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.function.BooleanSupplier;

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
    private final BooleanSupplier hasEnded;

    // Made once and done again for whatever they throw: nobody else would take the next step.
    private final Errand look = new Errand(this::look);
    private final Errand kill = new Errand(this::kill);

    /** Of the next step. */
    private volatile Timer next;

    /**
     * @param hasEnded whether the child has, so that nobody is to be ended any more
     */
    CpuBudget(Cgroup cgroup, Duration limit, BooleanSupplier hasEnded) {
        this.cgroup = cgroup;
        limitNs = limit.toNanos();
        this.hasEnded = hasEnded;
    }

    /**
     * Begins to look, until the child has ended.
     *
     * @throws IOException if there is nobody who could
     */
    void watch() throws IOException {
        schedule(soonestNs(limitNs), look);
    }

    /** To be called when the child has ended: nobody looks any more, however late that would be. */
    void end() {
        Timer pending = next;
        if (pending != null) {
            pending.cancel();
        }
    }

    /** It cannot be spent sooner than all processors together spend it. */
    private static long soonestNs(long remainingNs) {
        return Math.max(LEAST_PAUSE_NS, remainingNs / Runtime.getRuntime().availableProcessors());
    }

    private void schedule(long delayNs, Errand step) throws IOException {
        Timer timer = Reactor.schedule(delayNs, step);
        next = timer;
        if (hasEnded.getAsBoolean()) {
            timer.cancel(); // end() may have come before it was to be seen
        }
    }

    private void later(long delayNs, Errand step) {
        try {
            schedule(delayNs, step);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // so that the step that wants it is taken again
        }
    }

    private void look() {
        if (hasEnded.getAsBoolean()) {
            return;
        }
        long remainingNs;
        try {
            remainingNs = limitNs - cgroup.usage().cpuTime().toNanos();
        } catch (IOException e) {
            again(look, e);
            return;
        }
        if (remainingNs > 0) {
            later(soonestNs(remainingNs), look);
            return;
        }
        later(GRACE_NS, kill); // first: who cannot be warned is killed all the same
        try {
            new CgroupMembers(cgroup.directory()).signal(Signal.XCPU.number());
        } catch (IOException | RuntimeException | Error e) {
            LOG.debug("{}", cgroup, e);
        }
    }

    private void kill() {
        try {
            if (!hasEnded.getAsBoolean()) {
                cgroup.kill();
            }
        } catch (IOException e) {
            again(kill, e);
        }
    }

    /** For want of a descriptor, say; but one that has been removed is so as all have ended. */
    private void again(Errand step, IOException e) {
        LOG.debug("{}", cgroup, e);
        if (Files.isDirectory(cgroup.directory())) {
            later(LEAST_PAUSE_NS, step);
        }
    }
}
