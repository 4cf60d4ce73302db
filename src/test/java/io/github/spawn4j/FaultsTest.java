package io.github.spawn4j;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
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

    /** An operation, which leaves nothing behind if it succeeds. */
    private static void failEachStepOf(Callable<?> operation) throws Exception {
        operation.call(); // what is done on the first use is done once
        Map<Integer, String> before = LeakCheck.descriptors();
        for (int n = 1; n <= MOST_STEPS; n++) {
            NthFails plan = new NthFails(n);
            Throwable thrown = thrownBy(operation, plan);
            assertNothingRemains(before, "after " + plan.failed + " failed as step " + n);
            if (thrown != null) {
                assertThat(traceOf(thrown)).as("step " + n).contains(plan.failed);
            } else if (plan.failed == null) {
                assertThat(n).as("steps").isGreaterThan(1);
                return;
            }
            assertThat(PidfdProcess.builder("true").start().onExit().get(10, SECONDS).exitValue())
                    .as("the next one, after step " + n)
                    .isZero();
        }
        fail("more than " + MOST_STEPS + " steps");
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
