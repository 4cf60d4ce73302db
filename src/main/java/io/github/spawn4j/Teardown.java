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
 * PidfdProcess#close()} and {@link PidfdProcess#teardown()}, and where it says so when the JVM
 * ends. It is over as soon as nobody is left; a process that has ended but that its parent has not
 * waited for does not count, where /proc tells that (below).
 *
 * <p>A process that is stopped handles nothing. So each step that it could handle is followed by
 * SIGCONT, to the same processes: not SIGKILL, nor SIGCONT and the signals that stop. A cgroup that
 * is frozen stays frozen; only SIGKILL reaches its processes.
 *
 * <p>A process that is left after the last grace has survived, which is an error. After SIGKILL
 * that is not decided before 2 seconds have passed, however short the grace was, as the kernel
 * needs a moment to clear up behind a process.
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
     * A teardown whose first step is the gentlest one: standard input is closed, which servers that
     * talk through it (language servers, the Model Context Protocol) and filters take as the wish
     * that they end.
     *
     * <p>What is buffered in {@link Process#getOutputStream()} and {@link Process#outputWriter()}
     * is written before, as far as the process reads it within the grace. Input that a run still
     * feeds ends where it is. On a terminal the character is typed that says the end of input. A
     * process whose standard input is neither a pipe nor a terminal of this library is given the
     * next step at once; those of a pipeline have the grace of the first one.
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
     * The same for the whole process group, of which the process becomes the leader: everybody that
     * it starts, unless they leave the group. As long as somebody is left in the group it costs a
     * descriptor, until the teardown or until nobody refers to the process any more.
     *
     * <p>From Linux 6.9 on the group is reached also after the process itself has ended
     * (pidfd_send_signal(2)). Before that, and where a filter refuses the call, it is reached only
     * until the exit has been collected; a teardown that begins before keeps the exit back until
     * nobody else is left or its last signal has been sent, so that nobody is told of it sooner,
     * and one that begins later fails at once if somebody is left.
     *
     * <p>Zombies are told from others by /proc. Where that is missing, of another pid namespace
     * ({@code unshare --pid} without {@code --mount-proc}) or hides processes ({@code hidepid}),
     * zombies that nobody waits for count as survivors, and the error says so.
     *
     * @return the wider teardown
     */
    public Teardown ofGroup() {
        return new Teardown(steps, Scope.GROUP, atShutdown);
    }

    /**
     * The same for everybody in the {@link EmptyProcess#cgroup cgroup} that the process was started
     * in, and below it, whoever started them; nobody can leave it without the rights to. SIGKILL is
     * {@code cgroup.kill} from Linux 5.14 on, which no fork outruns; see cgroups(7).
     *
     * @return the wider teardown; a start without a cgroup is refused
     */
    public Teardown ofCgroup() {
        return new Teardown(steps, Scope.CGROUP, atShutdown);
    }

    /**
     * The same, which begins at the latest when the JVM ends in an orderly way, and which the end
     * of the JVM then waits for. For a JVM that is killed see {@link EmptyProcess}.
     *
     * @return the teardown that the JVM's end begins
     */
    public Teardown atShutdown() {
        return new Teardown(steps, scope, true);
    }

    /**
     * The same to as many as can be reached: those of the process's cgroup if it has one. Who has
     * asked for a cgroup's without one is refused all the same.
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
