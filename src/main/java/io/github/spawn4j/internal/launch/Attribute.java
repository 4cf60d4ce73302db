// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A property that a child gives itself, as a request has it and as a message names it. Immutable.
 */
public final class Attribute {
    /** Of linux/personality.h. */
    private static final int ADDR_NO_RANDOMIZE = 0x0040000;

    /** The size of one, in bytes. */
    public static final int BPF_INSTRUCTION = 8;

    private static final byte[] NO_DATA = new byte[0];

    private final int type;
    private final int first;
    private final int second;
    private final byte[] data;
    private final long value;
    private final long other;
    private final String step;
    private final String object;

    private Attribute(
            int type,
            int first,
            int second,
            byte[] data,
            long value,
            long other,
            String step,
            String object) {
        this.type = type;
        this.first = first;
        this.second = second;
        this.data = data;
        this.value = value;
        this.other = other;
        this.step = step;
        this.object = object;
    }

    private static Attribute of(int type, int first, String step, String object) {
        return new Attribute(type, first, 0, NO_DATA, 0, 0, step, object);
    }

    private static Attribute withData(
            int type, int first, byte[] data, String step, String object) {
        return new Attribute(type, first, data.length, data, 0, 0, step, object);
    }

    /** A session of its own. */
    public static Attribute session() {
        return of(RequestLayout.SESSION, 0, "setsid", "");
    }

    /** The process group {@code group}, or with 0 one of its own. */
    public static Attribute processGroup(int group) {
        return of(RequestLayout.PROCESS_GROUP, group, "setpgid", Integer.toString(group));
    }

    /**
     * The cgroup of this name, whose directory is open as {@code fd}, its cgroup.events as {@code
     * events}.
     */
    static Attribute cgroup(int fd, int events, String name) {
        return new Attribute(
                RequestLayout.CGROUP, fd, events, NO_DATA, 0, 0, Outcome.CLONE_INTO_CGROUP, name);
    }

    /** A pid namespace of its own. */
    public static Attribute pidNamespace() {
        return of(RequestLayout.PID_NAMESPACE, 0, "clone(CLONE_NEWPID)", "");
    }

    /** An end with the pidfd. */
    public static Attribute autokill() {
        return of(RequestLayout.AUTOKILL, 0, "clone3(CLONE_PIDFD_AUTOKILL)", "");
    }

    public static Attribute umask(int mask) {
        return of(RequestLayout.UMASK, mask, "umask", String.format(Locale.ROOT, "%04o", mask));
    }

    /** A policy of this name. */
    public static Attribute scheduler(int policy, String name, int priority) {
        return new Attribute(
                RequestLayout.SCHEDULER,
                policy,
                priority,
                NO_DATA,
                0,
                0,
                "sched_setscheduler",
                name + " " + priority);
    }

    public static Attribute schedulingPriority(int priority) {
        return of(
                RequestLayout.SCHED_PRIORITY,
                priority,
                "sched_setparam",
                Integer.toString(priority));
    }

    public static Attribute nice(int nice) {
        return of(RequestLayout.NICE, nice, "setpriority", Integer.toString(nice));
    }

    /** A class of this name. */
    public static Attribute ioPriority(int ioClass, String name, int level) {
        return of(
                RequestLayout.IO_PRIORITY, ioClass << 13 | level, "ioprio_set", name + " " + level);
    }

    public static Attribute cpuAffinity(BitSet cpus) {
        return withData(
                RequestLayout.CPU_AFFINITY, 0, words(cpus), "sched_setaffinity", list(cpus));
    }

    /** A mode of this name. */
    public static Attribute memoryPolicy(int mode, String name, BitSet nodes) {
        return withData(
                RequestLayout.MEMORY_POLICY,
                mode,
                words(nodes),
                "set_mempolicy",
                nodes.isEmpty() ? name : name + " " + list(nodes));
    }

    public static Attribute oomScoreAdj(int adjustment) {
        String text = Integer.toString(adjustment);
        return withData(
                RequestLayout.OOM_SCORE_ADJ,
                0,
                text.getBytes(StandardCharsets.US_ASCII),
                "oom_score_adj",
                text);
    }

    public static Attribute timerSlack(long ns) {
        return new Attribute(
                RequestLayout.TIMER_SLACK,
                0,
                0,
                NO_DATA,
                ns,
                0,
                "prctl(PR_SET_TIMERSLACK)",
                ns + " ns");
    }

    /** Addresses as without randomization. */
    public static Attribute fixedAddresses() {
        return of(RequestLayout.PERSONALITY, ADDR_NO_RANDOMIZE, "personality", "ADDR_NO_RANDOMIZE");
    }

    /** The effective ids are the real ones. */
    public static Attribute resetIds() {
        return of(RequestLayout.RESET_IDS, 0, "setresuid", "");
    }

    /** A signal at the JVM's end. */
    public static Attribute parentDeath(int signal) {
        return of(RequestLayout.PARENT_DEATH, signal, "prctl(PR_SET_PDEATHSIG)", "");
    }

    /** The limits of a resource of this name, -1 for none; there is one for each resource. */
    public static Attribute limit(int resource, String name, long soft, long hard) {
        return new Attribute(
                RequestLayout.LIMIT,
                resource,
                0,
                NO_DATA,
                soft,
                hard,
                "prlimit",
                name + " " + amount(soft) + ":" + amount(hard));
    }

    /** The soft limit of a resource of this name, at most the hard one, which stays. */
    public static Attribute softLimit(int resource, String name, long soft) {
        return softLimit(resource, name, soft, RequestLayout.KEEP_HARD);
    }

    /** The same, but if it cannot be set it stays as it is. */
    static Attribute putBackLimit(int resource, String name, long soft) {
        return softLimit(resource, name, soft, RequestLayout.PUT_BACK);
    }

    private static Attribute softLimit(int resource, String name, long soft, int how) {
        return new Attribute(
                RequestLayout.LIMIT,
                resource,
                how,
                NO_DATA,
                soft,
                0,
                "prlimit",
                name + " " + amount(soft));
    }

    private static String amount(long limit) {
        return limit == -1 ? "unlimited" : Long.toUnsignedString(limit);
    }

    /**
     * At most these capabilities, a bit for each, of these names, of any process that comes of it.
     */
    public static Attribute boundingSet(long kept, String names) {
        return new Attribute(
                RequestLayout.BOUNDING_SET,
                0,
                0,
                NO_DATA,
                kept,
                0,
                "prctl(PR_CAPBSET_DROP)",
                "all but " + names);
    }

    /** At most these capabilities, a bit for each, of these names. */
    public static Attribute capabilities(long kept, String names) {
        return new Attribute(RequestLayout.CAPABILITIES, 0, 0, NO_DATA, kept, 0, "capset", names);
    }

    public static Attribute groups(int... groups) {
        ByteBuffer bytes =
                ByteBuffer.allocate(groups.length * Integer.BYTES).order(ByteOrder.nativeOrder());
        bytes.asIntBuffer().put(groups);
        String list =
                Arrays.stream(groups)
                        .mapToObj(Integer::toUnsignedString)
                        .collect(Collectors.joining(","));
        return new Attribute(
                RequestLayout.GROUPS,
                groups.length,
                bytes.capacity(),
                bytes.array(),
                0,
                0,
                "setgroups",
                list.isEmpty() ? "none" : list);
    }

    public static Attribute group(int group) {
        return of(RequestLayout.GROUP, group, "setresgid", Integer.toUnsignedString(group));
    }

    public static Attribute user(int user) {
        return of(RequestLayout.USER, user, "setresuid", Integer.toUnsignedString(user));
    }

    public static Attribute noNewPrivileges() {
        return of(RequestLayout.NO_NEW_PRIVILEGES, 0, "prctl(PR_SET_NO_NEW_PRIVS)", "");
    }

    /** CLONE_NEW flags, of these names. */
    public static Attribute namespaces(int flags, String names) {
        return of(RequestLayout.NAMESPACES, flags, "unshare", names);
    }

    /** A user namespace with these maps, as /proc takes them; an empty one keeps the id. */
    public static Attribute userNamespace(String users, String groups) {
        return withData(
                RequestLayout.USER_NAMESPACE,
                0,
                (users + "\0" + groups + "\0").getBytes(StandardCharsets.US_ASCII),
                "user namespace",
                "of users " + map(users) + ", groups " + map(groups));
    }

    private static String map(String lines) {
        return lines.isEmpty() ? "as they are" : lines.strip().replace("\n", ", ");
    }

    /** All that is mounted read-only, except these directories. */
    public static Attribute readOnly(Path... directories) {
        ByteArrayOutputStream paths = new ByteArrayOutputStream();
        for (Path directory : directories) {
            paths.writeBytes(PathBytes.of("directory", directory));
        }
        String words =
                Arrays.stream(directories)
                        .map(directory -> "\"" + Text.printable(directory.toString()) + "\"")
                        .collect(Collectors.joining(", "));
        return withData(
                RequestLayout.READ_ONLY,
                0,
                paths.toByteArray(),
                "mount_setattr",
                words.isEmpty() ? "read-only" : "read-only but " + words);
    }

    public static Attribute chroot(Path root) {
        return withData(
                RequestLayout.CHROOT,
                0,
                PathBytes.of("root", root),
                "chroot",
                "\"" + Text.printable(root.toString()) + "\"");
    }

    public static Attribute privateTmp() {
        return of(RequestLayout.PRIVATE_TMP, 0, "mount", "tmpfs on \"/tmp\"");
    }

    /** Rules that {@link PathRules} has made, in these words. */
    static Attribute paths(byte[] rules, String words) {
        return withData(RequestLayout.PATHS, 0, rules, "landlock", words);
    }

    /** The same rules, and where the kernel can (Linux 6.12) signals to nobody outside of them. */
    public Attribute withSignalsWithin() {
        return withData(
                type, RequestLayout.SIGNALS_WITHIN, data, step, object + ", signals within");
    }

    /** A program of BPF. */
    public static Attribute calls(byte[] program) {
        return withData(
                RequestLayout.CALLS,
                0,
                program.clone(),
                "seccomp",
                "of " + program.length / BPF_INSTRUCTION + " instructions");
    }

    /** As the kernel has sets: unsigned longs, of which there is at least one. */
    private static byte[] words(BitSet set) {
        long[] words = Arrays.copyOf(set.toLongArray(), Math.max(1, set.toLongArray().length));
        ByteBuffer bytes =
                ByteBuffer.allocate(words.length * Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.asLongBuffer().put(words);
        return bytes.array();
    }

    private static String list(BitSet set) {
        return set.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    int type() {
        return type;
    }

    int first() {
        return first;
    }

    int second() {
        return second;
    }

    byte[] data() {
        return data;
    }

    long value() {
        return value;
    }

    long other() {
        return other;
    }

    /**
     * Whether it must not be given to a child that shares the JVM's memory: with the ids the kernel
     * changes whom the memory belongs to, and whether it may be looked at, for all that share it.
     */
    public boolean changesIds() {
        return type == RequestLayout.GROUPS
                || type == RequestLayout.GROUP
                || type == RequestLayout.USER;
    }

    /** Where it comes in the order of all; the last one that was said for a place counts. */
    public int place() {
        return type << 8 | (type == RequestLayout.LIMIT ? first : 0);
    }

    /** The place of all that are of a type, except limits. */
    public static int place(int type) {
        return type << 8;
    }

    /** The kernel's word for what sets it. */
    String step() {
        return step;
    }

    /** To what, in words; or an empty string. */
    public String object() {
        return object;
    }

    /** The kernel's word and the value. */
    @Override
    public String toString() {
        return object.isEmpty() ? step : step + " " + object;
    }
}
