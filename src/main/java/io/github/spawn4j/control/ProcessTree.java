// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.internal.cgroup.CgroupMembers;
import io.github.spawn4j.internal.child.ProcessGroup;
import io.github.spawn4j.internal.child.ProcessStat;
import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.teardown.Vanishing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A process and all processes that belong to it: those of its cgroup, or of its process group. The
 * tree lasts as long as any of them, even after the process itself has ended. Thread-safe.
 *
 * <pre>{@code
 * PidfdProcess make = PidfdProcess.builder("make", "-j4").teardown(Teardown.DEFAULT.ofGroup()).start();
 * ProcessTree tree = make.tree();
 * tree.signal(Signal.STOP);
 * log.info("{} use {}", tree.members(), tree.usage());
 * tree.signal(Signal.CONT);
 * boolean allGone = tree.awaitGone(ofMinutes(1));
 * }</pre>
 *
 * <p>{@link PidfdProcess#teardown()} ends it, gently at first.
 */
public final class ProcessTree {
    /**
     * Which processes belong to a tree. Immutable.
     *
     * <pre>{@code
     * if (process.tree().reach() == ProcessTree.Reach.GROUP) {
     *   log.info("daemons are not covered");
     * }
     * }</pre>
     */
    public enum Reach {
        /**
         * Those of the process group. One that leaves it, by setsid(2) or setpgid(2) as daemons do,
         * is not covered.
         */
        GROUP,

        /**
         * Those of the cgroup and of all cgroups below, which no process can leave without the
         * right to do so.
         */
        CGROUP
    }

    /** Kept, as what reaches the group is given up when nobody has the process any more. */
    private final PidfdProcess process;

    private final Target target;

    /** Null where it is a cgroup. */
    private final ProcessGroup group;

    /** Null where it is a group. */
    private final Path cgroup;

    ProcessTree(PidfdProcess process, ProcessGroup group) {
        this.process = process;
        this.group = group;
        target = group;
        cgroup = null;
    }

    ProcessTree(PidfdProcess process, Path cgroup) {
        this.process = process;
        this.cgroup = cgroup;
        target = new CgroupMembers(cgroup);
        group = null;
    }

    /**
     * The process whose tree this is.
     *
     * @return the process, which may have ended
     */
    public PidfdProcess process() {
        return process;
    }

    /**
     * Which processes belong to it.
     *
     * @return a cgroup's if the process was started in one
     */
    public Reach reach() {
        return cgroup == null ? Reach.GROUP : Reach.CGROUP;
    }

    /**
     * Its processes. When this returns some may have ended, and others may have started.
     *
     * @return the pids, in ascending order. A process that has no pid in our pid namespace is left
     *     out. So is one that has ended, though nobody has waited for it yet
     * @throws IOException if it cannot be read: of a group, where /proc does not show all processes
     */
    public Set<Long> members() throws IOException {
        return cgroup == null ? pids(group.members()) : pids(new CgroupMembers(cgroup).members());
    }

    static Set<Long> pids(Set<Integer> members) {
        Set<Long> pids = new TreeSet<>();
        for (int pid : members) {
            if (pid != 0) { // of one that has none in our pid namespace
                pids.add((long) pid);
            }
        }
        return pids;
    }

    /**
     * Sends a signal to all its processes; it is no error if none is left. In a cgroup SIGKILL is
     * sent by {@code cgroup.kill} (Linux 5.14), which a fork cannot outrun. Any other signal to a
     * cgroup may miss a process that is forked meanwhile.
     *
     * @param signal the signal
     * @throws IOException if the kernel forbids it for one of them; the others get it all the same.
     *     Or if the process has ended and the tree is a group, which cannot be reached then before
     *     Linux 6.9
     */
    public void signal(Signal signal) throws IOException {
        target.signal(signal.number());
    }

    /**
     * What all its processes use together; for a group, the sum over the live ones.
     *
     * @return the usage
     * @throws IOException if it cannot be read, as when the cgroup has been removed
     */
    public TreeUsage usage() throws IOException {
        if (cgroup != null) {
            return TreeUsage.of(cgroup);
        }
        Duration userTime = Duration.ZERO;
        Duration systemTime = Duration.ZERO;
        long memoryBytes = 0;
        int processes = 0;
        for (int pid : group.members()) {
            ProcessStat stat = ProcessStat.read(pid);
            if (stat != null) {
                userTime = userTime.plus(stat.userTime());
                systemTime = systemTime.plus(stat.systemTime());
                memoryBytes += stat.residentBytes();
                processes++;
            }
        }
        return new TreeUsage(
                userTime,
                systemTime,
                OptionalLong.of(memoryBytes),
                OptionalLong.empty(),
                processes,
                OptionalLong.empty(),
                OptionalLong.empty());
    }

    /**
     * Completed when no process is left. No event tells of that, so the library looks: at first
     * after a millisecond, later every 32. Completing or cancelling it ends that.
     *
     * @return completed by a thread of the library; with an {@link IOException} if it cannot be
     *     told
     */
    public CompletableFuture<@Nullable Void> onGone() {
        return Vanishing.of(target);
    }

    /**
     * Waits until none is left.
     *
     * @param timeout the longest time; zero to look once
     * @return false if the time has passed and one is left
     * @throws IOException if it cannot be told
     * @throws InterruptedException if the thread was or is interrupted
     */
    public boolean awaitGone(Duration timeout) throws IOException, InterruptedException {
        try {
            if (timeout.isZero() || timeout.isNegative()) {
                return target.isGone().get();
            }
            CompletableFuture<Void> gone = onGone();
            try {
                gone.get(Deadline.toNanos(timeout), TimeUnit.NANOSECONDS);
                return true;
            } finally {
                gone.cancel(false);
            }
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure
                    ? failure
                    : new IOException(e.getCause());
        }
    }

    /** Such as {@code process group 1234}. */
    @Override
    public String toString() {
        return target.toString();
    }
}
