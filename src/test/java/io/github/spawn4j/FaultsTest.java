// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.InVirtualThread;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.ThreadKind;
import io.github.spawn4j.warm.StartKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each step of an operation fails once: the first, the second, and so on until there is none left.
 * Each time the error names the step, or the step is taken again; no child and no descriptor is
 * left, and the next start works.
 */
@Timeout(180)
class FaultsTest {
    private static final int EMFILE = 24;
    private static final int MOST_STEPS = 60;
    private static final String WORKER = "spawn4j-worker";
    private static final String WATCH = "anon_inode:inotify";

    @AfterEach
    void withoutFaults() {
        Faults.plan(null);
    }

    /** Makes the n-th step of those that count fail. */
    private static final class NthFails implements Faults.Plan {
        private final int n;
        private final Predicate<String> counts;
        private final AtomicInteger steps = new AtomicInteger();
        private volatile String failed;

        NthFails(int n, Predicate<String> counts) {
            this.n = n;
            this.counts = counts;
        }

        private boolean isNext(String step) {
            if (!counts.test(step) || steps.incrementAndGet() != n) {
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

    /** Of an operation that leaves nothing behind if it succeeds. */
    private static void failEachStepOf(Callable<?> operation) throws Exception {
        Map<Integer, String> before = afterFirstUse(operation);
        int n = 1;
        while (failStepOf(operation, new NthFails(n, step -> true), before)) {
            n++;
            assertThat(n).as("steps").isLessThan(MOST_STEPS);
        }
        assertThat(n).as("steps").isGreaterThan(1);
    }

    /** By its name too, as other threads take steps meanwhile, not always as many. */
    private static void failEachStepAndAWorkerOf(Callable<?> operation) throws Exception {
        failEachStepOf(operation);
        NthFails worker = new NthFails(1, step -> step.startsWith(WORKER));
        assertThat(failStepOf(operation, worker, afterFirstUse(operation))).isTrue();
    }

    /** Returns whether the step was taken, and so has failed. */
    private static boolean failStepOf(
            Callable<?> operation, NthFails plan, Map<Integer, String> before) throws Exception {
        Throwable thrown;
        BusyWorkers workers = new BusyWorkers();
        try {
            thrown = thrownBy(operation, plan);
        } finally {
            workers.release();
        }
        String when = "after " + plan.failed + " failed as step " + plan.n;
        assertNothingRemains(before, when);
        if (thrown != null) {
            assertThat(traceOf(thrown)).as(when).contains(plan.failed);
        }
        assertThat(PidfdProcess.builder("true").start().onExit().get(10, SECONDS).exitValue())
                .as("the next one, " + when)
                .isZero();
        return plan.failed != null;
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

    /** The descriptors that stay after the first use, for ever, and no others. */
    private static Map<Integer, String> afterFirstUse(Callable<?> operation) throws Exception {
        Collection<String> unused = LeakCheck.descriptors().values();
        operation.call();
        // An exit is told before its process is collected and the last pipe closed.
        Eventually.isTrue(
                "no pidfd and no pipe is left of the first use",
                () ->
                        LeakCheck.descriptors().values().stream()
                                .filter(descriptor -> !unused.contains(descriptor))
                                .noneMatch(FaultsTest::isOfAChild));
        return LeakCheck.descriptors();
    }

    private static boolean isOfAChild(String descriptor) {
        return descriptor.contains("pidfd") || descriptor.startsWith("pipe:");
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

    /** Dependents are told by a worker, if the exit comes after them. */
    @Test
    void ofAStartWhoseExitIsFollowed() throws Exception {
        failEachStepAndAWorkerOf(
                () -> {
                    try (PidfdProcess process = PidfdProcess.builder("cat").start()) {
                        CompletableFuture<Integer> status =
                                process.onExit().thenApply(Process::exitValue);
                        process.getOutputStream().close();
                        return status.get(10, SECONDS);
                    }
                });
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

    /** Dependents are told by a worker, if the end comes after them. */
    @Test
    void ofARunInTheBackground(@TempDir Path directory) throws Exception {
        Path gate = directory.resolve("gate");
        failEachStepAndAWorkerOf(
                () -> {
                    Files.deleteIfExists(gate);
                    // Open for both, so that neither side waits for the other to open it.
                    try (RandomAccessFile end =
                            new RandomAccessFile(LibC.fifo(gate).toFile(), "rw")) {
                        CompletableFuture<String> text =
                                PidfdProcess.builder("sh", "-c", "cat; read line < gate")
                                        .directory(directory)
                                        .runAsync(
                                                RunOptions.timeout(Duration.ofSeconds(10))
                                                        .stdin("text"))
                                        .thenApply(result -> result.stdout().text());
                        end.writeBytes("go on\n");
                        return text.get(10, SECONDS);
                    }
                });
    }

    /** A helper that could not be made is made another time, and none is left without an owner. */
    @ParameterizedTest
    @CsvSource({"helper,1", "task,1", "task,2", "program,1"})
    void ofAWarmTemplate(String step, int n) throws Exception {
        Callable<?> operation = FaultsTest::startWarm;
        Map<Integer, String> before = afterFirstUse(operation);
        assertThat(failStepOf(operation, new NthFails(n, step::equals), before)).isTrue();
    }

    private static Object startWarm() throws Exception {
        try (SpawnTemplate template =
                SpawnTemplate.builder("true").warm(KeptWarm.PATIENT).build()) {
            Eventually.isTrue("a start was warm", () -> isStartedWarm(template));
        }
        Eventually.isTrue(
                "the helper is gone", () -> !LeakCheck.descriptors().values().contains(WATCH));
        return null;
    }

    private static boolean isStartedWarm(SpawnTemplate template) throws Exception {
        template.statistics()
                .refusal()
                .ifPresent(reason -> assumeTrue(false, "no helper can be made: " + reason));
        try (PidfdProcess process = template.spawn()) {
            process.waitFor();
            return process.startedAs() != StartKind.COLD;
        }
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
