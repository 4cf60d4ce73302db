package io.github.spawn4j.internal.io;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The teardown of one child: signals a target step by step, until nobody is left. Begins once, and
 * then goes on by itself. Thread-safe.
 *
 * <pre>
 *   waiting --begin--> step 0 --grace--> step 1 --grace--> ... --grace--> survived
 *      |                  |                 |                  |
 *      +---- release ---->+----- exit of the child, and nobody else left -----> gone
 * </pre>
 */
public final class Escalation {
    /**
     * One step.
     *
     * @param signal what is sent
     * @param graceNs how long the target then has
     */
    public record Step(int signal, long graceNs) {}

    /** How soon a group whose leader has exited is looked at again: at first, and at most. */
    private static final long FIRST_LOOK_NS = 1_000_000;

    private static final long LAST_LOOK_NS = 32_000_000;

    private final Child child;
    private final Target target;
    private final List<Step> steps;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** What went wrong on the way, of which nobody is told if it ends well. */
    private volatile IOException failure;

    private volatile Timer next;

    private final boolean atShutdown;

    /**
     * A teardown that has not begun.
     *
     * @param atShutdown whether it begins when the JVM ends, at the latest
     * @throws IllegalStateException if the JVM is ending and {@code atShutdown} is asked for
     */
    public Escalation(Child child, Target target, List<Step> steps, boolean atShutdown) {
        this.child = child;
        this.target = target;
        this.steps = steps;
        this.atShutdown = atShutdown;
        if (atShutdown) {
            Shutdown.add(this);
        }
    }

    /**
     * Sends the first signal, if that has not been done before.
     *
     * @return completed when nobody is left; exceptionally after the last grace if somebody is. For
     *     code of ours only, which must not wait
     */
    public CompletableFuture<Void> begin() {
        if (begun.compareAndSet(false, true)) {
            child.exited().thenRun(() -> elsewhere(() -> look(FIRST_LOOK_NS)));
            if (Reactor.isCurrent()) {
                elsewhere(() -> step(0));
            } else {
                step(0);
            }
        }
        return ended;
    }

    /** To be called when there will be no more teardown, as nobody can ask for it any more. */
    public void release() {
        if (begun.compareAndSet(false, true)) {
            finish(null);
        }
    }

    private void step(int index) {
        if (ended.isDone()) {
            return;
        }
        try {
            if (index == steps.size()) {
                survive();
                return;
            }
            try {
                target.signal(steps.get(index).signal());
            } catch (IOException e) {
                fail(e);
            }
            next =
                    Reactor.schedule(
                            steps.get(index).graceNs(), () -> elsewhere(() -> step(index + 1)));
        } catch (IOException e) {
            fail(e);
            survive(); // without a reactor nobody would take the next step
        }
    }

    /** Ends the teardown if nobody is left, else looks again later. */
    private void look(long delayNs) {
        if (ended.isDone()) {
            return;
        }
        try {
            if (target.isGone()) {
                end();
                return;
            }
        } catch (IOException e) {
            fail(e);
        }
        try {
            long longer = Math.min(2 * delayNs, LAST_LOOK_NS);
            Reactor.schedule(delayNs, () -> elsewhere(() -> look(longer)));
        } catch (IOException e) {
            fail(e);
        }
    }

    /** Leaves the reactor thread for what takes a while. */
    private void elsewhere(Runnable task) {
        if (target.readsFiles()) {
            Workers.execute(task);
        } else {
            task.run();
        }
    }

    private synchronized void fail(IOException e) {
        if (failure == null) {
            failure = e;
        } else {
            failure.addSuppressed(e);
        }
    }

    private void end() {
        Timer pending = next;
        if (pending != null) {
            pending.cancel();
        }
        finish(null);
    }

    private void survive() {
        finish(new IOException("the teardown of " + target + " has left somebody", failure));
    }

    private void finish(IOException survival) {
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
