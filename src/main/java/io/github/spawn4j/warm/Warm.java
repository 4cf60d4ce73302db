// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.warm.HelperBudget;
import io.github.spawn4j.internal.warm.WarmProgram;
import io.github.spawn4j.internal.warm.WarmSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * How the program of a template is kept warm: executed and linked ahead, so that a start does not
 * wait for that. Immutable: each method returns new settings.
 *
 * <pre>{@code
 * try (SpawnTemplate git = SpawnTemplate.builder("git").warm(Warm.on().parked(4)).build()) {
 *   git.spawn("status", "--short");
 *   System.out.println(git.statistics());
 * }
 * }</pre>
 *
 * <p>A warm template keeps a <em>helper</em>: a process that has executed the program, and was
 * stopped when the dynamic linker had done its work, before any code of the program had run. A
 * start clones it; the clone is a child of the JVM as any other, gets its arguments, environment,
 * descriptors and directory, and runs. The helper is made in the background. A start that finds no
 * helper, or that the helper cannot serve, is <em>cold</em>: as if the template were not warm, with
 * the same result. {@link SpawnTemplate#statistics()} counts both, and {@link
 * PidfdProcess#startedAs()} says which it was.
 *
 * <p>{@code docs/warm.md} of the sources says how it works, what is different for the program, and
 * what was measured.
 *
 * <p>It pays for short programs that are dynamically linked and started often: {@code grep}, {@code
 * git}, {@code sh}. It needs x86-64, Linux 5.9 or newer with CONFIG_CHECKPOINT_RESTORE, glibc,
 * {@code /proc} and ptrace(2) of the JVM's own children; if one of these is missing, all starts are
 * cold, with the {@linkplain ColdReason reason}.
 *
 * <h2>What it costs</h2>
 *
 * <p>For each template a helper, usually of 100 to 600 KiB of its own memory, and some 30
 * descriptors of the JVM; 20 to 50 KiB for each child that waits; and one thread for all helpers,
 * which keeps the class loader of the library as long as there are any. On four processors or more,
 * a template that is in no cache has a second helper while the first has as many starts under way
 * as it can have. Helper and waiting children are children of the JVM, called {@code spawn4j-warm:
 * PROGRAM}, which {@link ProcessHandle#children()} shows too.
 *
 * <h2>Security considerations</h2>
 *
 * <ul>
 *   <li>All processes of one helper have the same addresses of program, libraries and stack; stack
 *       guard, pointer guard and {@code AT_RANDOM} are their own. {@link #renewAfter} bounds how
 *       many share them. Do not keep programs warm that attackers may crash as often as they like.
 *   <li>A start is warm only if the calling thread is, as far as the kernel can tell, like the one
 *       that made the helper: ids, groups, capabilities, no_new_privs, filters, directory, root,
 *       network namespace, scheduling, session, process group and cgroup are compared at each
 *       start, limits and umask are handed on. Not compared are IPC, time and cgroup namespaces,
 *       the pid namespace of children, and keyrings: a process started warm has those of the
 *       helper.
 *   <li>There is no execve(2) for each start, which auditing and security tools may count on: they
 *       see one for each helper.
 *   <li>A new library that would be found earlier in the linker's search path than the known one is
 *       noticed in the directories of {@code LD_LIBRARY_PATH}, but in others not before the helper
 *       is renewed; a changed one is.
 *   <li>As long as there is a helper the program is being executed: writing to its file fails with
 *       ETXTBSY, replacing it by rename works.
 *   <li>Programs that give ids or capabilities are never started warm.
 * </ul>
 */
public final class Warm {
    private static final int MOST_PARKED = 16;
    private static final int USUAL_RENEWAL = 1000;

    /** Where there are fewer, a second helper only waits for its turn as well. */
    private static final int PROCESSORS_FOR_TWO = 4;

    private static final Duration USUAL_IDLE = Duration.ofMinutes(1);
    private static final Duration USUAL_DEADLINE = Duration.ofSeconds(1);
    private static final Duration LONGEST_IDLE = Duration.ofDays(365);

    private final int parked;
    private final Duration idle;
    private final int renewAfter;
    private final Duration deadline;

    private Warm(int parked, Duration idle, int renewAfter, Duration deadline) {
        this.parked = parked;
        this.idle = idle;
        this.renewAfter = renewAfter;
        this.deadline = deadline;
    }

    /**
     * A helper that ends after a minute without a start, is renewed after 1000 starts, and has no
     * children waiting.
     *
     * @return the settings
     */
    public static Warm on() {
        return new Warm(0, USUAL_IDLE, USUAL_RENEWAL, USUAL_DEADLINE);
    }

    /**
     * Has children cloned ahead, which wait for their arguments. A start of one returns without
     * waiting for it where nothing can fail in the child: where it has no attributes but soft
     * limits, and needs no more than a directory and streams that are pipes, files, one another or
     * the JVM's. Each costs some 20 to 50 KiB.
     *
     * @param children how many wait, 0 to 16
     * @return the settings
     * @throws IllegalArgumentException if it is less or more
     */
    public Warm parked(int children) {
        if (children < 0 || children > MOST_PARKED) {
            throw new IllegalArgumentException(
                    "parked " + children + " is not between 0 and " + MOST_PARKED);
        }
        return new Warm(children, idle, renewAfter, deadline);
    }

    /**
     * Ends the helper when there has been no start for this long. The next start is then cold, and
     * a new helper is made. The library looks once a second.
     *
     * @param time how long; positive, a year at most
     * @return the settings
     * @throws IllegalArgumentException if it is not
     */
    public Warm idle(Duration time) {
        return new Warm(parked, bounded("idle", time), renewAfter, deadline);
    }

    /**
     * Makes a new helper, with other addresses, after this many starts. The old one serves until
     * the new one is ready.
     *
     * @param starts how many; at least 1
     * @return the settings
     * @throws IllegalArgumentException if it is less
     */
    public Warm renewAfter(int starts) {
        if (starts < 1) {
            throw new IllegalArgumentException("renewal after " + starts + " starts: less than 1");
        }
        return new Warm(parked, idle, starts, deadline);
    }

    /**
     * How long a start waits for a child of the helper to take it. After that the start is cold,
     * and the helper is replaced. A start that a child has taken is waited for.
     *
     * @param time rounded up to 20 ms; positive, a day at most
     * @return the settings
     * @throws IllegalArgumentException if it is not
     */
    public Warm deadline(Duration time) {
        bounded("deadline", time);
        if (time.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("deadline " + time + " is more than a day");
        }
        return new Warm(parked, idle, renewAfter, time);
    }

    private static Duration bounded(String name, Duration time) {
        Objects.requireNonNull(time, name);
        if (time.isNegative() || time.isZero() || time.compareTo(LONGEST_IDLE) > 0) {
            throw new IllegalArgumentException(
                    name + " " + time + " is not positive, or more than a year");
        }
        return time;
    }

    /**
     * A program that is kept warm like this; it has no helper yet.
     *
     * @param fromStart which start is the first to ask for one
     * @param budget bounds the helpers of several programs; null for no bound
     */
    WarmProgram program(
            byte[] path,
            Strings arguments,
            Strings environment,
            int fromStart,
            HelperBudget budget) {
        RequestEncoder request = new RequestEncoder(0, 0, 0);
        request.program(path, arguments, environment);
        int deadlineMs = (int) Math.max(1, deadline.toMillis());
        return new WarmProgram(
                request,
                new WarmSettings(
                        fromStart,
                        parked,
                        idle.toNanos(),
                        renewAfter,
                        deadlineMs,
                        Runtime.getRuntime().availableProcessors() >= PROCESSORS_FOR_TWO),
                budget);
    }

    @Override
    public String toString() {
        return "warm, "
                + parked
                + " parked, idle "
                + idle
                + ", renewed after "
                + renewAfter
                + " starts, deadline "
                + deadline;
    }
}
