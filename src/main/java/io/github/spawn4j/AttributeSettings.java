// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.Capability;
import io.github.spawn4j.control.IoClass;
import io.github.spawn4j.control.MemoryPolicy;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.control.SchedulingPolicy;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.access.ControlAccess;
import io.github.spawn4j.internal.launch.Attribute;
import io.github.spawn4j.internal.launch.Attributes;
import io.github.spawn4j.internal.launch.RaisedLimit;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.strict.SpawnAction;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The attributes of a process: what it gives itself, in the fixed order of {@code
 * docs/attributes.md}, whatever the order of the calls. One that is not set is the JVM's and costs
 * nothing. One thread at a time.
 */
abstract class AttributeSettings<S extends AttributeSettings<S>> {
    private static final int LEAST_NICE = -20;
    private static final int MOST_NICE = 19;
    private static final int MOST_IO_LEVEL = 7;
    private static final int MOST_OOM_SCORE = 1000;
    private static final int UMASK_BITS = 0777;

    /** Far more than any kernel is built for. */
    private static final int MOST_CPUS = 1 << 16;

    private static final int MOST_NODES = 1 << 10;

    /** NGROUPS_MAX */
    private static final int MOST_GROUPS = 1 << 16;

    private Attributes attributes;

    private boolean inheritsLimits;

    AttributeSettings() {
        attributes = Attributes.NONE;
    }

    AttributeSettings(AttributeSettings<?> other) {
        attributes = other.attributes;
        inheritsLimits = other.inheritsLimits;
    }

    /** This; throws if it cannot be changed any more. */
    abstract S changeable();

    /** Whether the way that the process is started can limit it. */
    abstract boolean canLimit();

    /**
     * What the child gives itself, in this order: what was set, and the limit that the JVM has
     * raised for itself alone. To be asked when it has been decided how the process is started.
     */
    final Attributes taken() {
        Attribute raised = inheritsLimits ? null : RaisedLimit.before();
        return raised == null || !canLimit() ? attributes : attributes.withDefault(raised);
    }

    final S attribute(Attribute attribute) {
        S self = changeable();
        attributes = attributes.with(attribute);
        return self;
    }

    final boolean hasAttribute(int type) {
        return attributes.has(type);
    }

    final void withoutAttribute(int type) {
        attributes = attributes.without(type);
    }

    /** Null if there is none that only a child with memory of its own can have. */
    final Attribute changeOfIds() {
        for (Attribute attribute : attributes.all()) {
            if (attribute.changesIds()) {
                return attribute;
            }
        }
        return null;
    }

    static int checked(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    what + " " + value + " is not in " + least + " to " + most);
        }
        return value;
    }

    private static BitSet set(String what, int[] numbers, int end) {
        BitSet set = new BitSet();
        for (int number : numbers) {
            set.set(checked(what, number, 0, end - 1));
        }
        return set;
    }

    /**
     * The attributes that were set, in the order in which the child takes them, each as the
     * kernel's word and the value, as it stands in the message of a {@link SpawnException}: {@code
     * umask 0027}, {@code setpriority 5}, {@code prlimit NOFILE 1024:4096}. Among them is the limit
     * of open files that the child gets {@linkplain #inheritLimits by default}, where it is not the
     * JVM's.
     *
     * @return the attributes, a copy
     */
    public List<String> attributes() {
        return taken().all().stream().map(Attribute::toString).toList();
    }

    /**
     * Sets the child's umask: the permissions that files it creates do not get; see umask(2). Also
     * those that a {@link Redirect} or a {@link SpawnAction} creates for it.
     *
     * <pre>{@code
     * PidfdProcess.builder("ssh-keygen", "-f", key).umask(0077).start();
     * }</pre>
     *
     * @param mask permissions, 0 to 0777
     * @return this
     * @throws IllegalArgumentException if {@code mask} has other bits
     */
    public S umask(int mask) {
        return attribute(Attribute.umask(checked("umask", mask, 0, UMASK_BITS)));
    }

    /**
     * Limits what the child may use; see prlimit(2). It may change the soft limit itself, up to the
     * hard one, and lower that.
     *
     * <p>What is not limited here is as the JVM's, except the soft limit of {@linkplain
     * #inheritLimits open files}.
     *
     * <pre>{@code
     * PidfdProcess.builder("gcc", "-c", "a.c").limit(Resource.CPU, 30, 32).start();
     * }</pre>
     *
     * @param resource what
     * @param soft what the kernel enforces, in the resource's unit, or {@link Resource#UNLIMITED}
     * @param hard how far the soft limit can be raised; above the JVM's needs CAP_SYS_RESOURCE,
     *     without which the start fails with EPERM
     * @return this
     * @throws IllegalArgumentException if one is negative, or {@code soft} above {@code hard}
     */
    public S limit(Resource resource, long soft, long hard) {
        Objects.requireNonNull(resource, "resource");
        if (soft < Resource.UNLIMITED || hard < Resource.UNLIMITED) {
            throw new IllegalArgumentException(
                    "limit " + resource + " " + soft + ":" + hard + " is negative");
        }
        if (Long.compareUnsigned(soft, hard) > 0) {
            throw new IllegalArgumentException(
                    "limit " + resource + ": soft " + soft + " is above hard " + hard);
        }
        return attribute(
                Attribute.limit(Access.control().number(resource), resource.name(), soft, hard));
    }

    /**
     * The same with one figure for both limits.
     *
     * @param resource what
     * @param most how much, in the resource's unit, or {@link Resource#UNLIMITED}
     * @return this
     * @throws IllegalArgumentException if {@code most} is negative
     */
    public S limit(Resource resource, long most) {
        return limit(resource, most, most);
    }

    /**
     * Limits what the child may use until it raises the limit itself: the soft limit, and not the
     * hard one, which stays what it is; a soft limit above that is made equal to it.
     *
     * <pre>{@code
     * // it uses select(2), and writes outside of its set for numbers beyond 1024
     * PidfdProcess.builder("old-server").softLimit(Resource.NOFILE, 1024).start();
     * }</pre>
     *
     * @param resource what
     * @param soft what the kernel enforces, in the resource's unit, or {@link Resource#UNLIMITED}
     * @return this
     * @throws IllegalArgumentException if {@code soft} is negative
     */
    public S softLimit(Resource resource, long soft) {
        Objects.requireNonNull(resource, "resource");
        if (soft < Resource.UNLIMITED) {
            throw new IllegalArgumentException("limit " + resource + " " + soft + " is negative");
        }
        return attribute(
                Attribute.softLimit(Access.control().number(resource), resource.name(), soft));
    }

    /**
     * Gives the child the JVM's limits as they are, also the soft limit of open files, which the
     * JVM has made equal to the hard one for itself when it began (-XX:+MaxFDLimit).
     *
     * <p>Without this the child has the soft limit that the JVM was started with, if that is known:
     * where the JVM's parent is of the same session and has the same hard limit and a lower soft
     * one, or the nearest ancestor of whom that is so if those between have raised their own, as
     * other JVMs. So it has what a shell gives it. It can raise the limit itself, and a {@code
     * limit} or {@code softLimit} of {@link Resource#NOFILE} counts rather than this.
     *
     * <pre>{@code
     * PidfdProcess.builder("crawler").inheritLimits().start();
     * }</pre>
     *
     * <p>It is always so for what comes {@linkplain EmptyProcess#from from a ProcessBuilder}, and
     * with {@link SpawnStrategy#JDK} and {@link SpawnStrategy#POSIX_SPAWN}.
     *
     * @return this
     */
    public S inheritLimits() {
        S self = changeable();
        inheritsLimits = true;
        return self;
    }

    /**
     * Sets the child's niceness, which otherwise is that of the calling thread; see setpriority(2).
     *
     * @param nice -20, the most favoured, to 19; less than the calling thread's needs CAP_SYS_NICE
     *     or a {@linkplain Resource#NICE limit} that allows it, without which the start fails with
     *     EACCES
     * @return this
     * @throws IllegalArgumentException if {@code nice} is out of range
     */
    public S nice(int nice) {
        return attribute(Attribute.nice(checked("nice", nice, LEAST_NICE, MOST_NICE)));
    }

    /**
     * Sets the child's priority on the disk, which otherwise follows its niceness; see
     * ioprio_set(2).
     *
     * @param ioClass the class; {@link IoClass#REALTIME} is privileged, without which the start
     *     fails with EPERM
     * @param level 0, the first, to 7 within the class
     * @return this
     * @throws IllegalArgumentException if {@code level} is out of range
     */
    public S ioPriority(IoClass ioClass, int level) {
        Objects.requireNonNull(ioClass, "ioClass");
        checked("level", level, 0, MOST_IO_LEVEL);
        return attribute(
                Attribute.ioPriority(Access.control().number(ioClass), ioClass.name(), level));
    }

    /**
     * Sets the scheduling policy and priority of the child; see sched_setscheduler(2).
     *
     * @param policy the policy; the real-time ones need CAP_SYS_NICE or a {@linkplain
     *     Resource#RTPRIO limit} that allows them, without which the start fails with EPERM
     * @param priority the static priority: 1 to 99 for FIFO and RR, else 0; others fail with EINVAL
     * @return this
     */
    public S scheduler(SchedulingPolicy policy, int priority) {
        Objects.requireNonNull(policy, "policy");
        changeable();
        withoutAttribute(RequestLayout.SCHED_PRIORITY); // which comes with it
        return attribute(
                Attribute.scheduler(Access.control().number(policy), policy.name(), priority));
    }

    /**
     * Sets the scheduling priority of the child and leaves its policy; see sched_setparam(2). After
     * {@code scheduler} it has no effect.
     *
     * @param priority the static priority
     * @return this
     */
    public S schedulingPriority(int priority) {
        return hasAttribute(RequestLayout.SCHEDULER)
                ? changeable()
                : attribute(Attribute.schedulingPriority(priority));
    }

    /**
     * Sets the CPUs that the child may run on, which otherwise are those of the calling thread; see
     * sched_setaffinity(2).
     *
     * <pre>{@code
     * PidfdProcess.builder("make").cpuAffinity(IntStream.range(0, 4).toArray()).start();
     * }</pre>
     *
     * @param cpus their numbers, from 0; those that the machine or the cpuset does not have are
     *     left out by the kernel, and if none is left the start fails with EINVAL
     * @return this
     * @throws IllegalArgumentException if there is none, or if one is negative or above 65535
     */
    public S cpuAffinity(int... cpus) {
        if (cpus.length == 0) {
            throw new IllegalArgumentException("no CPU");
        }
        return attribute(Attribute.cpuAffinity(set("CPU", cpus, MOST_CPUS)));
    }

    /**
     * Sets from which NUMA nodes the child gets memory, which otherwise is as for the calling
     * thread; see set_mempolicy(2). A kernel without NUMA fails with ENOSYS.
     *
     * @param policy the policy
     * @param nodes the numbers of the nodes, from 0, where the policy has nodes; those that cannot
     *     be used fail with EINVAL
     * @return this
     * @throws IllegalArgumentException if nodes are missing or too many for the policy, or if one
     *     is negative or above 1023
     */
    public S memoryPolicy(MemoryPolicy policy, int... nodes) {
        Objects.requireNonNull(policy, "policy");
        ControlAccess control = Access.control();
        if (control.hasNodes(policy) == (nodes.length == 0)) {
            throw new IllegalArgumentException(
                    policy + (control.hasNodes(policy) ? " needs nodes" : " has no nodes"));
        }
        if (policy == MemoryPolicy.PREFERRED && nodes.length > 1) {
            throw new IllegalArgumentException(
                    policy + " has one node, not " + Arrays.toString(nodes));
        }
        return attribute(
                Attribute.memoryPolicy(
                        control.number(policy), policy.name(), set("node", nodes, MOST_NODES)));
    }

    /**
     * Sets how readily the kernel kills the child when memory runs out; see
     * proc_pid_oom_score_adj(5). The JVM's own is not changed.
     *
     * @param adjustment -1000, never, to 1000, first; less than what a privileged process has last
     *     set for the JVM needs CAP_SYS_RESOURCE, without which the start fails with EACCES
     * @return this
     * @throws IllegalArgumentException if {@code adjustment} is out of range
     */
    public S oomScoreAdj(int adjustment) {
        return attribute(
                Attribute.oomScoreAdj(
                        checked("oomScoreAdj", adjustment, -MOST_OOM_SCORE, MOST_OOM_SCORE)));
    }

    /**
     * Sets by how much the kernel may delay the timers of the child's first thread, to wake up less
     * often; see PR_SET_TIMERSLACK(2const). Threads that it starts have it too. Without effect on
     * real-time policies.
     *
     * @param slack at least 1 ns
     * @return this
     * @throws IllegalArgumentException if {@code slack} is not positive
     * @throws ArithmeticException if it is more than 292 years
     */
    public S timerSlack(Duration slack) {
        if (slack.isNegative() || slack.isZero()) {
            throw new IllegalArgumentException("timer slack " + slack + " is not positive");
        }
        return attribute(Attribute.timerSlack(slack.toNanos()));
    }

    /**
     * Lets the child have the same addresses each time it runs, for debuggers and reproducible
     * measurements: ADDR_NO_RANDOMIZE, see personality(2). Its children have it too.
     *
     * @return this
     */
    public S fixedAddresses() {
        return attribute(Attribute.fixedAddresses());
    }

    /**
     * Gives the child the ids of a user: its user id, its group, and all groups it is a member of,
     * as the C library finds them now; see setresuid(2). Its capabilities are gone then, unless the
     * user is root.
     *
     * <p>Streams, directory and actions are still taken with the JVM's rights. The child gets a
     * copy of the JVM's memory map rather than the memory itself, as with {@link
     * SpawnStrategy#FORK}, so this takes longer the more memory the JVM has. Not with {@link
     * SpawnStrategy#VFORK} and {@link SpawnStrategy#POSIX_SPAWN}.
     *
     * <pre>{@code
     * PidfdProcess.builder("postgres", "-D", data).user("postgres").start();
     * }</pre>
     *
     * <p>Needs CAP_SETUID and CAP_SETGID, without which the start fails with EPERM, at {@code
     * setgroups} first.
     *
     * @param name the user's name
     * @return this
     * @throws IllegalArgumentException if there is no such user
     * @throws UncheckedIOException if it cannot be looked up
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public S user(String name) {
        return account(Accounts.user(name));
    }

    /** The same by its ids, its groups' last, each of 32 bits without a sign. */
    final S account(int... ids) {
        attribute(Attribute.groups(Arrays.copyOfRange(ids, 2, ids.length)));
        attribute(Attribute.group(ids[1]));
        return attribute(Attribute.user(ids[0]));
    }

    /**
     * The same by numbers.
     *
     * @param user the user's id
     * @param group the id of its group
     * @param groups the ids of all other groups that it is a member of; none if there are none
     *     here, whatever the JVM has
     * @return this
     * @throws IllegalArgumentException if one is negative
     */
    public S user(int user, int group, int... groups) {
        checked("user", user, 0, Integer.MAX_VALUE);
        checked("group", group, 0, Integer.MAX_VALUE); // before anything is changed
        groups(groups);
        group(group);
        return attribute(Attribute.user(user));
    }

    /**
     * Gives the child the id of a group, and leaves its other groups; see {@link #user(String)}.
     * After {@code user} it replaces the user's own group.
     *
     * @param name the group's name
     * @return this
     * @throws IllegalArgumentException if there is no such group
     * @throws UncheckedIOException if it cannot be looked up
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public S group(String name) {
        return attribute(Attribute.group(Accounts.group(name)));
    }

    /**
     * The same by number.
     *
     * @param group the group's id
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public S group(int group) {
        return attribute(Attribute.group(checked("group", group, 0, Integer.MAX_VALUE)));
    }

    /**
     * Makes the child a member of these groups and no others, besides its own; see setgroups(2),
     * and {@link #user(String)}.
     *
     * @param names their names
     * @return this
     * @throws IllegalArgumentException if there is no such group
     * @throws UncheckedIOException if it cannot be looked up
     * @throws UnsupportedOperationException where the native library cannot be loaded
     */
    public S groups(List<String> names) {
        checked("number of groups", names.size(), 0, MOST_GROUPS);
        return attribute(Attribute.groups(names.stream().mapToInt(Accounts::group).toArray()));
    }

    /**
     * The same by numbers.
     *
     * @param groups the ids of the groups; none for none at all
     * @return this
     * @throws IllegalArgumentException if one is negative, or if there are more than 65536
     */
    public S groups(int... groups) {
        checked("number of groups", groups.length, 0, MOST_GROUPS);
        for (int group : groups) {
            checked("group", group, 0, Integer.MAX_VALUE);
        }
        return attribute(Attribute.groups(groups));
    }

    /**
     * Leaves the child at most these capabilities, and whatever it executes too: from the bounding
     * and the ambient set, and from those of its own, all others are dropped. It gets none that it
     * would not have anyway.
     *
     * <p>Needs CAP_SETPCAP, without which the start fails with EPERM at {@code
     * prctl(PR_CAPBSET_DROP)}. An ordinary user has no capabilities to be dropped; {@link
     * #noNewPrivileges} keeps its processes from getting any.
     *
     * @param kept those that it may have; none for none at all
     * @return this
     */
    public S capabilities(Capability... kept) {
        long set = 0;
        for (Capability capability : kept) {
            set |= Access.control().bit(capability);
        }
        String names =
                kept.length == 0
                        ? "none"
                        : EnumSet.copyOf(Arrays.asList(kept)).stream()
                                .map(Enum::name)
                                .collect(Collectors.joining(","));
        attribute(Attribute.boundingSet(set, names));
        return attribute(Attribute.capabilities(set, names));
    }

    /**
     * Lets neither the child nor what comes of it gain privileges by executing a program: bits and
     * capabilities of files have no effect, so that sudo(8) and ping(8) fail; see
     * PR_SET_NO_NEW_PRIVS(2const). Linux 3.5.
     *
     * @return this
     */
    public S noNewPrivileges() {
        return attribute(Attribute.noNewPrivileges());
    }
}
