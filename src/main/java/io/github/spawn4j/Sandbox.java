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
 * What a program may use that somebody else has written: time, memory, processes, files and so on,
 * as one value. Each limit is enforced by the strongest mechanism that the machine offers, and one
 * that cannot be enforced fails the start. Immutable: each method gives another sandbox.
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
 * <tr><th>{@link #files}</th><td>Landlock (Linux 6.2); a mount namespace, where all may be read
 *     (5.12)</td></tr>
 * <tr><th>{@link #noNetwork}</th><td>a network namespace</td></tr>
 * <tr><th>{@link #memory}</th><td>a cgroup, for all processes together; RLIMIT_AS, for each</td></tr>
 * <tr><th>{@link #processes}</th><td>a cgroup; RLIMIT_NPROC in a user namespace (5.14), not for
 *     root</td></tr>
 * <tr><th>{@link #cpuTime}</th><td>a cgroup and RLIMIT_CPU, for all processes together; RLIMIT_CPU,
 *     for each</td></tr>
 * <tr><th>{@link #time}, {@link #output}</th><td>the library</td></tr>
 * </table>
 *
 * <p>{@link PidfdProcess#enforcement} and {@link CommandResult.Stage#enforcement} tell which one it
 * was. Nobody in a sandbox gains privileges ({@link EmptyProcess#noNewPrivileges}), and of root's
 * capabilities those are left that concern files and ids. It is torn down with all that belong to
 * it: those of the cgroup, where one was made, else those of its process group. The cgroup is
 * removed, with all processes in it, when the process has exited, or its run is over. Without one
 * what is left of a group whose leader has ended cannot be ended before Linux 6.9: a run then fails
 * with {@link CommandException.Reason#SURVIVOR}.
 *
 * <p>Where Landlock confines its files nobody in it can look into processes outside, nor, from
 * Linux 6.12 on, signal them.
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

        /** The time of processors. */
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

        /** The kernel, for each process by itself; only processes are counted together. */
        RLIMIT,

        /** The kernel, for the process and all that comes of it. */
        LANDLOCK,

        /** The kernel, for the process and all that comes of it. */
        NAMESPACE,

        /** This library, as long as the JVM lives. */
        LIBRARY,

        /** Nothing, for which the caller has {@linkplain Sandbox#bestEffort asked}. */
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
     * A sandbox whose processes may change files in one directory only, and read all that they
     * otherwise may. It is the directory that the process starts in, and the value of its TMPDIR,
     * unless either is set after {@link EmptyProcess#sandbox}.
     *
     * @param scratch the directory, which must be there at the start and stays the caller's
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
     * Limits the time that passes, from the start on. Then the process is torn down; a run fails
     * with {@link CommandException.Reason#TIMEOUT}, as at its own timeout, if that is later.
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
     * Limits the time of processors. Then SIGXCPU is sent, and SIGKILL a second later. A cgroup's
     * is looked at every hundredth of a second at most; of one process the kernel counts whole
     * seconds.
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
     * Limits memory. Beyond it a cgroup's process is killed, which {@link ExitStatus.OutOfMemory}
     * tells; by RLIMIT_AS, which counts addresses, a program gets no more, and most then fail.
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
     * Limits processes and threads: one more fails with EAGAIN.
     *
     * @param most positive, the process itself counted
     * @return the sandbox
     * @throws IllegalArgumentException if it is not positive
     */
    public Sandbox processes(int most) {
        positive("processes", most);
        return with(sandbox -> sandbox.processes = most);
    }

    /**
     * Limits what a {@linkplain EmptyProcess#run run} reads of each, standard output and standard
     * error, whatever is kept of it. Beyond it the process is torn down, and the run fails with
     * {@link CommandException.Reason#OUTPUT}. A start of which the caller reads the output himself
     * is refused, as is output that leads elsewhere but to nowhere.
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
     * Lets it use no other files than these and its directory.
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
     * Lets a process start where the machine cannot enforce these limits.
     *
     * @param limits which; those of earlier calls stay
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
