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
 * The attributes of a process: what the child sets for itself before it executes its program. The
 * order is that of {@code docs/attributes.md}, whatever the order of the calls. What is not set
 * stays as the JVM has it, and costs nothing. One thread at a time.
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
     * Sets the child's umask: the permissions that new files do not get; see umask(2). It also
     * holds for files that a {@link Redirect} or a {@link SpawnAction} creates for the child.
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
     * Limits what the child may use; see prlimit(2). The child may change its soft limit, up to the
     * hard limit, and may lower the hard limit.
     *
     * <p>A limit that is not set here is the JVM's. The one exception is the soft limit of
     * {@linkplain #inheritLimits open files}.
     *
     * <pre>{@code
     * PidfdProcess.builder("gcc", "-c", "a.c").limit(Resource.CPU, 30, 32).start();
     * }</pre>
     *
     * @param resource what
     * @param soft what the kernel enforces, in the resource's unit, or {@link Resource#UNLIMITED}
     * @param hard how far the child can raise the soft limit. A value above the JVM's own needs
     *     CAP_SYS_RESOURCE; else the start fails with EPERM
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
     * Sets the soft limit alone. The hard limit stays, and the child may raise the soft one up to
     * it. If {@code soft} is above the hard limit, the soft limit becomes equal to it.
     *
     * <pre>{@code
     * // it uses select(2), which cannot take descriptors from 1024 on
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
     * Gives the child all of the JVM's limits as they are. This matters for open files: when a JVM
     * begins, it raises its own soft limit to the hard one (-XX:+MaxFDLimit).
     *
     * <p>Without this method the child gets the soft limit that the JVM was started with, as from a
     * shell. The library takes it from the JVM's parent, if that is in the same session and has the
     * same hard limit and a lower soft limit. A parent that has raised its own limit, such as
     * another JVM, is passed over for its own parent. If none is found, the child gets what the JVM
     * has. A {@code limit} or {@code softLimit} of {@link Resource#NOFILE} overrides all this.
     *
     * <pre>{@code
     * PidfdProcess.builder("crawler").inheritLimits().start();
     * }</pre>
     *
     * <p>A process {@linkplain EmptyProcess#from from a ProcessBuilder} always inherits the limits,
     * as does one started with {@link SpawnStrategy#JDK} or {@link SpawnStrategy#POSIX_SPAWN}.
     *
     * @return this
     */
    public S inheritLimits() {
        S self = changeable();
        inheritsLimits = true;
        return self;
    }

    /**
     * Sets the child's niceness; see setpriority(2). By default it is that of the calling thread.
     *
     * @param nice -20, the most favoured, to 19. A value below the calling thread's needs
     *     CAP_SYS_NICE, or a {@linkplain Resource#NICE limit} that allows it; else the start fails
     *     with EACCES
     * @return this
     * @throws IllegalArgumentException if {@code nice} is out of range
     */
    public S nice(int nice) {
        return attribute(Attribute.nice(checked("nice", nice, LEAST_NICE, MOST_NICE)));
    }

    /**
     * Sets the child's priority on the disk; see ioprio_set(2). By default it follows the niceness.
     *
     * @param ioClass the class. {@link IoClass#REALTIME} needs a privilege; else the start fails
     *     with EPERM
     * @param level 0, which is served first, to 7
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
     * @param policy the policy. FIFO and RR need CAP_SYS_NICE, or a {@linkplain Resource#RTPRIO
     *     limit} that allows them; else the start fails with EPERM
     * @param priority the static priority: 1 to 99 for FIFO and RR, 0 for the others. Another value
     *     fails the start with EINVAL
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
     * Sets the scheduling priority of the child, and keeps its policy; see sched_setparam(2). After
     * {@code scheduler} this has no effect.
     *
     * @param priority the static priority: 1 to 99 under FIFO and RR, 0 under the other policies.
     *     Another value fails the start with EINVAL
     * @return this
     */
    public S schedulingPriority(int priority) {
        return hasAttribute(RequestLayout.SCHEDULER)
                ? changeable()
                : attribute(Attribute.schedulingPriority(priority));
    }

    /**
     * Sets the CPUs that the child may run on; see sched_setaffinity(2). By default they are those
     * of the calling thread.
     *
     * <pre>{@code
     * PidfdProcess.builder("make").cpuAffinity(IntStream.range(0, 4).toArray()).start();
     * }</pre>
     *
     * @param cpus their numbers, from 0. The kernel leaves out those that the machine or the cpuset
     *     lacks; if none is left, the start fails with EINVAL
     * @return this
     * @throws IllegalArgumentException if {@code cpus} is empty, or if a number is negative or
     *     above 65535
     */
    public S cpuAffinity(int... cpus) {
        if (cpus.length == 0) {
            throw new IllegalArgumentException("no CPU");
        }
        return attribute(Attribute.cpuAffinity(set("CPU", cpus, MOST_CPUS)));
    }

    /**
     * Sets from which NUMA nodes the child gets memory; see set_mempolicy(2). By default it is as
     * for the calling thread. On a kernel without NUMA the start fails with ENOSYS.
     *
     * @param policy the policy
     * @param nodes the numbers of the nodes, from 0, for a policy that has nodes. A node that
     *     cannot be used fails the start with EINVAL
     * @return this
     * @throws IllegalArgumentException if nodes are given to a policy that takes none, if none is
     *     given to one that needs some, if {@code PREFERRED} is given more than one, or if a number
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
     * @param adjustment -1000, never, to 1000, first. To go below what a privileged process has
     *     last set for the JVM needs CAP_SYS_RESOURCE; else the start fails with EACCES
     * @return this
     * @throws IllegalArgumentException if {@code adjustment} is out of range
     */
    public S oomScoreAdj(int adjustment) {
        return attribute(
                Attribute.oomScoreAdj(
                        checked("oomScoreAdj", adjustment, -MOST_OOM_SCORE, MOST_OOM_SCORE)));
    }

    /**
     * Sets how late the timers of the child may fire, so that the kernel wakes it less often; see
     * PR_SET_TIMERSLACK(2const). It holds for the child's first thread, and for the threads that
     * this one starts. It has no effect under a real-time policy.
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
     * Gives the child the same addresses each time it runs, for debuggers and reproducible
     * measurements: ADDR_NO_RANDOMIZE, see personality(2). Its own children inherit that.
     *
     * @return this
     */
    public S fixedAddresses() {
        return attribute(Attribute.fixedAddresses());
    }

    /**
     * Runs the child as a user: with the user's id, group, and all groups that the user is a member
     * of, as the C library finds them now; see setresuid(2). Unless the user is root, the child
     * loses all capabilities.
     *
     * <p>Streams, directory and actions are still taken with the JVM's rights. The child gets a
     * copy of the JVM's memory map, as with {@link SpawnStrategy#FORK}, so the start takes longer
     * the more memory the JVM has. {@link SpawnStrategy#VFORK} and {@link
     * SpawnStrategy#POSIX_SPAWN} cannot do this.
     *
     * <pre>{@code
     * PidfdProcess.builder("postgres", "-D", data).user("postgres").start();
     * }</pre>
     *
     * <p>Needs CAP_SETUID and CAP_SETGID; without them the start fails with EPERM at {@code
     * setgroups}.
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
     * @param groups the ids of all its other groups. If none is given, it has none, whatever the
     *     JVM has
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
     * Gives the child the id of a group, and keeps its other groups; see {@link #user(String)}.
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
     * Makes the child a member of these groups, besides its own, and of no others; see
     * setgroups(2), and {@link #user(String)}.
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
     * @param groups the ids of the groups; if none is given, the child is a member of no other
     *     group
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
     * Drops all capabilities except these: from the bounding set, the ambient set, and the child's
     * own sets. Whatever the child executes is bound by that too. The child gains no capability.
     *
     * <p>Needs CAP_SETPCAP; without it the start fails with EPERM at {@code
     * prctl(PR_CAPBSET_DROP)}. An ordinary user has no capabilities that could be dropped; {@link
     * #noNewPrivileges} keeps the user's processes from getting any.
     *
     * @param kept those that it may keep; none to drop all
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
     * Forbids the child, and all that it starts, to gain privileges by executing a program:
     * set-user-ID bits and capabilities of files have no effect, so that sudo(8) and ping(8) fail;
     * see PR_SET_NO_NEW_PRIVS(2const). Linux 3.5.
     *
     * @return this
     */
    public S noNewPrivileges() {
        return attribute(Attribute.noNewPrivileges());
    }
}
