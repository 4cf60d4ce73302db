// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.cgroup.MemoryWatch;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Timer;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.streams.Drain;
import io.github.spawn4j.internal.streams.LiveInput;
import io.github.spawn4j.internal.streams.Outlet;
import io.github.spawn4j.internal.teardown.Escalation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * One or more processes, each one's output the next one's input, on their way to a {@link
 * CommandResult}. Thread-safe.
 *
 * <pre>
 *   RUNNING --all have exited, all output is read--> ENDED
 *      |                                               ^
 *      +--timeout, overflow, interrupt ...--> FAILING -+ torn down, and read or given up
 *      |                                               |
 *      +--the same as to ENDED, but nobody may stay--> CLEARING, torn down
 * </pre>
 */
final class Run implements Pipeline.Adopter<Run.Stage> {
    /*
     * Nobody waits here but the caller of run(): exits, output and timers come from the reactor, and
     * each of them only takes the run a step further. So a thousand runs cost no thread, and a
     * listener that blocks, on a worker, holds up nobody but its own process.
     *
     * What a step throws ends the run: collapse() does so, again and again until it succeeds. Nobody
     * but the caller, who waits for that end, would ever hear of the failure.
     *
     * Exit and end of output are separate. After the last exit the output is read to its end for as
     * long as the caller lingers; then it is cut, as a grandchild may keep it open for ever.
     */
    private enum State {
        RUNNING,
        FAILING,
        CLEARING,
        ENDED
    }

    /**
     * One process of the run.
     *
     * @param memory tells what it died of, or null
     * @param stderr null if it does not lead here
     * @param enclosure of its sandbox, or null
     */
    record Stage(
            EmptyProcess process,
            ChildProcess child,
            Escalation teardown,
            MemoryWatch memory,
            Outlet stderr,
            int startKind,
            Enclosure enclosure) {}

    private static final Log LOG = Log.of(Run.class);

    /** An output of a process that leads here. */
    private record Output(int stage, Outlet drain, Capture capture, String name) {
        RunFailure failure(Throwable e) {
            if (e instanceof Drain.OverflowException) {
                String detail = capture.most() + " bytes to its " + name;
                return new RunFailure(CommandException.Reason.OUTPUT, stage, detail, null);
            }
            if (e instanceof Drain.ListenerException) {
                Throwable thrown = e.getCause();
                return new RunFailure(
                        CommandException.Reason.LISTENER,
                        stage,
                        RunFailure.describe(thrown),
                        thrown);
            }
            String detail =
                    e instanceof OutOfMemoryError ? "no memory for the output" : e.getMessage();
            return new RunFailure(CommandException.Reason.READ, stage, detail, e);
        }
    }

    /** A timeout, and the lingering after the exit. */
    private static final int USUAL_TIMERS = 2;

    private static final RunFailure STOPPED = new RunFailure(null, 0, null, null);

    private final RunOptions options;
    private final long startNs = System.nanoTime();
    private final List<Output> outputs;
    private final CompletableFuture<RunEnding> ending = new CompletableFuture<>();
    private final Errand collapsing = new Errand(this::collapse);

    /** What a step has thrown first; null while none has. */
    private volatile Throwable collapseCause;

    /** Null where nothing is copied. */
    private final CaptureDestination.Sinks sinks;

    /** Null if it does not lead here. */
    private Outlet stdout;

    /** Null if the first process reads something else. */
    private Input.Writer input;

    private int adopted;

    private List<Stage> stages;

    /** Null if each has its own. */
    private Outlet sharedStderr;

    /** Completed when all have exited and all output is read. */
    private final CompletableFuture<Void> everythingEnded = new CompletableFuture<>();

    @GuardedBy("this")
    private int endedOutputs;

    @GuardedBy("this")
    private final List<Timer> timers = new ArrayList<>(USUAL_TIMERS);

    @GuardedBy("this")
    private State state = State.RUNNING;

    @GuardedBy("this")
    private RunFailure failure;

    /** Stages whose teardown has ended, and what the first one says of those that have survived. */
    @GuardedBy("this")
    private int gone;

    @GuardedBy("this")
    private Throwable survivors;

    /** Stages in the order in which they have ended. */
    @GuardedBy("this")
    private final List<Integer> order;

    /** A run that is yet to adopt so many processes. */
    Run(RunOptions options, int stageCount) {
        this.options = Objects.requireNonNull(options, "options");
        sinks = options.copiesOutput() ? new CaptureDestination.Sinks() : null;
        outputs = new ArrayList<>(stageCount + 1);
        order = new ArrayList<>(stageCount);
    }

    /** Makes the first process read its input. */
    void connectInput(EmptyProcess first) {
        Redirect stdin = first.streams[0];
        boolean canBeTyped = stdin == Redirect.TERMINAL && options.input().isTyped();
        if (options.input() != Input.NONE && !stdin.isPipe() && !canBeTyped) {
            throw new IllegalStateException(
                    "there is an input, but standard input of " + first + " is " + stdin);
        }
        Redirect instead = options.input().redirect();
        if (instead != null && stdin.isPipe()) {
            first.stdin(instead);
        }
    }

    @Override
    public Stage adopt(EmptyProcess process, Newborn newborn) throws IOException {
        int stage = adopted++;
        List<Child.Stream> streams = new ArrayList<>(Launched.STREAMS);
        boolean isTyped = process.streams[0] == Redirect.TERMINAL;
        Input.Writer written = newborn.input(options.input(), isTyped, guarded(this::inputFailed));
        if (written != null) {
            input = written;
            streams.add(input.stream());
        }
        int firstOutput = outputs.size();
        if (newborn.leadsHere(1)) {
            Capture capture = process.within(options.stdout());
            stdout = newborn.outlet(1, capture, sinks);
            streams.add(stdout);
            outputs.add(new Output(stage, stdout, capture, "standard output"));
        }
        Outlet stderr = null;
        if (newborn.leadsHere(2)) {
            Capture capture = process.within(options.stderr());
            stderr = newborn.outlet(2, capture, sinks);
            streams.add(stderr);
            outputs.add(new Output(stage, stderr, capture, "standard error"));
        }
        Teardown teardown = process.teardownOrDefault();
        ChildProcess child = newborn.watch(streams.toArray(new Child.Stream[0]), teardown);
        // The first one's for all: the others' input ends with it.
        Child.Input end = input == null ? null : input.input();
        Stage running =
                new Stage(
                        process,
                        child,
                        teardown.of(child, process.cgroup, end),
                        newborn.memory(),
                        stderr,
                        newborn.startKind(),
                        process.enclosure());
        boolean succeeded = false;
        try {
            for (int i = firstOutput; i < outputs.size(); i++) {
                outputs.get(i).drain.start();
            }
            if (running.memory != null) {
                child.beforeKill(running.memory::beforeKill);
            }
            if (running.enclosure != null) {
                running.enclosure.watch(child);
            }
            succeeded = true;
            return running;
        } finally {
            if (!succeeded) {
                discard(running);
            }
        }
    }

    private void inputFailed(Throwable e) {
        fail(new RunFailure(CommandException.Reason.INPUT, 0, RunFailure.describe(e), e));
    }

    @Override
    public void discard(Stage stage) {
        stage.teardown.kill();
        if (stage.enclosure != null) {
            stage.child.whenExited(stage.enclosure::leave);
        }
        try {
            stage.child.closeStreams();
        } catch (IOException e) {
            LOG.debug("{}", stage.child, e); // what has become of its fellow is what counts
        }
    }

    /**
     * Sets all going that have been adopted.
     *
     * @param adopted in their order
     * @param sharesStderr whether standard error of all comes from the last one's pipe
     */
    void begin(List<Stage> adopted, boolean sharesStderr) {
        stages = adopted;
        sharedStderr = sharesStderr ? stages.get(stages.size() - 1).stderr : null;
        try {
            begin();
        } catch (Throwable e) { // not guarded(), which may find no memory, and they are running
            collapse(e);
        }
    }

    private void begin() {
        // Before what cancels it, as all may have ended already.
        if (options.timeout() != null) {
            schedule(options.timeout(), this::timeOut);
        }
        if (sinks != null) {
            sinks.complete();
        }
        outputs.forEach(this::watch);
        for (int i = 0; i < stages.size(); i++) {
            int stage = i;
            stages.get(stage).child.whenExited(guarded(() -> noteExit(stage)));
        }
        if (input != null) {
            input.start().run();
        }
    }

    /** A step of the run that never throws. Made when it is planned, so that it takes no memory. */
    private Runnable guarded(Runnable step) {
        return () -> {
            try {
                step.run();
            } catch (Throwable e) {
                collapse(e);
            }
        };
    }

    private <T> Consumer<T> guarded(Consumer<T> step) {
        return argument -> {
            try {
                step.accept(argument);
            } catch (Throwable e) {
                collapse(e);
            }
        };
    }

    private void collapse(Throwable e) {
        if (collapseCause == null) {
            collapseCause = e;
        }
        collapsing.attemptHere();
    }

    /** Ends the run, wherever it is, as one of its steps has failed. */
    private void collapse() {
        synchronized (this) {
            state = State.ENDED;
        }
        stages.forEach(stage -> stage.teardown.kill());
        leaveEnclosures();
        outputs.forEach(output -> output.drain.abandon());
        try {
            if (input != null) {
                input.stream().close();
            }
        } catch (IOException e) {
            LOG.debug("{}", input, e); // what has made it end is what counts
        }
        if (sinks != null) {
            sinks.closeSoon();
        }
        ending.completeExceptionally(collapseCause);
    }

    private void cut() {
        outputs.forEach(output -> output.drain.cut());
    }

    private void watch(Output output) {
        Consumer<Throwable> ended = guarded(e -> noteEnd(output, e));
        output.drain.done().whenComplete((done, e) -> ended.accept(e));
    }

    /** The failure before what may be the success of all. */
    private void noteEnd(Output output, Throwable e) {
        if (e != null) {
            fail(output.failure(e));
        }
        synchronized (this) {
            endedOutputs++;
        }
        endIfAllHaveEnded();
    }

    /** Twice is the same as once. */
    private void noteExit(int stage) {
        if (addExit(stage)) {
            schedule(options.linger(), this::cut);
        }
        endIfAllHaveEnded();
    }

    private void endIfAllHaveEnded() {
        if (haveAllEnded()) {
            if (options.leavesNobody()) {
                clear();
            } else {
                end(State.RUNNING, null);
            }
            everythingEnded.complete(null); // for a run that has failed
        }
    }

    /** Ends all processes that are left of a run that has gone well. */
    private void clear() {
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = State.CLEARING;
        }
        tearDown(survival -> end(State.CLEARING, survival));
    }

    /**
     * Tears all down.
     *
     * @param next what follows, told who has survived, or null
     */
    private void tearDown(Consumer<Throwable> next) {
        // Counted here, as a future of all futures may find no memory when one fails.
        Consumer<Throwable> gone = guarded(survival -> noteGone(survival, next));
        for (Stage stage : stages) {
            stage.teardown.begin().whenComplete((done, survival) -> gone.accept(survival));
        }
    }

    private void noteGone(Throwable survival, Consumer<Throwable> next) {
        if (addGone(survival)) {
            next.accept(survivors());
        }
    }

    /** Returns whether all have been torn down. */
    private synchronized boolean addGone(Throwable survival) {
        if (survivors == null) {
            survivors = survival;
        }
        gone++;
        return gone == stages.size();
    }

    private synchronized Throwable survivors() {
        return survivors;
    }

    private synchronized boolean haveAllEnded() {
        return order.size() == stages.size() && endedOutputs == outputs.size();
    }

    /** Does {@code task} later, unless the run has ended by then. */
    private void schedule(Duration delay, Runnable task) {
        try {
            Timer timer = Reactor.schedule(Deadline.toNanos(delay), guarded(task));
            synchronized (this) {
                if (state != State.ENDED) {
                    timers.add(timer);
                    return;
                }
            }
            timer.cancel();
        } catch (IOException e) {
            // No reactor, so that nobody will tell us anything either.
            fail(new RunFailure(CommandException.Reason.READ, 0, e.getMessage(), e));
            giveUp(null);
        }
    }

    /** Returns whether all have exited. */
    private synchronized boolean addExit(int stage) {
        if (!order.contains(stage)) {
            order.add(stage);
        }
        return order.size() == stages.size();
    }

    private void timeOut() {
        String detail = options.timeout().toString().substring(2).toLowerCase(Locale.ROOT);
        fail(new RunFailure(CommandException.Reason.TIMEOUT, firstRunning(), detail, null));
    }

    /** The first stage that has not ended; if all have, and only output is late, the last one. */
    private synchronized int firstRunning() {
        int stage = 0;
        while (stage < stages.size() - 1 && order.contains(stage)) {
            stage++;
        }
        return stage;
    }

    private void stop() {
        fail(STOPPED);
    }

    private void fail(RunFailure reason) {
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = State.FAILING;
            failure = reason;
        }
        tearDown(this::awaitOutputs);
    }

    /**
     * Ends a run that was torn down: its output may take a moment, who has survived will not end.
     */
    private void awaitOutputs(Throwable survival) {
        everythingEnded.thenRun(guarded(() -> end(State.FAILING, survival)));
        schedule(options.linger(), () -> giveUp(survival));
    }

    private void giveUp(Throwable survival) {
        outputs.forEach(output -> output.drain.abandon());
        end(State.FAILING, survival);
    }

    private void end(State from, Throwable survival) {
        RunFailure known;
        synchronized (this) {
            if (state != from) {
                return;
            }
            state = State.ENDED;
            known = failure;
            timers.forEach(Timer::cancel);
        }
        try {
            stages.forEach(stage -> stage.teardown.release());
            if (input != null) {
                input.stream().close();
            }
            if (sinks != null) {
                sinks.closeSoon();
            }
            RunEnding ended = ending(known, survival);
            leaveEnclosures().thenRun(guarded(() -> ending.complete(ended)));
        } catch (IOException | RuntimeException | Error e) {
            ending.completeExceptionally(e); // whatever it is: somebody waits for the end
        }
    }

    /** Completed at once where nobody is in a sandbox. */
    private CompletableFuture<Void> leaveEnclosures() {
        CompletableFuture<Void> left = CompletableFuture.completedFuture(null);
        for (Stage stage : stages) {
            if (stage.enclosure != null) {
                left = CompletableFuture.allOf(left, stage.enclosure.leave());
            }
        }
        return left;
    }

    private RunEnding ending(RunFailure known, Throwable survival) {
        return new RunSummary(options, stages, order(), stdout, sharedStderr, startNs)
                .ending(known, survival);
    }

    private synchronized List<Integer> order() {
        return List.copyOf(order);
    }

    /** Waits for the result. */
    CommandResult await() throws CommandException, InterruptedException {
        try {
            return ending.get().get();
        } catch (InterruptedException e) {
            guarded(this::stop).run();
            RunEnding stopped =
                    ending.join(); // which an interrupt does not end, but the teardown does
            if (stopped.survival() != null) {
                e.addSuppressed(stopped.survival());
            }
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the run has ended without a result", e.getCause());
        } catch (RuntimeException | Error e) {
            collapse(e); // as nobody will learn of its end
            throw e;
        }
    }

    /** A future for the caller; the run ends when it is completed, by whomever. */
    RunningCommand future() {
        try {
            RunningCommand future = new RunningCommand(this);
            Errand telling = new Errand(() -> tell(future));
            Runnable stop = guarded(this::stop);
            ending.whenComplete((ended, e) -> telling.run());
            future.whenComplete((result, e) -> stop.run());
            return future;
        } catch (RuntimeException | Error e) {
            collapse(e); // as nobody will learn of its end
            throw e;
        }
    }

    /** In their order. */
    List<Long> pids() {
        return stages.stream().map(stage -> (long) stage.child.pid()).toList();
    }

    /** Signals those that run. Returns whether there was one. */
    boolean signal(Signal signal) throws IOException {
        boolean isSent = false;
        for (Stage stage : stages) {
            // The kernel takes a signal to a zombie for sent.
            isSent |= stage.child.exit() == null && stage.child.trySignal(signal.number());
        }
        return isSent;
    }

    CompletableFuture<Void> write(byte[] bytes) {
        return liveInput().write(bytes);
    }

    void closeStdin() {
        liveInput().end();
    }

    private LiveInput liveInput() {
        if (input != null && input.stream() instanceof LiveInput live) {
            return live;
        }
        throw new IllegalStateException(
                "standard input is not open: RunOptions.openStdin() leaves it so");
    }

    private void tell(CompletableFuture<CommandResult> future) {
        if (future.isDone()) {
            return; // by the caller, which is why it has ended
        }
        try {
            future.complete(ending.join().get());
        } catch (CommandException e) {
            future.completeExceptionally(e);
        } catch (CompletionException e) {
            future.completeExceptionally(e.getCause());
        }
    }
}
