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
public final class Escalation extends Chore {
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

    /** The same of one that nobody but the end of the JVM will tear down. */
    private static final long LAST_LOOK_FOR_NOBODY_NS = 10_000_000_000L;

    private static final int SIGKILL = 9;

    private final Child child;
    private final Target target;
    private final List<Step> steps;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** What went wrong on the way, of which nobody is told if it ends well. */
    private volatile Exception failure;

    private volatile Timer next;

    private final boolean atShutdown;

    /** Whether it has begun with its end. */
    private volatile boolean kills;

    /**
     * A teardown that has not begun.
     *
     * @param atShutdown whether it begins when the JVM ends, at the latest; now if it is ending
     */
    public Escalation(Child child, Target target, List<Step> steps, boolean atShutdown) {
        this.child = child;
        this.target = target;
        this.steps = steps;
        this.atShutdown = atShutdown;
        if (atShutdown && !Shutdown.add(this)) {
            begin();
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
            attempt();
        }
        return ended;
    }

    /** What {@link #begin} or {@link #kill} has begun, until it has been done. */
    @Override
    void perform() {
        if (kills) {
            elsewhere(this::killNow);
        } else {
            child.whenExited(() -> elsewhere(() -> look(FIRST_LOOK_NS)));
            elsewhere(() -> step(0));
        }
    }

    /**
     * To be called when the child has exited: if nobody else is left either there will be no
     * teardown, nor can anybody join whom it would reach.
     */
    public void childExited() {
        elsewhere(
                () -> {
                    try {
                        if (isOver()) {
                            release();
                        }
                    } catch (IOException | RuntimeException e) {
                        fail(e); // as it may be torn down yet
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

    /** The end of the JVM may be far off, and somebody who is left may end long before. */
    private void awaitEmpty(long delayNs) {
        if (begun.get()) {
            return;
        }
        try {
            if (isOver()) {
                release();
                return;
            }
            long longer = Math.min(2 * delayNs, LAST_LOOK_FOR_NOBODY_NS);
            Reactor.schedule(delayNs, () -> elsewhere(() -> awaitEmpty(longer)));
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    /** Whether nobody is left, not even a zombie of ours, which a cgroup does not count. */
    private boolean isOver() throws IOException {
        return child.exit() != null && target.isGone();
    }

    /** To be called when there is to be no teardown, whoever is left. */
    public void release() {
        if (begun.compareAndSet(false, true)) {
            finish(null);
        }
    }

    /** Ends all that can be reached at once, as a teardown that nobody will wait for. */
    public void kill() {
        if (begun.compareAndSet(false, true)) {
            kills = true;
            attempt();
        }
    }

    private void killNow() {
        try {
            target.signal(SIGKILL);
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
        finish(failure);
    }

    private void step(int index) {
        if (ended.isDone()) {
            return;
        }
        if (index == steps.size()) {
            survive();
            return;
        }
        try {
            target.signal(steps.get(index).signal());
        } catch (IOException | RuntimeException e) {
            fail(e); // the next step may do better
        }
        try {
            Timer timer =
                    Reactor.schedule(
                            steps.get(index).graceNs(), () -> elsewhere(() -> step(index + 1)));
            next = timer;
            if (ended.isDone()) {
                timer.cancel(); // it has ended meanwhile, when there was none to be cancelled
            }
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
            if (isOver()) {
                end();
                return;
            }
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
        try {
            long longer = Math.min(2 * delayNs, LAST_LOOK_NS);
            Reactor.schedule(delayNs, () -> elsewhere(() -> look(longer)));
        } catch (IOException e) {
            fail(e); // the last step ends it
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

    private synchronized void fail(Exception e) {
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

    private void finish(Exception survival) {
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
