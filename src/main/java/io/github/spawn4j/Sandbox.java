// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.FileAccess;
import io.github.spawn4j.internal.access.Access;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * Limits for a program that you do not trust: on time, memory, processes, files and more, as one
 * value. The strongest mechanism that the machine offers enforces each limit. If a limit cannot be
 * enforced, the start fails. Immutable: each method returns another sandbox.
 *
 * <pre>{@code
 * Sandbox sandbox = Sandbox.of(scratch).memory(512 << 20).cpuTime(ofSeconds(10)).noNetwork();
 * CommandResult result = PidfdProcess.builder("python3", "script.py")
 *     .sandbox(sandbox)
 *     .run(RunOptions.timeout(ofSeconds(30)));
 * }</pre>
 *
 * <table>
 * <caption>Mechanisms, the strongest first</caption>
 * <tr><th>{@link #files}</th><td>Landlock (Linux 6.2); a mount namespace (5.12), in which all may
 *     be read</td></tr>
 * <tr><th>{@link #noNetwork}</th><td>a network namespace</td></tr>
 * <tr><th>{@link #memory}</th><td>a cgroup, for all processes together; RLIMIT_AS, for each</td></tr>
 * <tr><th>{@link #processes}</th><td>a cgroup; RLIMIT_NPROC in a user namespace (5.14), not for
 *     root</td></tr>
 * <tr><th>{@link #cpuTime}</th><td>a cgroup and RLIMIT_CPU, for all processes together; RLIMIT_CPU,
 *     for each</td></tr>
 * <tr><th>{@link #time}, {@link #output}</th><td>the library</td></tr>
 * </table>
 *
 * <p>{@link PidfdProcess#enforcement} and {@link CommandResult.Stage#enforcement} tell which
 * mechanism enforces a limit. No process in a sandbox gains privileges ({@link
 * EmptyProcess#noNewPrivileges}); of root's capabilities a few are left, mostly about files and
 * ids. A teardown ends all processes of the sandbox: those of its cgroup, or without a cgroup those
 * of its process group. When the process has exited, or its run is over, the library removes the
 * cgroup with all processes in it. Without a cgroup, and before Linux 6.9, processes of a group
 * whose leader has ended cannot be ended: a run then fails with {@link
 * CommandException.Reason#SURVIVOR}.
 *
 * <p>Where Landlock confines its files, no process in the sandbox can look into one outside. From
 * Linux 6.12 on, none can signal one outside either.
 */
public final class Sandbox {
    /**
     * What is limited.
     *
     * <pre>{@code
     * Sandbox.of(scratch).processes(50).bestEffort(Sandbox.Limit.PROCESSES);
     * }</pre>
     */
    public enum Limit {
        /** The time that passes. */
        TIME,

        /** CPU time. */
        CPU_TIME,

        /** Memory. */
        MEMORY,

        /** Processes and threads. */
        PROCESSES,

        /** What is written to standard output and standard error. */
        OUTPUT,

        /** Files. */
        FILES,

        /** The network. */
        NETWORK
    }

    /**
     * What enforces a limit.
     *
     * <pre>{@code
     * if (process.enforcement().get(Sandbox.Limit.MEMORY) == Sandbox.Mechanism.RLIMIT) {
     *   log.info("each process may have as much");
     * }
     * }</pre>
     */
    public enum Mechanism {
        /** The kernel, for all processes of the sandbox together. */
        CGROUP,

        /** The kernel, for each process by itself. The limit on processes is one for all. */
        RLIMIT,

        /** The kernel, for the process and all that comes of it. */
        LANDLOCK,

        /** The kernel, for the process and all that comes of it. */
        NAMESPACE,

        /** This library, as long as the JVM lives. */
        LIBRARY,

        /** Nothing; the caller has {@linkplain Sandbox#bestEffort allowed} that. */
        NONE
    }

    private final Path scratch;

    // Like the others only changed before anybody else sees the object.
    private FileAccess files;
    private Duration time;
    private Duration cpuTime;
    private long memory;
    private int processes;
    private int output = Integer.MAX_VALUE;
    private boolean hasNetwork = true;
    private Set<Limit> bestEffort = Set.of();

    private Sandbox(Path scratch) {
        this.scratch = scratch;
    }

    private Sandbox(Sandbox other) {
        scratch = other.scratch;
        files = other.files;
        time = other.time;
        cpuTime = other.cpuTime;
        memory = other.memory;
        processes = other.processes;
        output = other.output;
        hasNetwork = other.hasNetwork;
        bestEffort = other.bestEffort;
    }

    /**
     * A sandbox whose processes may change files in one directory only, and read whatever they
     * could otherwise. The process starts in this directory and has it as TMPDIR, unless you set
     * another one after {@link EmptyProcess#sandbox}.
     *
     * @param scratch the directory. It must exist at the start, and the library does not remove it
     * @return the sandbox
     */
    public static Sandbox of(Path scratch) {
        return new Sandbox(scratch.toAbsolutePath());
    }

    private Sandbox with(Consumer<Sandbox> change) {
        Sandbox changed = new Sandbox(this);
        change.accept(changed);
        return changed;
    }

    private static Duration positive(String name, Duration duration) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " " + duration + " is not positive");
        }
        return duration;
    }

    private static long positive(String name, long number) {
        if (number <= 0) {
            throw new IllegalArgumentException(name + " " + number + " is not positive");
        }
        return number;
    }

    /**
     * Limits the time from the start on. When it is up the process is torn down, and a run fails
     * with {@link CommandException.Reason#TIMEOUT}. A timeout of the run that is shorter comes
     * first.
     *
     * @param most positive
     * @return the sandbox
     * @throws IllegalArgumentException if it is not positive
     */
    public Sandbox time(Duration most) {
        positive("time", most);
        return with(sandbox -> sandbox.time = most);
    }

    /**
     * Limits CPU time. When it is used up the kernel or the library sends SIGXCPU, and SIGKILL a
     * second later. The time of a cgroup is measured every hundredth of a second at most. The time
     * of one process is limited in whole seconds.
     *
     * @param most positive
     * @return the sandbox
     * @throws IllegalArgumentException if it is not positive
     */
    public Sandbox cpuTime(Duration most) {
        positive("cpuTime", most);
        return with(sandbox -> sandbox.cpuTime = most);
    }

    /**
     * Limits memory. In a cgroup a process that needs more is killed, and {@link
     * ExitStatus.OutOfMemory} says so. RLIMIT_AS limits addresses: a request for more fails, and
     * most programs then end by themselves.
     *
     * @param bytes positive
     * @return the sandbox
     * @throws IllegalArgumentException if it is not positive
     */
    public Sandbox memory(long bytes) {
        positive("memory", bytes);
        return with(sandbox -> sandbox.memory = bytes);
    }

    /**
     * Limits how many processes and threads there are at a time. To start one more fails with
     * EAGAIN.
     *
     * @param most positive; the process itself counts
     * @return the sandbox
     * @throws IllegalArgumentException if it is not positive
     */
    public Sandbox processes(int most) {
        positive("processes", most);
        return with(sandbox -> sandbox.processes = most);
    }

    /**
     * Limits how much a {@linkplain EmptyProcess#run run} reads of standard output, and how much of
     * standard error, however little of it the run keeps. Beyond that the process is torn down, and
     * the run fails with {@link CommandException.Reason#OUTPUT}. A start without a run is refused,
     * as the caller then reads the output; so is a redirect to anything but {@link
     * Redirect#DISCARD}.
     *
     * @param bytes positive
     * @return the sandbox
     * @throws IllegalArgumentException if it is not positive
     */
    public Sandbox output(int bytes) {
        positive("output", bytes);
        return with(sandbox -> sandbox.output = bytes);
    }

    /**
     * Lets it use these files and its directory, and no others.
     *
     * @param access the files
     * @return the sandbox
     */
    public Sandbox files(FileAccess access) {
        Objects.requireNonNull(access, "access");
        return with(sandbox -> sandbox.files = access);
    }

    /**
     * Takes the network from it; see {@link EmptyProcess#noNetwork}.
     *
     * @return the sandbox
     */
    public Sandbox noNetwork() {
        return with(sandbox -> sandbox.hasNetwork = false);
    }

    /**
     * Allows the start where the machine cannot enforce these limits.
     *
     * @param limits which limits, in addition to those of earlier calls
     * @return the sandbox
     */
    public Sandbox bestEffort(Limit... limits) {
        Set<Limit> all = EnumSet.noneOf(Limit.class);
        all.addAll(bestEffort);
        all.addAll(Set.of(limits));
        return with(sandbox -> sandbox.bestEffort = all);
    }

    Path scratch() {
        return scratch;
    }

    /** Null where all may be read. */
    FileAccess files() {
        return files;
    }

    /** Null for any. */
    Duration time() {
        return time;
    }

    /** Null for any. */
    Duration cpuTime() {
        return cpuTime;
    }

    /** 0 for any. */
    long memory() {
        return memory;
    }

    /** 0 for any. */
    int processes() {
        return processes;
    }

    /** {@link Integer#MAX_VALUE} for any. */
    int output() {
        return output;
    }

    boolean limitsOutput() {
        return output != Integer.MAX_VALUE;
    }

    boolean hasNetwork() {
        return hasNetwork;
    }

    boolean isBestEffort(Limit limit) {
        return bestEffort.contains(limit);
    }

    /** What it limits, in words. */
    @Override
    public String toString() {
        StringJoiner words = new StringJoiner(", ", "sandbox of \"" + scratch + "\": ", "");
        words.setEmptyValue("sandbox of \"" + scratch + "\"");
        say(words, "time ", time);
        say(words, "CPU time ", cpuTime);
        say(words, "memory ", memory > 0 ? memory + " bytes" : null);
        say(words, "processes ", processes > 0 ? processes : null);
        say(words, "output ", limitsOutput() ? output + " bytes" : null);
        say(words, "files ", files == null ? null : words(files));
        say(words, "no network", hasNetwork ? null : "");
        return words.toString();
    }

    private static String words(FileAccess files) {
        String rules = Access.control().attribute(files).object();
        return rules.isEmpty() ? "none" : rules;
    }

    private static void say(StringJoiner words, String what, Object value) {
        if (value != null) {
            words.add(what + value);
        }
    }
}
