// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.teardown;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.child.UnreachableException;
import io.github.spawn4j.internal.loop.Chore;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Timer;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/**
 * The teardown of one child: takes step by step against a target, until nobody is left. Begins
 * once, and then goes on by itself. Thread-safe.
 *
 * <pre>
 *   waiting --begin--> step 0 --grace--> step 1 --grace--> ... --grace--> last look --> survived
 *      |                  |                 |                                 |
 *      +---- release ---->+----- exit of the child, and nobody else left -----+-------> gone
 * </pre>
 */
public final class Escalation extends Chore {
    /** What is done, and how long the target then has. */
    public sealed interface Step {
        long graceNs();
    }

    /** Ends the child's standard input. Not taken where that is not ours. */
    public record CloseInput(long graceNs) implements Step {}

    /** Sends a signal. */
    public record Send(int signal, long graceNs) implements Step {}

    /** How soon a group whose leader has exited is looked at again: at first, and at most. */
    private static final long FIRST_LOOK_NS = 1_000_000;

    private static final long LAST_LOOK_NS = 32_000_000;

    /** The same of one that nobody but the end of the JVM will tear down. */
    private static final long LAST_LOOK_FOR_NOBODY_NS = 10_000_000_000L;

    /**
     * How long a killed process may take to be gone, however short its grace: it does not run any
     * more, but the kernel takes a while to clear up behind it.
     */
    private static final long DYING_NS = 2_000_000_000;

    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final int SIGTSTP = 20;
    private static final int SIGTTIN = 21;
    private static final int SIGTTOU = 22;

    private final ChildProcess child;
    private final Target target;
    private final List<? extends Step> steps;

    /** Null where it is not ours. */
    private final Child.Input input;

    /** Whether it has begun, or never will. Changed under the lock of this object. */
    private volatile boolean begun;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** What went wrong on the way, of which nobody is told if it ends well. */
    private volatile Throwable failure;

    private volatile Timer pending;

    /** Whether the exit of the child is kept back, so that nobody tells when to look. */
    private volatile boolean held;

    private volatile boolean isLastLook;

    /** When it was killed, in {@link System#nanoTime}'s time; null if it was not. */
    private volatile Long killedNs;

    private final boolean atShutdown;

    /** Whether it has begun with its end. */
    private volatile boolean kills;

    /**
     * A teardown that has not begun.
     *
     * @param input the child's standard input, or null if that is not ours
     * @param atShutdown whether it begins when the JVM ends, at the latest; now if it is ending
     */
    public Escalation(
            ChildProcess child,
            Target target,
            List<? extends Step> steps,
            Child.Input input,
            boolean atShutdown) {
        this.child = child;
        this.target = target;
        this.steps = steps;
        this.input = input;
        this.atShutdown = atShutdown;
        if (atShutdown && !Shutdown.add(this)) {
            begin();
        }
    }

    /**
     * Takes the first step, if that has not been done before.
     *
     * @return completed when nobody is left; exceptionally after the last grace if somebody is. For
     *     code of ours only, which must not wait
     */
    public CompletableFuture<Void> begin() {
        if (!begun) {
            Threads.requireStack(); // else it is never begun again
        }
        if (beginsNow()) {
            attempt();
        }
        return ended;
    }

    private synchronized boolean beginsNow() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    /** What {@link #begin} or {@link #kill} has begun, until it has been done. */
    @Override
    protected void perform() {
        if (kills) {
            elsewhere(this::killNow);
            return;
        }
        held = target.hold();
        if (held) {
            look(FIRST_LOOK_NS);
        } else {
            child.whenExited(() -> look(FIRST_LOOK_NS));
        }
        elsewhere(() -> step(0));
    }

    /**
     * To be called when the child has exited: if nobody else is left either there will be no
     * teardown, and no process can join those that it would reach.
     */
    public void childExited() {
        isOver().whenComplete(
                        (over, e) -> {
                            if (e != null) {
                                fail(e); // as it may be torn down yet
                            } else if (over) {
                                release();
                            }
                        });
    }

    /**
     * To be called when nobody can ask for the teardown any more. One that is for the end of the
     * JVM stays.
     */
    public void drop() {
        if (atShutdown) {
            awaitEmpty(FIRST_LOOK_NS);
        } else {
            release();
        }
    }

    /** The end of the JVM may be far off, and a process that is left may end long before. */
    private void awaitEmpty(long delayNs) {
        if (begun) {
            return;
        }
        isOver().whenComplete(
                        (over, e) -> {
                            if (e != null) {
                                fail(e);
                            } else if (over) {
                                release();
                            } else {
                                again(delayNs, LAST_LOOK_FOR_NOBODY_NS, this::awaitEmpty);
                            }
                        });
    }

    /** Whether nobody is left, not even a zombie of ours, which a cgroup does not count. */
    private CompletableFuture<Boolean> isOver() {
        try {
            if (!held && child.exit() == null) {
                return CompletableFuture.completedFuture(false);
            }
            return target.isGone().thenApply(gone -> gone && child.exitWithStreams() != null);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** To be called when there will be no teardown, whatever is left. */
    public void release() {
        if (beginsNow()) {
            finish(null);
        }
    }

    /** Ends all that can be reached at once, as a teardown that nobody will wait for. */
    public void kill() {
        if (beginsNow()) {
            kills = true;
            attempt();
        }
    }

    /** Where something has run out it is thrown, to be tried again: nobody else would do it. */
    private void killNow() {
        try {
            child.noteKill();
            target.signal(SIGKILL);
        } catch (IOException e) {
            if (Errno.isExhaustion(e)) {
                throw new UncheckedIOException(e);
            }
            fail(e);
        }
        finish(failure);
    }

    private void step(int index) {
        if (ended.isDone()) {
            return;
        }
        if (input != null && index > 0 && steps.get(index - 1) instanceof CloseInput) {
            attempt(input::close); // should what is on its way be stuck
        }
        if (index == steps.size()) {
            isLastLook = true;
            lookLast(FIRST_LOOK_NS);
            return;
        }
        Step step = steps.get(index);
        if (step instanceof CloseInput && input == null) {
            step(index + 1);
            return;
        }
        try {
            take(step);
        } catch (UnreachableException e) {
            fail(e);
            survive(); // rather than wait for what no step will do
            return;
        }
        if (index + 1 == steps.size()) {
            held = false;
            target.letGo();
        }
        awaitGrace(step, index + 1);
    }

    private void awaitGrace(Step step, int following) {
        try {
            Timer timer = Reactor.schedule(step.graceNs(), () -> elsewhere(() -> step(following)));
            pending = timer;
            if (ended.isDone()) {
                timer.cancel(); // it has ended meanwhile, when there was none to be cancelled
            }
        } catch (IOException e) {
            fail(e);
            throw new UncheckedIOException(e); // so that the step is taken again
        }
    }

    private void take(Step step) throws UnreachableException {
        if (step instanceof Send send) {
            if (send(send.signal()) && send.signal() == SIGKILL) {
                killedNs = System.nanoTime();
            }
            if (!isHandled(send.signal())) {
                return;
            }
        } else {
            attempt(input::end);
        }
        // Behind it, so that a stopped process meets it as soon as it goes on.
        send(SIGCONT);
    }

    /** Not those that end, wake or stop a process by themselves: no SIGCONT follows them. */
    private static boolean isHandled(int signal) {
        switch (signal) {
            case SIGKILL:
            case SIGCONT:
            case SIGSTOP:
            case SIGTSTP:
            case SIGTTIN:
            case SIGTTOU:
                return false;
            default:
                return true;
        }
    }

    /** Returns whether it was sent to all that are left. */
    private boolean send(int signal) throws UnreachableException {
        try {
            if (signal == SIGKILL) {
                child.noteKill();
            }
            target.signal(signal);
            return true;
        } catch (UnreachableException e) {
            throw e;
        } catch (IOException | RuntimeException | Error e) {
            fail(e); // the next step may do better
            return false;
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /** Ends the teardown if nobody is left, else looks again later. */
    private void look(long delayNs) {
        if (!ended.isDone() && !isLastLook) {
            endOr(() -> again(delayNs, LAST_LOOK_NS, this::look));
        }
    }

    /** After the last grace: a process that is left has survived, unless it is dying. */
    private void lookLast(long delayNs) {
        endOr(
                () -> {
                    if (!isDying() || !again(delayNs, LAST_LOOK_NS, this::lookLast)) {
                        survive();
                    }
                });
    }

    /** A look that fails tells nothing, and must not be the last one. */
    private void endOr(Runnable otherwise) {
        try {
            // Made before, as there may be no memory when it is needed.
            Errand again = new Errand(() -> endOr(otherwise));
            isOver().whenComplete((over, e) -> endOr(over, e, otherwise, again));
        } catch (RuntimeException | Error e) {
            fail(e);
            otherwise.run();
        }
    }

    /** What is thrown here the future would keep to itself, and nobody look again. */
    private void endOr(Boolean over, Throwable e, Runnable otherwise, Errand again) {
        try {
            if (e != null) {
                fail(e);
            } else if (over) {
                end();
                return;
            }
            otherwise.run();
        } catch (Throwable thrown) {
            Reactor.retry(again);
        }
    }

    private boolean isDying() {
        Long sinceNs = killedNs;
        return sinceNs != null && System.nanoTime() - sinceNs < DYING_NS;
    }

    /** Looks again later, and later still the next time. Returns false if nobody would do that. */
    private boolean again(long delayNs, long mostNs, LongConsumer look) {
        try {
            Reactor.schedule(delayNs, () -> look.accept(Math.min(2 * delayNs, mostNs)));
            return true;
        } catch (IOException | RuntimeException | Error e) {
            fail(e); // the last step ends it
            return false;
        }
    }

    /** Leaves the reactor thread for what takes a while. */
    private void elsewhere(Runnable task) {
        if (target.readsFiles()) {
            new Errand(task).run();
        } else {
            task.run();
        }
    }

    private synchronized void fail(Throwable e) {
        Throwable reason = e instanceof CompletionException ? e.getCause() : e;
        if (failure == null) {
            failure = reason;
        } else if (failure != reason) {
            failure.addSuppressed(reason);
        }
    }

    private void end() {
        Timer timer = pending;
        if (timer != null) {
            timer.cancel();
        }
        if (input != null && steps.get(0) instanceof CloseInput) {
            attempt(input::close); // somebody outside may keep it open and never read on
        }
        finish(null);
    }

    private void survive() {
        finish(
                new IOException(
                        "the teardown of " + target + " has left " + target.remainder(), failure));
    }

    private void finish(Throwable survival) {
        if (atShutdown) {
            Shutdown.remove(this);
        }
        target.release();
        if (survival == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(survival);
        }
    }
}
