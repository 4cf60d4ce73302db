// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Descendants;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.TestCgroup;
import io.github.spawn4j.testing.ThreadKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How processes are ended: step by step, alone, with their group, or with their cgroup. */
@Timeout(60)
class TeardownTest {
    /** Longer than any test may take: a step that should not be needed. */
    private static final Teardown PATIENT = Teardown.first(Signal.TERM, ofSeconds(600));

    private static final Teardown QUICK =
            Teardown.first(Signal.TERM, ofMillis(100)).then(Signal.KILL, ofSeconds(50));

    @TempDir Path folder;

    @RegisterExtension final Descendants descendants = new Descendants();

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    /** Whether a thread of it runs; a zombie whose parent does not care has ended. */
    private static boolean runs(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            return threads.anyMatch(TeardownTest::isAlive);
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }

    private static boolean isAlive(Path thread) {
        try {
            return !Files.readString(thread.resolve("status")).contains("State:\tZ");
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(CompletableFuture<Void> teardown) throws Exception {
        teardown.get(40, TimeUnit.SECONDS);
    }

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

    /** Of two signals that a shell finds together it takes HUP first, as it was sent here. */
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
    void aRunEndsAlthoughTheProcessHasSurvived() {
        CompletableFuture<String> pid = new CompletableFuture<>();

        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(
                        () ->
                                sh("trap '' TERM; echo $$; exec sleep 600")
                                        .teardown(Teardown.first(Signal.TERM, ofMillis(50)))
                                        .run(
                                                RunOptions.timeout(ofSeconds(1))
                                                        .stdout(
                                                                Capture.keepTail(9)
                                                                        .lines(pid::complete))))
                .matches(e -> e.result().exitStatus() instanceof ExitStatus.Unknown)
                .matches(e -> e.getSuppressed()[0].getMessage().contains("has left somebody"));
        descendants.add(pid.join());
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

    private void untilStopped(long pid) throws Exception {
        Path status = Path.of("/proc", Long.toString(pid), "status");
        Eventually.isTrue("stopped", () -> Files.readString(status).contains("State:\tT"));
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
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .teardown(
                                Teardown.first(Signal.STOP, ofMillis(50))
                                        .then(Signal.USR1, ofSeconds(600)))
                        .start();
        CompletableFuture<Void> teardown = process.teardown();
        untilStopped(process.pid());

        await(teardown);

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.USR1, false));
    }

    // The end of input

    private static final Teardown GENTLE = Teardown.closeInput(ofSeconds(600));

    @Test
    void mayBeginWithTheEndOfInput() throws Exception {
        PidfdProcess process = sh("cat; echo bye").teardown(GENTLE).start();

        await(process.teardown());

        assertThat(process.inputReader().lines()).containsExactly("bye");
        assertThat(process.exitValue()).isZero();
    }

    @Test
    void writesWhatIsBufferedBeforeTheEndOfInput() throws Exception {
        PidfdProcess process = sh("cat; echo bye").teardown(GENTLE).start();
        process.outputWriter().write("buffered ");

        await(process.teardown());

        assertThat(process.inputReader().lines()).containsExactly("buffered bye");
    }

    @Test
    void goesOnFromTheEndOfInputToSignals() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .teardown(
                                Teardown.closeInput(ofMillis(50)).then(Signal.TERM, ofSeconds(600)))
                        .start();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    /** Nor does the writer wait any longer. */
    @Test
    void isNotHeldUpByInputThatNobodyReads() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .teardown(
                                Teardown.closeInput(ofMillis(50)).then(Signal.TERM, ofSeconds(600)))
                        .start();
        ThreadKind.Running<Void> writing =
                ThreadKind.PLATFORM.run(
                        () -> {
                            process.outputWriter().write("a".repeat(1 << 20));
                            return null;
                        });
        writing.untilBlocked();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
        assertThat(writing.failure()).isInstanceOf(IOException.class);
    }

    /** Who would else wait for as long as that grandchild lives. */
    @Test
    void givesUpWhatIsBufferedWhenOnlyAGrandchildOutsideCouldReadIt() throws Exception {
        PidfdProcess process =
                sh("exec 3<&0; sleep 600 <&3 & echo $!; exec sleep 600").teardown(GENTLE).start();
        descendants.pidFrom(process.inputReader());
        process.getOutputStream().write(new byte[1 << 16]); // all that the pipe holds
        process.getOutputStream().write(1);

        CompletableFuture<Void> teardown = process.teardown();
        process.signal(Signal.KILL);
        await(teardown);

        ThreadKind.Running<Void> flushing =
                ThreadKind.PLATFORM.run(
                        () -> {
                            process.getOutputStream().flush();
                            return null;
                        });
        assertThat(flushing.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void skipsTheEndOfAnInputThatIsNotOurs() throws Exception {
        PidfdProcess process =
                sh("exec sleep 600")
                        .stdin(Redirect.DISCARD)
                        .teardown(GENTLE.then(Signal.TERM, ofSeconds(600)))
                        .start();

        await(process.teardown());

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    @Test
    void typesTheEndOfInputOnATerminal() throws Exception {
        PidfdProcess process =
                sh("echo ready; cat > /dev/null; echo bye")
                        .terminal(new WindowSize(24, 80))
                        .teardown(GENTLE)
                        .start();
        BufferedReader output = process.inputReader();
        assertThat(output.readLine()).isEqualTo("ready");

        await(process.teardown());

        assertThat(process.exitValue()).isZero();
        assertThat(output.lines()).contains("bye");
    }

    @Test
    void closesTheInputOfARunThatIsStillFed() throws Exception {
        PipedInputStream endless = new PipedInputStream();
        try (PipedOutputStream writer = new PipedOutputStream(endless)) {
            writer.write("fed ".getBytes(StandardCharsets.UTF_8));
            writer.flush();

            assertThat(outputOfTimedOutRun("cat; echo bye", endless)).isEqualTo("fed bye\n");
        }
    }

    private static String outputOfTimedOutRun(String script, InputStream input) {
        CommandException timeout =
                catchThrowableOfType(
                        CommandException.class,
                        () ->
                                sh(script)
                                        .teardown(GENTLE)
                                        .run(RunOptions.timeout(ofMillis(300)).stdin(input)));
        assertThat(timeout.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
        assertThat(timeout.getSuppressed()).isEmpty();
        return timeout.result().stdout().text();
    }

    /** What is in the pipe by then is still read. */
    @Test
    void feedsARunNoMoreThatIsTornDown() {
        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(
                        () ->
                                sh("kill -STOP $$; wc -c")
                                        .teardown(GENTLE)
                                        .run(
                                                RunOptions.timeout(ofMillis(100))
                                                        .stdin(new byte[1 << 20])))
                .matches(e -> e.reason() == CommandException.Reason.TIMEOUT)
                .satisfies(
                        e ->
                                assertThat(Long.parseLong(e.result().stdout().text().strip()))
                                        .isBetween(1L, (1L << 20) - 1));
    }

    /** Whose input ends with the first one. */
    @Test
    void givesThoseOfAPipelineTheGraceOfTheFirst() throws Exception {
        PipedInputStream endless = new PipedInputStream();
        try (PipedOutputStream writer = new PipedOutputStream(endless)) {
            writer.flush(); // nothing comes, and no end
            Teardown gentle = GENTLE.then(Signal.KILL, ofSeconds(600));
            assertThatExceptionOfType(CommandException.class)
                    .isThrownBy(
                            () ->
                                    Pipeline.of(
                                                    sh("cat; echo one").teardown(gentle),
                                                    sh("cat; echo two").teardown(gentle))
                                            .run(RunOptions.timeout(ofMillis(300)).stdin(endless)))
                    .matches(e -> e.reason() == CommandException.Reason.TIMEOUT)
                    .matches(e -> e.result().stdout().text().equals("one\ntwo\n"));
        }
    }

    // The group

    @Test
    void ofAGroupReachesWhoseFirstThreadHasEnded() throws Exception {
        PidfdProcess process =
                sh("\"$0\" & wait")
                        .args(System.getProperty("spawn4j.native.bin") + "/zombie_leader")
                        .teardown(QUICK.ofGroup())
                        .start();
        long headless = descendants.pidFrom(process.inputReader());
        assertThat(runs(headless)).isTrue();

        process.close();

        assertThat(runs(headless)).as("the process without its first thread runs").isFalse();
    }

    @Test
    void reachesAProcessWhoseFirstThreadHasEnded() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder(System.getProperty("spawn4j.native.bin") + "/zombie_leader")
                        .teardown(QUICK)
                        .start();
        descendants.pidFrom(process.inputReader());

        process.close();

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    private static final String FAMILY =
            "sleep 601 & echo $!; (trap '' TERM; sleep 602 & echo $!; wait) & wait";

    @ForEachStrategy
    void ofAGroupReachesEverybodyInIt(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = sh(FAMILY).strategy(strategy).teardown(QUICK.ofGroup()).start();
        BufferedReader output = process.inputReader();
        long child = descendants.pidFrom(output);
        long grandchild = descendants.pidFrom(output);

        await(process.teardown());

        assertThat(process.isAlive()).isFalse();
        assertThat(runs(child)).as("child runs").isFalse();
        assertThat(runs(grandchild)).as("grandchild, which ignores SIGTERM, runs").isFalse();
    }

    @Test
    void ofTheProcessAloneLeavesOthersAlone() throws Exception {
        PidfdProcess process = sh(FAMILY).teardown(QUICK).start();
        BufferedReader output = process.inputReader();
        long child = descendants.pidFrom(output);
        descendants.pidFrom(output);

        await(process.teardown());

        assertThat(process.isAlive()).isFalse();
        assertThat(runs(child)).as("child runs").isTrue();
    }

    @Test
    void ofAGroupReachesThoseWhoHaveOutlivedTheirLeader() throws Exception {
        assumeTrue(groupsOutliveTheirLeaders(), "signalling them needs Linux 6.9");
        PidfdProcess process =
                sh("sleep 600 > /dev/null & echo $!").teardown(QUICK.ofGroup()).start();
        long orphan = descendants.pidFrom(process.inputReader());
        process.waitFor();
        assertThat(runs(orphan)).isTrue();

        await(process.teardown());

        assertThat(runs(orphan)).as("orphan runs").isFalse();
    }

    private static boolean groupsOutliveTheirLeaders() {
        String[] version = System.getProperty("os.version").split("[.-]");
        int major = Integer.parseInt(version[0]);
        return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 9);
    }

    /** Nobody can join an empty group, so nothing is kept for it. */
    @Test
    void ofAGroupThatIsEmptyCostsNothing() throws Exception {
        int before = OpenFile.descriptors().size();
        List<PidfdProcess> ended = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            PidfdProcess process =
                    PidfdProcess.builder("true").inheritIO().teardown(QUICK.ofGroup()).start();
            process.waitFor();
            ended.add(process);
        }

        Eventually.isTrue(
                "no descriptor is left", () -> OpenFile.descriptors().size() < before + 20);
        assertThat(ended).hasSize(100);
    }

    /** As above, but that its last member ends after its leader, and nobody refers to it. */
    @Test
    void ofAGroupThatBecomesEmptyCostsNothingUntilTheJvmEnds() throws Exception {
        int before = OpenFile.descriptors().size();
        for (int i = 0; i < 60; i++) {
            sh("sleep 0.2 > /dev/null &")
                    .inheritIO()
                    .teardown(QUICK.ofGroup().atShutdown())
                    .start()
                    .waitFor();
        }

        Eventually.isTrue(
                "no descriptor is left",
                () -> {
                    System.gc();
                    return OpenFile.descriptors().size() < before + 20;
                });
    }

    @Test
    void ofAGroupMakesTheProcessItsLeader() throws Exception {
        ProbeReport report =
                Probe.report(Probe.with(SpawnStrategy.CLONE3).teardown(QUICK.ofGroup()));

        assertThat(report.number("pgrp")).isEqualTo(report.number("pid"));
    }

    @Test
    void ofAGroupIsRefusedWhereTheGroupIsSomebodyElses() {
        EmptyProcess process =
                PidfdProcess.builder("true").processGroup(1).teardown(QUICK.ofGroup());

        assertThatIllegalStateException()
                .isThrownBy(process::start)
                .withMessage(
                        "the process is to join process group 1, and to be torn down with a group"
                                + " of its own");
    }

    @Test
    void ofARunReachesTheGroup() {
        CompletableFuture<String> pid = new CompletableFuture<>();

        assertThatExceptionOfType(CommandException.class)
                .isThrownBy(
                        () ->
                                sh("sleep 600 & echo $!; wait")
                                        .teardown(QUICK.ofGroup())
                                        .run(
                                                RunOptions.timeout(ofSeconds(1))
                                                        .stdout(
                                                                Capture.keepTail(9)
                                                                        .lines(pid::complete))));

        assertThat(runs(Long.parseLong(pid.join()))).isFalse();
    }

    // The cgroup

    /** A daemon in a session of its own, in a cgroup below. */
    @Test
    void ofACgroupReachesDaemonsToo() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            Path below = cgroup.below("below");
            PidfdProcess process =
                    sh("setsid sh -c 'echo $$ > \"$0\"; trap \"\" TERM HUP; echo $$; sleep 600'"
                                    + " \"$0\" & wait")
                            .args(below.resolve("cgroup.procs").toString())
                            .cgroup(cgroup.directory())
                            .teardown(QUICK.ofCgroup())
                            .start();
            long daemon = descendants.pidFrom(process.inputReader());

            await(process.teardown());

            assertThat(process.isAlive()).isFalse();
            assertThat(runs(daemon)).as("daemon runs").isFalse();
            assertThat(below.resolve("cgroup.procs")).isEmptyFile();
        }
    }

    @Test
    void ofACgroupGivesEachItsGrace() throws Exception {
        Path note = folder.resolve("note");
        try (TestCgroup cgroup = new TestCgroup()) {
            PidfdProcess process =
                    sh("setsid sh -c 'trap \"echo bye > $0; exit\" TERM; echo $$; while :; do :; done'"
                                    + " \"$0\" & wait")
                            .args(note.toString())
                            .cgroup(cgroup.directory())
                            .teardown(Teardown.DEFAULT.ofCgroup())
                            .start();
            long daemon = descendants.pidFrom(process.inputReader());

            await(process.teardown());

            assertThat(note).hasContent("bye");
            assertThat(runs(daemon)).as("daemon runs").isFalse();
        }
    }

    /** Many, as it is a matter of who is first. */
    @Test
    void ofACgroupIsNotOverBeforeTheProcessIsReaped() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            for (int i = 0; i < 100; i++) {
                PidfdProcess process =
                        PidfdProcess.builder("sleep", "600")
                                .cgroup(cgroup.directory())
                                .teardown(QUICK.ofCgroup())
                                .start();
                await(process.teardown());
                assertThat(Path.of("/proc/" + process.pid())).doesNotExist();
            }
        }
    }

    /** What is listed may be gone when it is looked at. */
    @Test
    void ofACgroupSurvivesChangesBelow() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            AtomicBoolean changing = new AtomicBoolean(true);
            ThreadKind.Running<Void> changes =
                    ThreadKind.PLATFORM.run(
                            () -> {
                                while (changing.get()) {
                                    Path below = cgroup.directory().resolve("passing");
                                    Files.createDirectory(below);
                                    Files.delete(below);
                                }
                                return null;
                            });
            try {
                for (int i = 0; i < 30; i++) {
                    PidfdProcess process =
                            sh("trap '' TERM; echo; while :; do :; done")
                                    .cgroup(cgroup.directory())
                                    .teardown(
                                            Teardown.first(Signal.TERM, ofMillis(10))
                                                    .then(Signal.KILL, ofSeconds(50))
                                                    .ofCgroup())
                                    .start();
                    process.getInputStream().read();
                    await(process.teardown());
                    assertThat(process.isAlive()).isFalse();
                }
            } finally {
                changing.set(false);
                changes.get();
            }
        }
    }

    @Test
    void ofACgroupNeedsOne() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                PidfdProcess.builder("true")
                                        .teardown(Teardown.DEFAULT.ofCgroup())
                                        .start())
                .withMessage("a teardown of a cgroup, but no cgroup to start in");
    }

    /** Rather than the JVM. */
    @Test
    void ofTheJvmsOwnCgroupIsRefused() throws Exception {
        assumeTrue(LibC.isRoot(), "starting in a cgroup needs root");
        Path mount = TestCgroup.mount();
        String own =
                Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                        .filter(line -> line.startsWith("0::"))
                        .map(line -> line.substring(4))
                        .findFirst()
                        .orElseThrow();
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .cgroup(mount.resolve(own))
                        .teardown(Teardown.first(Signal.KILL, ofMillis(50)).ofCgroup())
                        .start();

        assertThatThrownBy(() -> await(process.teardown()))
                .rootCause()
                .hasMessageContaining("the JVM itself is in cgroup");

        process.destroyForcibly().waitFor();
    }

    @Test
    void ofACgroupReachesWhoseFirstThreadHasEnded() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            PidfdProcess process =
                    sh("setsid \"$0\" & wait")
                            .args(System.getProperty("spawn4j.native.bin") + "/zombie_leader")
                            .cgroup(cgroup.directory())
                            .teardown(QUICK.ofCgroup())
                            .start();
            long headless = descendants.pidFrom(process.inputReader());

            process.close();

            assertThat(runs(headless)).as("the process without its first thread runs").isFalse();
        }
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
