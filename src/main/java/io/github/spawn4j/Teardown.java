// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.cgroup.CgroupMembers;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.jdk.JdkChild;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.teardown.Escalation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How a process is ended: steps, each with the time that the process has to end before the next one
 * is taken, and whom they reach. A step sends a signal; the first one may close standard input
 * instead. Immutable.
 *
 * <pre>{@code
 * Teardown gentle = Teardown.closeInput(ofSeconds(5)).then(Signal.TERM, ofSeconds(2)).then(Signal.KILL, ofSeconds(1));
 * PidfdProcess server = PidfdProcess.builder("npx", "server").teardown(gentle.ofGroup().atShutdown()).start();
 * }</pre>
 *
 * <p>It begins when a {@link EmptyProcess#run run} exceeds its time or is interrupted, by {@link
 * PidfdProcess#close()} and {@link PidfdProcess#teardown()}, and, if {@link #atShutdown} is set,
 * when the JVM ends. It is over as soon as nobody is left. A zombie, which has ended but which its
 * parent has not waited for, does not count if /proc shows it as one (below).
 *
 * <p>A stopped process handles no signal. So SIGCONT follows each step, to the same processes,
 * except after SIGKILL, SIGCONT and the signals that stop a process. A cgroup that is frozen stays
 * frozen; only SIGKILL reaches its processes.
 *
 * <p>A process that is left after the last grace has survived, which is an error. After SIGKILL
 * this takes at least 2 seconds to decide, however short the grace was, because the kernel needs a
 * moment to clean up after a process.
 */
public final class Teardown {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(2);

    /** SIGTERM, 2 seconds later SIGKILL, to the process alone. */
    public static final Teardown DEFAULT =
            first(Signal.TERM, DEFAULT_GRACE).then(Signal.KILL, DEFAULT_GRACE);

    private enum Scope {
        PROCESS,
        GROUP,
        CGROUP
    }

    private final List<Escalation.Step> steps;
    private final Scope scope;
    private final boolean atShutdown;

    private Teardown(List<Escalation.Step> steps, Scope scope, boolean atShutdown) {
        this.steps = steps;
        this.scope = scope;
        this.atShutdown = atShutdown;
    }

    /**
     * A teardown of one step, a signal to the process alone.
     *
     * @param signal what is sent
     * @param grace how long the process then has; not negative
     * @return the teardown; unless more steps follow, a process that survives the signal lives on
     * @throws IllegalArgumentException if {@code grace} is negative
     */
    public static Teardown first(Signal signal, Duration grace) {
        return new Teardown(List.of(), Scope.PROCESS, false).then(signal, grace);
    }

    /**
     * A teardown whose first step is the gentlest one: standard input is closed. Servers that talk
     * through it (language servers, the Model Context Protocol) and filters then end by themselves.
     *
     * <p>What is buffered in {@link Process#getOutputStream()} and {@link Process#outputWriter()}
     * is written first, as far as the process reads it within the grace. Input that a run still
     * feeds ends where it is. On a terminal, this types the end-of-input character. If standard
     * input is neither a pipe nor a terminal of this library, the next step follows at once; the
     * stages of a pipeline have the grace of the first one.
     *
     * @param grace how long the process then has; not negative
     * @return the teardown; unless steps follow, a process that does not end by itself lives on
     * @throws IllegalArgumentException if {@code grace} is negative
     */
    public static Teardown closeInput(Duration grace) {
        Escalation.Step step = new Escalation.CloseInput(graceNs(grace));
        return new Teardown(List.of(step), Scope.PROCESS, false);
    }

    private static long graceNs(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("grace " + grace + " is negative");
        }
        return Deadline.toNanos(grace);
    }

    /**
     * Adds a step.
     *
     * @param signal what is sent when the grace of the step before has passed
     * @param grace how long the process then has; not negative
     * @return the longer teardown
     * @throws IllegalArgumentException if {@code grace} is negative
     */
    public Teardown then(Signal signal, Duration grace) {
        Objects.requireNonNull(signal, "signal");
        List<Escalation.Step> longer = new ArrayList<>(steps);
        longer.add(new Escalation.Send(signal.number(), graceNs(grace)));
        return new Teardown(List.copyOf(longer), scope, atShutdown);
    }

    /**
     * The same for the whole process group. The process becomes the group's leader, and all
     * processes that it starts belong to the group, unless they leave it. It costs a descriptor as
     * long as the group has members, until the teardown, or until nobody refers to the process any
     * more.
     *
     * <p>From Linux 6.9 on, the group can be signalled even after the process itself has ended
     * (pidfd_send_signal(2)). Before that, and where a filter refuses the call, it can be signalled
     * only until the exit has been collected. A teardown that begins in time therefore keeps the
     * exit back until nobody else is left or its last signal has been sent; nobody learns of the
     * exit sooner. A teardown that begins later fails at once if somebody is left.
     *
     * <p>Only /proc tells zombies from other processes. Where /proc is missing, is that of another
     * pid namespace ({@code unshare --pid} without {@code --mount-proc}) or hides processes ({@code
     * hidepid}), zombies that nobody waits for count as survivors, and the error says so.
     *
     * @return the wider teardown
     */
    public Teardown ofGroup() {
        return new Teardown(steps, Scope.GROUP, atShutdown);
    }

    /**
     * The same for all processes in the {@link EmptyProcess#cgroup cgroup} that the process was
     * started in, and below it, whoever started them. A process cannot leave it without the right
     * to do so. From Linux 5.14 on, SIGKILL is sent by {@code cgroup.kill}, which no fork can
     * outrun; see cgroups(7).
     *
     * @return the wider teardown; a start without a cgroup is refused
     */
    public Teardown ofCgroup() {
        return new Teardown(steps, Scope.CGROUP, atShutdown);
    }

    /**
     * The same, but it begins at the latest when the JVM ends in an orderly way, and the JVM then
     * waits for it. For a JVM that is killed see {@link EmptyProcess#parentDeathSignal}.
     *
     * @return the teardown that the JVM's end begins
     */
    public Teardown atShutdown() {
        return new Teardown(steps, scope, true);
    }

    /**
     * The same to as many as can be reached: those of the process's cgroup if it has one. A
     * teardown of a cgroup is refused all the same where there is none.
     */
    Teardown widened(boolean hasCgroup) {
        Scope widest = hasCgroup || needsCgroup() ? Scope.CGROUP : Scope.GROUP;
        return new Teardown(steps, widest, atShutdown);
    }

    /** The first part of it that the JDK has nothing for, or null. */
    String refusedByJdk() {
        if (scope != Scope.PROCESS) {
            return "a teardown of the " + scope.name().toLowerCase(Locale.ROOT);
        }
        for (Escalation.Step step : steps) {
            if (step instanceof Escalation.Send send && !JdkChild.canSend(send.signal())) {
                return "a teardown with " + Signal.of(send.signal());
            }
        }
        return null;
    }

    boolean closesInput() {
        return steps.get(0) instanceof Escalation.CloseInput;
    }

    boolean needsGroup() {
        return scope == Scope.GROUP;
    }

    boolean needsCgroup() {
        return scope == Scope.CGROUP;
    }

    boolean isAtShutdown() {
        return atShutdown;
    }

    /** Whether it holds something that is to be given up when it is not needed any more. */
    boolean isToBeReleased() {
        return atShutdown || needsGroup();
    }

    /**
     * The teardown of a child.
     *
     * @param cgroup where it was started, or null
     * @param input its standard input, or null if that is not ours
     */
    Escalation of(ChildProcess child, Path cgroup, Child.Input input) {
        return new Escalation(child, target(child, cgroup), steps, input, atShutdown);
    }

    private Target target(ChildProcess child, Path cgroup) {
        switch (scope) {
            case GROUP:
                return child.processGroup();
            case CGROUP:
                return new CgroupMembers(cgroup);
            default:
                return child;
        }
    }

    /** Such as {@code SIGTERM, PT2S, SIGKILL, PT2S to the group}. */
    @Override
    public String toString() {
        return steps.stream().map(Teardown::describe).collect(Collectors.joining(", "))
                + " to the "
                + scope.name().toLowerCase(Locale.ROOT);
    }

    private static String describe(Escalation.Step step) {
        String action =
                step instanceof Escalation.Send send
                        ? Signal.of(send.signal()).toString()
                        : "end of input";
        return action + ", " + Duration.ofNanos(step.graceNs());
    }
}
