// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Teardowns.QUICK;
import static io.github.spawn4j.testing.Teardowns.await;
import static io.github.spawn4j.testing.Teardowns.sh;
import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.Descendants;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.TestCgroup;
import io.github.spawn4j.testing.ThreadKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How processes are ended, step by step. */
@Timeout(60)
class TeardownTest {
    /** Longer than any test may take: a step that should not be needed. */
    private static final Teardown PATIENT = Teardown.first(Signal.TERM, ofSeconds(600));

    /** Between two looks, as one who goes on at once is not to be seen. */
    private static final long PAUSE_NS = 5_000_000;

    @RegisterExtension final Descendants descendants = new Descendants();

    // Steps

    @Test
    void isOverAsSoonAsTheProcessIs() throws Exception {
        PidfdProcess process = PidfdProcess.builder("sleep", "600").teardown(PATIENT).start();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    @ForEachWay
    void goesOnToTheNextSignal(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                sh("trap '' TERM; echo ready; read line")
                        .strategy(strategy)
                        .teardown(QUICK)
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    /** Of two signals that a shell finds at once it takes the lower number first, as is HUP's. */
    @Test
    void sendsTheSignalsInTheirOrder() throws Exception {
        PidfdProcess process =
                sh("trap 'echo HUP' HUP; trap 'echo INT; kill $!; exit' INT; sleep 600 & echo ready;"
                                + " while :; do wait; done")
                        .teardown(
                                Teardown.first(Signal.HUP, ofMillis(200))
                                        .then(Signal.INT, ofSeconds(50))
                                        .then(Signal.KILL, ofSeconds(50)))
                        .start();
        BufferedReader output = process.inputReader();
        assertThat(output.readLine()).isEqualTo("ready");

        await(process.teardown());

        assertThat(output.lines()).containsExactly("HUP", "INT");
    }

    @Test
    void saysWhenSomebodyHasSurvived() throws Exception {
        PidfdProcess process =
                sh("trap '' TERM; echo ready; exec sleep 600")
                        .teardown(Teardown.first(Signal.TERM, ZERO))
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        assertThatThrownBy(() -> await(process.teardown()))
                .hasCauseInstanceOf(IOException.class)
                .hasMessageContaining("the teardown of child " + process.pid() + " has left");
        assertThat(process.isAlive()).isTrue();

        process.destroyForcibly().waitFor();
    }

    @Test
    void ofAnEndedProcessDoesNothing() throws Exception {
        PidfdProcess process = PidfdProcess.builder("true").start();
        process.waitFor();

        await(process.teardown());
        await(process.teardown());
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void ofARunIsTheProcessOwn() {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(
                        () ->
                                PidfdProcess.builder("sleep", "600")
                                        .teardown(Teardown.first(Signal.USR1, ofSeconds(50)))
                                        .run(RunOptions.timeout(ofMillis(50))))
                .matches(
                        e ->
                                e.result()
                                        .exitStatus()
                                        .equals(new ExitStatus.Killed(Signal.USR1, false)));
    }

    /** Not even the run waits for what cannot be ended, and it says so. */
    @Test
    void aRunEndsAlthoughTheProcessHasSurvived() throws Exception {
        CommandException e =
                Patience.untilItWrites(
                        sh("trap '' TERM; echo; exec sleep 600")
                                .teardown(Teardown.first(Signal.TERM, ofMillis(50))));
        descendants.add(Long.toString(e.result().stage().pid()));

        assertThat(e.result().exitStatus()).isInstanceOf(ExitStatus.Unknown.class);
        assertThat(e.getSuppressed()[0]).hasMessageContaining("has left somebody");
    }

    @Test
    void anInterruptTellsOfSurvivors() throws Exception {
        CompletableFuture<String> pid = new CompletableFuture<>();
        ThreadKind.Running<CommandResult> run =
                ThreadKind.PLATFORM.run(
                        () ->
                                sh("trap '' TERM; echo $$; exec sleep 600")
                                        .teardown(Teardown.first(Signal.TERM, ZERO))
                                        .run(
                                                RunOptions.noTimeout()
                                                        .stdout(
                                                                Capture.keepTail(9)
                                                                        .lines(pid::complete))));
        descendants.add(pid.get(30, TimeUnit.SECONDS));
        run.thread().interrupt();

        assertThat(run.failure())
                .isInstanceOf(InterruptedException.class)
                .satisfies(
                        e ->
                                assertThat(e.getSuppressed()[0])
                                        .hasMessageContaining("has left somebody"));
    }

    /** With a grace that is shorter than what the kernel needs to clear up behind a process. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 20, 100})
    void takesNobodyForASurvivorWhoIsDying(int graceMs) throws Exception {
        Teardown impatient =
                Teardown.first(Signal.TERM, ofMillis(20)).then(Signal.KILL, ofMillis(graceMs));
        for (int i = 0; i < 20; i++) {
            PidfdProcess process =
                    sh("(trap '' TERM; echo ready; exec sleep 600) & wait")
                            .teardown(impatient.ofGroup())
                            .start();
            assertThat(process.inputReader().readLine()).isEqualTo("ready");

            await(process.teardown());
        }
    }

    @Test
    void takesTheProcessForNoSurvivorWhileItIsDying() throws Exception {
        for (int i = 0; i < 20; i++) {
            PidfdProcess process =
                    PidfdProcess.builder("sleep", "600")
                            .teardown(Teardown.first(Signal.KILL, ZERO))
                            .start();

            await(process.teardown());

            assertThat(process.isAlive()).isFalse();
        }
    }

    // Stopped processes

    private static final String STOPPED =
            "trap 'echo bye; exit 7' TERM; echo $$; kill -STOP $$; while :; do sleep 0.01; done";

    private static void untilStopped(long pid) throws Exception {
        Eventually.isTrue("stopped", () -> ProcStatus.isStopped(pid));
    }

    /** Nothing is handled by a process that is stopped. */
    @Test
    void letsAStoppedProcessHandleTheSignal() throws Exception {
        handlesTheSignal(sh(STOPPED).teardown(PATIENT));
    }

    @Test
    void letsAStoppedGroupHandleTheSignal() throws Exception {
        handlesTheSignal(sh(STOPPED).teardown(PATIENT.ofGroup()));
    }

    @Test
    void letsAStoppedCgroupHandleTheSignal() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            handlesTheSignal(sh(STOPPED).cgroup(cgroup.directory()).teardown(PATIENT.ofCgroup()));
        }
    }

    private void handlesTheSignal(EmptyProcess stopped) throws Exception {
        PidfdProcess process = stopped.start();
        BufferedReader output = process.inputReader();
        untilStopped(descendants.pidFrom(output));

        await(process.teardown());

        assertThat(output.readLine()).isEqualTo("bye");
        assertThat(process.exitValue()).isEqualTo(7);
    }

    @Test
    void letsAStoppedProcessMeetTheEndOfItsInput() throws Exception {
        PidfdProcess process =
                sh("echo $$; kill -STOP $$; cat; echo bye")
                        .teardown(Teardown.closeInput(ofSeconds(600)))
                        .start();
        BufferedReader output = process.inputReader();
        untilStopped(descendants.pidFrom(output));

        await(process.teardown());

        assertThat(output.lines()).containsExactly("bye");
    }

    /** Which would undo it. */
    @Test
    void letsNobodyGoOnWhoIsToBeStopped() throws Exception {
        Patience.until("seen stopped", seen -> seen, TeardownTest::isSeenStopped);
    }

    /** Whether that shows while the first step has its time. */
    private static boolean isSeenStopped(Duration time) throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .teardown(
                                Teardown.first(Signal.STOP, time).then(Signal.USR1, ofSeconds(600)))
                        .start();
        CompletableFuture<Void> teardown = process.teardown();
        boolean isStopped = false;
        while (!isStopped && !teardown.isDone()) {
            LockSupport.parkNanos(PAUSE_NS);
            isStopped = ProcStatus.isStopped(process.pid());
        }

        await(teardown);

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.USR1, false));
        return isStopped;
    }

    // The value

    @Test
    void isAValue() {
        assertThat(Teardown.DEFAULT).hasToString("SIGTERM, PT2S, SIGKILL, PT2S to the process");
        assertThat(Teardown.DEFAULT.ofGroup())
                .hasToString("SIGTERM, PT2S, SIGKILL, PT2S to the group");
        assertThat(Teardown.closeInput(ofSeconds(5)).then(Signal.KILL, ZERO))
                .hasToString("end of input, PT5S, SIGKILL, PT0S to the process");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Teardown.first(Signal.TERM, ofMillis(-1)))
                .withMessage("grace PT-0.001S is negative");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Teardown.closeInput(ofMillis(-1)))
                .withMessage("grace PT-0.001S is negative");
    }
}
