// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that read what others write. */
@Timeout(60)
class PipelineTest {
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50)).anyExit();

    @TempDir Path folder;

    private static EmptyProcess process(String program, String... args) {
        return PidfdProcess.builder(program, args);
    }

    private static EmptyProcess sh(String script) {
        return process("sh", "-c", script);
    }

    @ForEachWay
    void connectsEachWithTheNext(SpawnStrategy strategy) throws Exception {
        CommandResult result =
                Pipeline.of(
                                process("tr", "a-z", "A-Z").strategy(strategy),
                                process("sort", "-r").strategy(strategy),
                                process("head", "-n", "2").strategy(strategy))
                        .run(OPTIONS.stdin("b\na\nc\n", StandardCharsets.US_ASCII));

        assertThat(result.stdout().lines()).containsExactly("C", "B");
        assertThat(result.stages())
                .extracting(CommandResult.Stage::command)
                .containsExactly(
                        List.of("tr", "a-z", "A-Z"),
                        List.of("sort", "-r"),
                        List.of("head", "-n", "2"));
        assertThat(result.stages()).allMatch(stage -> stage.exitStatus().isSuccess());
        assertThat(result.stage()).isEqualTo(result.stages().get(2));
    }

    @Test
    void movesMuch() throws Exception {
        byte[] input = new byte[5_000_000];

        CommandResult result =
                Pipeline.of(process("cat"), process("cat"), process("wc", "-c"))
                        .run(OPTIONS.stdin(new ByteArrayInputStream(input)));

        assertThat(result.stdout().text().strip()).isEqualTo("5000000");
    }

    /** The witness is in the middle, where it has two pipes and its own standard error. */
    @ForEachStrategy
    void leavesNoDescriptorOfOneStageInAnother(SpawnStrategy strategy) throws Exception {
        Path report = folder.resolve("report");
        EmptyProcess probe =
                Probe.with(strategy, "--report-file", report.toString()).stderr(Redirect.DISCARD);

        Pipeline.of(process("echo", "a"), probe, process("cat")).run(OPTIONS.expectExit(0));

        var descriptors = new ProbeReport(Files.readAllBytes(report)).descriptors();
        assertThat(descriptors).containsOnlyKeys(0, 1, 2);
        assertThat(descriptors.get(0).kind()).isEqualTo("pipe");
        assertThat(descriptors.get(1).kind()).isEqualTo("pipe");
        assertThat(descriptors.get(0).target()).isNotEqualTo(descriptors.get(1).target());
    }

    /** A stage that kept the next one's input open would never let it end. */
    @Test
    void endsWhenTheReaderHasHadEnough() throws Exception {
        CommandResult result = Pipeline.of(process("yes"), process("head", "-n", "1")).run(OPTIONS);

        assertThat(result.stdout().text()).isEqualTo("y\n");
        assertThat(result.isSuccess()).isTrue();
        assertThat(result.stages().get(0).exitStatus())
                .isEqualTo(new ExitStatus.Killed(Signal.PIPE, false));
    }

    @Test
    void sigpipeOfTheLastStageIsAFailure() throws Exception {
        CommandResult result = Pipeline.of(process("true"), sh("kill -PIPE $$")).run(OPTIONS);

        assertThat(result.isSuccess()).isFalse();
    }

    @Test
    void namesTheStageThatFailedFirst() {
        CommandException failure =
                catchThrowableOfType(
                        CommandException.class,
                        () ->
                                Pipeline.of(
                                                sh("echo a"),
                                                sh("echo why >&2; exit 3"),
                                                sh("cat; sleep 0.2; exit 4"))
                                        .run(OPTIONS.expectExit(0)));

        assertThat(failure)
                .hasMessage(
                        "\"sh\" with 2 arguments (stage 1 of the pipeline) ended with exit"
                                + " code 3; its standard error:\nwhy");
        assertThat(failure.result().stage().index()).isEqualTo(1);
        assertThat(failure.result().exitValue()).isEqualTo(3);
        assertThat(failure.result().stages().get(2).exitStatus())
                .isEqualTo(new ExitStatus.Exited(4));
    }

    /** Our teardown hits all stages, and any of them may end first. */
    @Test
    void namesTheStageThatWasTheReason() {
        for (int i = 0; i < 10; i++) {
            CommandException failure =
                    catchThrowableOfType(
                            CommandException.class,
                            () ->
                                    Pipeline.of(process("yes"), process("cat"))
                                            .run(OPTIONS.stdout(Capture.failBeyond(10))));

            assertThat(failure)
                    .hasMessageStartingWith(
                            "\"cat\" (stage 1 of the pipeline) wrote more than 10 bytes");
        }
    }

    @Test
    void aReaderThatFailsIsTheCauseOfItsWritersFailure() throws Exception {
        CommandResult result =
                Pipeline.of(
                                sh("trap '' PIPE; while echo a 2> /dev/null; do :; done; exit 5"),
                                sh("exit 6"))
                        .run(OPTIONS);

        assertThat(result.stage().index()).isEqualTo(1);
        assertThat(result.exitValue()).isEqualTo(6);
    }

    @Test
    void anExpectedExitIsNoFailure() throws Exception {
        CommandResult result =
                Pipeline.of(process("echo", "a"), process("grep", "b"), process("wc", "-l"))
                        .run(OPTIONS.expectExit(0, 1));

        assertThat(result.stdout().text().strip()).isEqualTo("0");
        assertThat(result.stage().index()).isEqualTo(2);
    }

    @Test
    void keepsTheErrorsOfEachStageApart() throws Exception {
        CommandResult result =
                Pipeline.of(sh("echo a >&2"), sh("echo b >&2"), sh("echo c >&2")).run(OPTIONS);

        assertThat(result.stages())
                .extracting(stage -> stage.stderr().text())
                .containsExactly("a\n", "b\n", "c\n");
    }

    @Test
    void collectsTheErrorsOfAllStagesInOnePipe() throws Exception {
        CommandResult result =
                Pipeline.of(
                                sh("echo a >&2; echo"),
                                sh("read line; echo b >&2; echo"),
                                sh("read line; echo c >&2"))
                        .sharedStderr()
                        .run(OPTIONS);

        assertThat(result.stderr().text()).isEqualTo("a\nb\nc\n");
        assertThat(result.stages()).allMatch(stage -> stage.stderr().text().equals("a\nb\nc\n"));
    }

    @Test
    void tearsDownAllStages() throws Exception {
        Teardown teardown =
                Teardown.first(Signal.TERM, ofMillis(50)).then(Signal.KILL, ofSeconds(50));
        CommandException failure =
                Patience.until(
                        "the stage in the middle is deaf",
                        e -> e.result().stages().get(1).stderr().total() > 0,
                        time ->
                                catchThrowableOfType(
                                        CommandException.class,
                                        () ->
                                                Pipeline.of(
                                                                process("sleep", "600"),
                                                                deaf().teardown(teardown.ofGroup()),
                                                                process("sleep", "600"))
                                                        .run(RunOptions.timeout(time))));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
        assertThat(failure.result().stages())
                .extracting(stage -> stage.exitStatus().exitValue())
                .containsExactly(128 + 15, 128 + 9, 128 + 15);
    }

    /** Says on its standard error when it is. */
    private static EmptyProcess deaf() {
        return sh("trap '' TERM; echo deaf >&2; while :; do sleep 600; done");
    }

    /** The last stage is started only when the first one's listener has thrown. */
    @Test
    void noticesAFailureWhileItIsStillStarting() throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(process("mkfifo", fifo.toString()).start().waitFor()).isZero();
        CountDownLatch throwing = new CountDownLatch(1);
        Capture listening =
                Capture.keepTail(99)
                        .lines(
                                line -> {
                                    throwing.countDown();
                                    throw new IllegalStateException(line);
                                });
        FutureTask<CommandResult> run =
                new FutureTask<>(
                        () ->
                                Pipeline.of(
                                                sh("echo enough >&2"),
                                                process("cat").stderr(Redirect.to(fifo)))
                                        .run(OPTIONS.stderr(listening)));
        new Thread(run, "run").start();
        assertThat(throwing.await(30, TimeUnit.SECONDS)).isTrue();
        Files.readAllBytes(fifo);

        assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(CommandException.class)
                .hasMessageContaining("a listener has thrown")
                .hasMessageContaining("enough");
    }

    @Test
    void killsTheOthersIfOneCannotBeStarted() throws Exception {
        EmptyProcess first = process("sleep", "600");
        EmptyProcess last = process("cat");

        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(
                        () -> Pipeline.of(first, process("/no/such/program"), last).run(OPTIONS))
                .withMessageContaining("/no/such/program");

        Eventually.isTrue(
                "no child is left",
                () -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
        assertThatIllegalStateException().isThrownBy(last::start);
    }

    @Test
    void startsNothingIfAStageCannotBe() throws Exception {
        Path file = folder.resolve("file");
        EmptyProcess first = process("touch", file.toString());
        EmptyProcess last = process("cat").teardown(Teardown.DEFAULT.ofCgroup());

        assertThatIllegalStateException()
                .isThrownBy(() -> Pipeline.of(first, last).run(OPTIONS))
                .withMessageContaining("no cgroup");

        assertThat(file).doesNotExist();
        assertThat(first.run(OPTIONS.stdin("a")).isSuccess()).as("it can still be run").isTrue();
    }

    @Test
    void startsForOthersToWaitFor() throws Exception {
        List<PidfdProcess> stages =
                Pipeline.of(process("cat"), process("tr", "a", "b")).sharedStderr().start();
        stages.get(0).getOutputStream().write('a');
        stages.get(0).getOutputStream().close();

        assertThat(stages.get(1).getInputStream().readAllBytes()).containsExactly('b');
        assertThat(stages.get(1).getErrorStream().readAllBytes()).isEmpty();
        assertThat(stages.get(0).getInputStream().readAllBytes()).isEmpty();
        for (PidfdProcess stage : stages) {
            assertThat(stage.waitFor()).isZero();
        }
    }

    @Test
    void runsWithoutAnybodyWaiting() throws Exception {
        CompletableFuture<CommandResult> run =
                Pipeline.of(process("echo", "a"), process("cat")).runAsync(OPTIONS);

        assertThat(run.get(30, TimeUnit.SECONDS).stdout().text()).isEqualTo("a\n");
    }

    @Test
    void refusesWhatCannotBeConnected() {
        assertThatIllegalArgumentException().isThrownBy(Pipeline::of);
        EmptyProcess twice = process("cat");
        assertThatIllegalArgumentException().isThrownBy(() -> Pipeline.of(twice, twice));
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                Pipeline.of(process("cat").stdout(Redirect.DISCARD), process("cat"))
                                        .run(OPTIONS))
                .withMessage("stage 0 (\"cat\") has standard output /dev/null, not the pipeline's");
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                Pipeline.of(process("cat"), process("cat").stdin(Redirect.INHERIT))
                                        .start())
                .withMessage("stage 1 (\"cat\") has standard input inherited, not the pipeline's");
        assertThatThrownBy(() -> Pipeline.of(process("cat"), null))
                .isInstanceOf(NullPointerException.class);
    }

    @Test
    void aRunThatCannotBeginLeavesTeardownsAsTheyWere() throws Exception {
        EmptyProcess first = PidfdProcess.builder("true");
        EmptyProcess second = PidfdProcess.builder("true").stdin(Redirect.DISCARD);
        RunOptions options = RunOptions.noTimeout().leaveNobody();
        assertThatThrownBy(() -> Pipeline.of(first, second).run(options))
                .isInstanceOf(IllegalStateException.class);
        assertThat(first.teardown).isNull();

        EmptyProcess joining = PidfdProcess.builder("true").processGroup(1);
        assertThatThrownBy(() -> Pipeline.of(first, joining).run(options))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("process group 1");
        assertThat(first.teardown).isNull();
        assertThat(joining.teardown).isNull();
        assertThat(first.start().waitFor()).isZero();
    }
}
