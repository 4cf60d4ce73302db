package io.github.spawn4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.spawn4j.internal.io.Workers;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Each step of an operation fails once: the first, the second, and so on until there is none left.
 * Each time the error names the step, or the step is taken again; no child and no descriptor is
 * left, and the next start works.
 */
@Timeout(60)
class FaultsTest {
    private static final int EMFILE = 24;
    private static final int MOST_STEPS = 60;
    private static final String WORKER = "spawn4j-worker";

    @AfterEach
    void withoutFaults() {
        Faults.plan(null);
    }

    /** Makes the n-th step fail. */
    private static final class NthFails implements Faults.Plan {
        private final int n;
        private final AtomicInteger steps = new AtomicInteger();
        private volatile String failed;

        NthFails(int n) {
            this.n = n;
        }

        private boolean isNext(String step) {
            if (steps.incrementAndGet() != n) {
                return false;
            }
            failed = step;
            return true;
        }

        @Override
        public void call(String name) throws IOException {
            if (isNext(name)) {
                throw new ErrnoException(name, EMFILE);
            }
        }

        @Override
        public void resource(String what) {
            if (!what.equals("turn") && isNext(what)) {
                throw new OutOfMemoryError("no memory for a " + what);
            }
        }
    }

    /**
     * Keeps all worker threads busy until it releases them, so that the next task needs another.
     */
    private static final class BusyWorkers {
        private final CountDownLatch released = new CountDownLatch(1);
        private final Set<Thread> busy = ConcurrentHashMap.newKeySet();
        private int given;

        BusyWorkers() throws Exception {
            Eventually.isTrue("all worker threads are busy", this::areBusy);
        }

        private boolean areBusy() {
            if (busy.containsAll(workers())) {
                return true;
            }
            if (busy.size() == given) {
                given++;
                Workers.execute(this::await);
            }
            return false;
        }

        private static List<Thread> workers() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith(WORKER))
                    .toList();
        }

        private void await() {
            busy.add(Thread.currentThread());
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void release() {
            released.countDown();
        }
    }

    /**
     * An operation, which leaves nothing behind if it succeeds. Returns the steps that have failed.
     */
    private static List<String> failEachStepOf(Callable<?> operation) throws Exception {
        operation.call(); // what is done on the first use is done once
        Map<Integer, String> before = LeakCheck.descriptors();
        List<String> failed = new ArrayList<>();
        for (int n = 1; n <= MOST_STEPS; n++) {
            NthFails plan = new NthFails(n);
            Throwable thrown;
            BusyWorkers workers = new BusyWorkers();
            try {
                thrown = thrownBy(operation, plan);
            } finally {
                workers.release();
            }
            assertNothingRemains(before, "after " + plan.failed + " failed as step " + n);
            if (thrown != null) {
                assertThat(traceOf(thrown)).as("step " + n).contains(plan.failed);
            } else if (plan.failed == null) {
                assertThat(n).as("steps").isGreaterThan(1);
                return failed;
            }
            failed.add(plan.failed);
            assertThat(PidfdProcess.builder("true").start().onExit().get(10, SECONDS).exitValue())
                    .as("the next one, after step " + n)
                    .isZero();
        }
        return fail("more than " + MOST_STEPS + " steps");
    }

    /** Again where a thread that had just been started was idle in time, and none was needed. */
    private static void failEachStepAndAWorkerOf(Callable<?> operation) throws Exception {
        List<String> failed = new ArrayList<>();
        for (int i = 0; i < 3 && failed.stream().noneMatch(FaultsTest::isWorker); i++) {
            failed.addAll(failEachStepOf(operation));
        }
        assertThat(failed).anyMatch(FaultsTest::isWorker);
    }

    private static boolean isWorker(String step) {
        return step.startsWith(WORKER);
    }

    private static Throwable thrownBy(Callable<?> operation, Faults.Plan plan) {
        Faults.plan(plan);
        try {
            operation.call();
            return null;
        } catch (Throwable e) {
            return e;
        } finally {
            Faults.plan(null);
        }
    }

    private static String traceOf(Throwable e) {
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private static void assertNothingRemains(Map<Integer, String> before, String when)
            throws Exception {
        Eventually.isTrue(
                () -> "descriptors and children as before, " + when + ": " + before,
                () ->
                        ProcessHandle.current().children().findAny().isEmpty()
                                && LeakCheck.descriptors().equals(before));
    }

    @Test
    void ofAStart() throws Exception {
        failEachStepOf(
                () -> {
                    PidfdProcess process = PidfdProcess.builder("sleep", "60").start();
                    return process.destroyForcibly().onExit().get(10, SECONDS);
                });
    }

    @Test
    void ofAStartWhoseLongWaysNeedABlockOfTheirOwn() throws Exception {
        String longArgument = "x".repeat(100_000);
        failEachStepOf(
                () -> PidfdProcess.builder("true", longArgument).start().onExit().get(10, SECONDS));
    }

    @Test
    void ofAStartOnATerminal() throws Exception {
        failEachStepOf(
                () -> {
                    PidfdProcess process =
                            PidfdProcess.builder("sleep", "60")
                                    .terminal(new WindowSize(24, 80))
                                    .stdin(Redirect.TERMINAL)
                                    .stdout(Redirect.TERMINAL)
                                    .stderr(Redirect.TERMINAL)
                                    .start();
                    return process.destroyForcibly().onExit().get(10, SECONDS);
                });
    }

    @Test
    void ofTheTeardownOfAGroup() throws Exception {
        Teardown teardown = Teardown.DEFAULT.ofGroup().atShutdown();
        failEachStepOf(
                () -> {
                    PidfdProcess process =
                            PidfdProcess.builder("sleep", "60").teardown(teardown).start();
                    return process.teardown().get(10, SECONDS);
                });
    }

    /** Dependents are told by a worker. */
    @Test
    void ofAStartWhoseExitIsFollowed() throws Exception {
        failEachStepAndAWorkerOf(
                () ->
                        PidfdProcess.builder("true")
                                .start()
                                .onExit()
                                .thenApply(Process::exitValue)
                                .get(10, SECONDS));
    }

    @Test
    void ofAStartThatIsTiedToAThread() throws Exception {
        failEachStepOf(
                () ->
                        PidfdProcess.builder("true")
                                .parentDeathSignal(Signal.KILL)
                                .start()
                                .onExit()
                                .get(10, SECONDS));
    }

    @InVirtualThread
    void ofAWaitOfAVirtualThread() throws Exception {
        failEachStepOf(
                () ->
                        ThreadKind.VIRTUAL
                                .run(
                                        () -> {
                                            try (PidfdProcess process =
                                                    PidfdProcess.builder("echo", "text").start()) {
                                                process.getInputStream().readAllBytes();
                                                return process.waitFor();
                                            }
                                        })
                                .get());
    }

    @Test
    void ofARunWithAListener() throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        failEachStepAndAWorkerOf(
                () -> {
                    lines.clear();
                    PidfdProcess.builder("echo", "text")
                            .run(
                                    RunOptions.timeout(Duration.ofSeconds(10))
                                            .stdout(Capture.keepTail(1024).lines(lines::add)));
                    assertThat(lines).containsExactly("text");
                    return null;
                });
    }

    @Test
    void ofARunInTheBackground() throws Exception {
        failEachStepAndAWorkerOf(
                () ->
                        PidfdProcess.builder("cat")
                                .runAsync(RunOptions.timeout(Duration.ofSeconds(10)).stdin("text"))
                                .thenApply(result -> result.stdout().text())
                                .get(10, SECONDS));
    }

    @Test
    void ofARun() throws Exception {
        failEachStepOf(
                () -> {
                    CommandResult result =
                            PidfdProcess.builder("cat")
                                    .run(RunOptions.timeout(Duration.ofSeconds(10)).stdin("text"));
                    assertThat(result.stdout().text()).isEqualTo("text");
                    return result;
                });
    }

    @Test
    void ofARunThatTakesTooLong() throws Exception {
        failEachStepOf(
                () -> {
                    try {
                        return PidfdProcess.builder("sleep", "60")
                                .runAsync(RunOptions.timeout(Duration.ofMillis(20)))
                                .get(10, SECONDS);
                    } catch (ExecutionException e) {
                        if (e.getCause() instanceof CommandException failure
                                && failure.reason() == CommandException.Reason.TIMEOUT) {
                            return failure.result();
                        }
                        throw e;
                    }
                });
    }

    @Test
    void ofAPipeline() throws Exception {
        failEachStepOf(
                () -> {
                    List<PidfdProcess> processes =
                            Pipeline.of(
                                            PidfdProcess.builder("echo", "text"),
                                            PidfdProcess.builder("cat"))
                                    .sharedStderr()
                                    .start();
                    PidfdProcess last = processes.get(1);
                    assertThat(last.getInputStream().readAllBytes()).hasSize(5);
                    return last.onExit().get(10, SECONDS);
                });
    }
}
