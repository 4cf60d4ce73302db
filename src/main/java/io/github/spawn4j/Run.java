package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.io.Child;
import io.github.spawn4j.internal.io.Deadline;
import io.github.spawn4j.internal.io.Drain;
import io.github.spawn4j.internal.io.Escalation;
import io.github.spawn4j.internal.io.Reactor;
import io.github.spawn4j.internal.io.Timer;
import io.github.spawn4j.internal.io.Workers;
import io.github.spawn4j.internal.os.Exit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One or more processes, each one's output the next one's input, on their way to a {@link
 * CommandResult}. Thread-safe.
 *
 * <pre>
 *   RUNNING --all have exited, all output is read--> ENDED
 *      |                                               ^
 *      +--timeout, overflow, interrupt ...--> FAILING -+ torn down, and read or given up
 * </pre>
 */
final class Run implements Pipeline.Adopter<Run.Stage> {
    /*
     * Nobody waits here but the caller of run(): exits, output and timers come from the reactor, and
     * each of them only takes the run a step further. So a thousand runs cost no thread, and a
     * listener that blocks, on a worker, holds up nobody but its own process.
     *
     * Exit and end of output are separate. After the last exit the output is read to its end for as
     * long as the caller lingers; then it is cut, as a grandchild may keep it open for ever.
     */
    private enum State {
        RUNNING,
        FAILING,
        ENDED
    }

    /** Why a run is being ended; null for the caller's wish, of which he need not be told. */
    private record Failure(CommandException.Reason reason, String detail, Throwable cause) {}

    /**
     * What came of it.
     *
     * @param failure null if nothing went wrong on the way
     * @param survival null if nobody has survived the teardown
     */
    private record Ending(CommandResult result, Failure failure, Throwable survival) {
        CommandResult get() throws CommandException {
            if (failure == null) {
                return result;
            }
            CommandException exception =
                    new CommandException(failure.reason, failure.detail, result, failure.cause);
            if (survival != null) {
                exception.addSuppressed(survival);
            }
            throw exception;
        }
    }

    /**
     * One process of the run.
     *
     * @param stderr null if it does not lead here
     */
    record Stage(EmptyProcess process, Child child, Escalation teardown, Drain stderr) {}

    private static final Logger LOG = LoggerFactory.getLogger(Run.class);

    /** An output of a process that leads here. */
    private record Output(Drain drain, Capture capture, String name) {
        Failure failure(Throwable e) {
            if (e instanceof Drain.OverflowException) {
                String detail = capture.limit() + " bytes to its " + name;
                return new Failure(CommandException.Reason.OUTPUT, detail, null);
            }
            if (e instanceof Drain.ListenerException) {
                return new Failure(
                        CommandException.Reason.LISTENER, e.getCause().toString(), e.getCause());
            }
            return new Failure(CommandException.Reason.READ, e.getMessage(), e);
        }
    }

    private static final Failure STOPPED = new Failure(null, null, null);

    private final RunOptions options;
    private final long startNs = System.nanoTime();
    private final List<Output> outputs = new ArrayList<>();
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();

    /** Null if it does not lead here. */
    private Drain stdout;

    /** Null if the first process reads something else. */
    private Input.Writer input;

    private List<Stage> stages;

    /** Null if each has its own. */
    private Drain sharedStderr;

    private CompletableFuture<Void> everythingEnded;
    private volatile Timer timeout;

    @GuardedBy("this")
    private State state = State.RUNNING;

    @GuardedBy("this")
    private Failure failure;

    /** Stages in the order in which they have ended. */
    @GuardedBy("this")
    private final List<Integer> order = new ArrayList<>();

    Run(RunOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /** Makes the first process read its input. */
    void connectInput(EmptyProcess first) {
        Redirect stdin = first.streams[0];
        Redirect instead = options.input().redirect();
        if (options.input() != Input.NONE && !stdin.isPipe()) {
            throw new IllegalStateException(
                    "there is an input, but standard input of \"" + first + "\" is " + stdin);
        }
        if (instead != null && stdin.isPipe()) {
            first.stdin(instead);
        }
    }

    @Override
    public Stage adopt(EmptyProcess process, Launched launched) throws IOException {
        List<Child.Stream> streams = new ArrayList<>();
        if (launched.hasPipe(0)) {
            input = options.input().open(launched.pipe(0), this::inputFailed);
            streams.add(input.stream());
        }
        List<Drain> drains = new ArrayList<>();
        if (launched.hasPipe(1)) {
            stdout = options.stdout().drain(launched.pipe(1));
            drains.add(stdout);
            outputs.add(new Output(stdout, options.stdout(), "standard output"));
        }
        Drain stderr = null;
        if (launched.hasPipe(2)) {
            stderr = options.stderr().drain(launched.pipe(2));
            drains.add(stderr);
            outputs.add(new Output(stderr, options.stderr(), "standard error"));
        }
        streams.addAll(drains);
        Teardown teardown = process.teardownOrDefault();
        Child child = launched.watch(streams, teardown);
        Stage stage = new Stage(process, child, teardown.of(child, process.cgroup), stderr);
        try {
            for (Drain drain : drains) {
                drain.start();
            }
        } catch (IOException e) {
            discard(stage);
            throw e;
        }
        return stage;
    }

    private void inputFailed(Throwable e) {
        fail(new Failure(CommandException.Reason.INPUT, e.toString(), e));
    }

    @Override
    public void discard(Stage stage) {
        stage.teardown.release();
        try {
            stage.child.signal(Signal.KILL.number());
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
        CompletableFuture<Void> exits =
                all(IntStream.range(0, stages.size()).mapToObj(this::noteExit));
        CompletableFuture<Void> ends =
                all(outputs.stream().map(output -> output.drain.done().handle((done, e) -> null)));
        everythingEnded = CompletableFuture.allOf(exits, ends);
        // First, as all may have ended already: that would be success.
        outputs.forEach(this::watchFailure);
        exits.thenRun(
                () -> after(options.linger(), () -> outputs.forEach(output -> output.drain.cut())));
        everythingEnded.thenRun(() -> end(State.RUNNING, null));
        if (options.timeout() != null) {
            timeout = after(options.timeout(), this::timeOut);
        }
        if (input != null) {
            input.start().run();
        }
    }

    private void watchFailure(Output output) {
        output.drain
                .done()
                .whenComplete(
                        (done, e) -> {
                            if (e != null) {
                                fail(output.failure(e));
                            }
                        });
    }

    private static CompletableFuture<Void> all(Stream<? extends CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }

    private Timer after(Duration delay, Runnable task) {
        try {
            return Reactor.schedule(Deadline.toNanos(delay), task);
        } catch (IOException e) {
            // No reactor, so that nobody would tell us anything either.
            fail(new Failure(CommandException.Reason.READ, e.getMessage(), e));
            return null;
        }
    }

    /** Completed when the exit of a stage has been noted. */
    private CompletableFuture<Void> noteExit(int index) {
        return stages.get(index).child.exited().thenRun(() -> addExit(index));
    }

    private synchronized void addExit(int index) {
        order.add(index);
    }

    private void timeOut() {
        String detail = options.timeout().toString().substring(2).toLowerCase(Locale.ROOT);
        fail(new Failure(CommandException.Reason.TIMEOUT, detail, null));
    }

    private void stop() {
        fail(STOPPED);
    }

    private void fail(Failure reason) {
        synchronized (this) {
            if (state != State.RUNNING) {
                return;
            }
            state = State.FAILING;
            failure = reason;
        }
        all(stages.stream().map(stage -> stage.teardown.begin()))
                .whenComplete((gone, survival) -> giveUp(survival));
    }

    /**
     * Ends a run that was torn down: the output may take a moment, and whoever has survived none.
     */
    private void giveUp(Throwable survival) {
        Throwable survivors = survival == null ? null : survival.getCause();
        everythingEnded.thenRun(() -> end(State.FAILING, survivors));
        after(
                options.linger(),
                () -> {
                    outputs.forEach(output -> output.drain.abandon());
                    end(State.FAILING, survivors);
                });
    }

    private void end(State from, Throwable survival) {
        Failure known;
        synchronized (this) {
            if (state != from) {
                return;
            }
            state = State.ENDED;
            known = failure;
        }
        Timer pending = timeout;
        if (pending != null) {
            pending.cancel();
        }
        try {
            if (input != null) {
                input.stream().close();
            }
        } catch (IOException e) {
            LOG.debug("input", e); // nobody reads it any more
        }
        stages.forEach(stage -> stage.teardown.release());
        CommandResult result = result();
        if (known == null && !options.expects(result.exitStatus())) {
            known = new Failure(CommandException.Reason.EXIT, describe(result.exitStatus()), null);
        }
        ending.complete(new Ending(result, known, survival));
    }

    private static String describe(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return "exit code " + exited.code();
        }
        if (status instanceof ExitStatus.Killed killed) {
            return killed.signal() + (killed.coreDumped() ? " (core dumped)" : "");
        }
        return "an exit that nobody knows";
    }

    private CommandResult result() {
        List<CommandResult.Stage> ended = new ArrayList<>();
        for (int i = 0; i < stages.size(); i++) {
            ended.add(result(i));
        }
        List<Integer> exits;
        synchronized (this) {
            exits = List.copyOf(order);
        }
        int last = ended.size() - 1;
        CommandResult.Stage counts =
                exits.stream()
                        .map(ended::get)
                        .filter(stage -> hasFailed(stage, stage.index() == last))
                        .findFirst()
                        .orElse(ended.get(last));
        return new CommandResult(
                List.copyOf(ended),
                counts,
                CapturedOutput.of(stdout),
                Duration.ofNanos(System.nanoTime() - startNs));
    }

    private CommandResult.Stage result(int index) {
        Stage stage = stages.get(index);
        Exit exit = stage.child.exit();
        if (exit == null) {
            exit = Exit.unknown(); // it has survived
        }
        return new CommandResult.Stage(
                index,
                stage.process.toString(),
                stage.child.pid(),
                PidfdProcess.status(exit),
                ResourceUsage.of(exit),
                CapturedOutput.of(sharedStderr == null ? stage.stderr : sharedStderr));
    }

    private boolean hasFailed(CommandResult.Stage stage, boolean isLast) {
        ExitStatus status = stage.exitStatus();
        boolean hadNoReader =
                status instanceof ExitStatus.Killed killed && killed.signal().equals(Signal.PIPE);
        return !status.isSuccess() && !options.isExpected(status) && (isLast || !hadNoReader);
    }

    /** Waits for the result. */
    CommandResult await() throws CommandException, InterruptedException {
        try {
            return ending.get().get();
        } catch (InterruptedException e) {
            stop();
            ending.join(); // which an interrupt does not end, but the teardown does
            throw e;
        } catch (ExecutionException e) {
            throw new AssertionError("only completed normally", e);
        }
    }

    /** A future for the caller, whose cancellation is the run's end. */
    CompletableFuture<CommandResult> future() {
        CompletableFuture<CommandResult> future = new CompletableFuture<>();
        ending.thenAccept(ended -> Workers.execute(() -> complete(future, ended)));
        future.whenComplete(
                (result, e) -> {
                    if (future.isCancelled()) {
                        stop();
                    }
                });
        return future;
    }

    private static void complete(CompletableFuture<CommandResult> future, Ending ended) {
        if (future.isDone()) {
            return; // cancelled
        }
        try {
            future.complete(ended.get());
        } catch (CommandException e) {
            future.completeExceptionally(e);
        }
    }
}
