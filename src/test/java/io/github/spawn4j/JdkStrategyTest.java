// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.control.Resource;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.warm.StartKind;
import io.github.spawn4j.warm.Warm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Processes that the JDK starts: what runs and teardowns do with them, and what is refused. */
@Timeout(60)
class JdkStrategyTest {
    private static final long LIMIT_S = 20;
    private static final int MUCH = 1 << 20;
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50));

    private static EmptyProcess jdk(String program, String... args) {
        return PidfdProcess.builder(program, args).strategy(SpawnStrategy.JDK);
    }

    private static EmptyProcess sh(String script) {
        return jdk("sh", "-c", script);
    }

    private static CommandException failure(EmptyProcess process, RunOptions options) {
        return catchThrowableOfType(CommandException.class, () -> process.run(options));
    }

    // Strategies

    @Test
    void tellsWhichStrategiesThereAre() {
        assertThat(SpawnStrategy.CLONE3.isSupported()).isTrue();
        assertThat(SpawnStrategy.JDK.isSupported()).isTrue();
        assertThat(SpawnStrategy.CLONE3.unsupported()).isEmpty();
        assertThat(SpawnStrategy.automatic()).isEqualTo(SpawnStrategy.CLONE3);
    }

    // Processes

    @Test
    void hasNoPidfdAndOnlyTheSignalsOfTheJdk() throws Exception {
        PidfdProcess cat = jdk("cat").start();

        assertThat(cat.pidfd()).isEqualTo(-1);
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> cat.signal(Signal.INT));
        assertThatIllegalStateException().isThrownBy(cat::tree);
        assertThat(cat.startedAs()).isEqualTo(StartKind.COLD);
        assertThat(cat.signal(Signal.TERM)).isTrue();

        assertThat(cat.awaitExit().exitValue()).isEqualTo(128 + 15);
        assertThat(cat.signal(Signal.TERM)).isFalse();
        assertThat(cat.resourceUsage().cpuTime()).isZero();
    }

    @Test
    void tellsThatSigkillHasEndedIt() throws Exception {
        PidfdProcess cat = jdk("cat").start();
        cat.destroyForcibly();

        assertThat(cat.awaitExit()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    @Test
    void keepsOutputToBeReadThatWasThereWhenItWasSignalled() throws Exception {
        PidfdProcess sh = sh("echo text; exec sleep 600").start();
        int first = sh.getInputStream().read();
        sh.signal(Signal.TERM);
        sh.waitFor();

        assertThat(first).isEqualTo('t');
        assertThat(sh.getInputStream().readAllBytes()).asString().isEqualTo("ext\n");
    }

    @Test
    void changesTheEnvironmentAndNothingElseOfIt() throws Exception {
        EmptyProcess env =
                sh("echo $A; echo ${HOME-none}; test -n \"$PATH\"").env("A", "1").unsetEnv("HOME");

        assertThat(env.run(OPTIONS).stdout().lines()).containsExactly("1", "none");
    }

    @Test
    void startsInADirectoryAndSaysWhenThereIsNone() throws Exception {
        assertThat(jdk("pwd").directory(Path.of("/usr")).run(OPTIONS).stdout().text())
                .isEqualTo("/usr\n");
        SpawnException e =
                catchThrowableOfType(
                        SpawnException.class,
                        () -> jdk("pwd").directory(Path.of("/no/such")).start());
        assertThat(e.step()).isEqualTo("chdir");
        assertThat(e.errno()).isEqualTo(2);
    }

    @Test
    void saysWhatTheJdkSays() {
        SpawnException e =
                catchThrowableOfType(SpawnException.class, () -> jdk("/no/such").start());
        assertThat(e).hasMessageStartingWith("Cannot run program \"/no/such\"");
        assertThat(e.step()).isEqualTo("exec");
        assertThat(e.errno()).isEqualTo(2);

        e =
                catchThrowableOfType(
                        SpawnException.class,
                        () -> jdk("cat").stdin(Redirect.from(Path.of("/no/file"))).start());
        assertThat(e).hasMessageContaining("/no/file");
        assertThat(e.step()).isEqualTo("open");
        assertThat(e.errno()).isEqualTo(2);
    }

    // Runs

    @Test
    void feedsMoreThanAPipeHoldsWhileItReads() throws Exception {
        byte[] input = new byte[4 * MUCH];

        assertThat(jdk("cat").run(OPTIONS.stdin(input)).stdout().bytes()).isEqualTo(input);
        InputStream stream = new ByteArrayInputStream(input);
        assertThat(jdk("cat").run(OPTIONS.stdin(stream)).stdout().bytes()).isEqualTo(input);
    }

    @Test
    void readsBothOutputs() throws Exception {
        CommandResult result = sh("head -c 1048576 /dev/zero >&2; echo done").run(OPTIONS);

        assertThat(result.stderr().total()).isEqualTo(MUCH);
        assertThat(result.stdout().text()).isEqualTo("done\n");
        assertThat(result.stdout().isCut()).isFalse();
        assertThat(result.duration()).isPositive();
    }

    @Test
    void aChildThatHasHadEnoughIsNoFailure() throws Exception {
        assertThat(sh("head -c 1").run(OPTIONS.stdin(new byte[MUCH])).isSuccess()).isTrue();
        InputStream endless =
                new InputStream() {
                    @Override
                    public int read() {
                        return 'x';
                    }
                };
        assertThat(sh("head -c 1").run(OPTIONS.stdin(endless)).isSuccess()).isTrue();
    }

    @Test
    void doesNotWaitForAStreamWithoutAnEnd() throws Exception {
        try (PipedOutputStream silent = new PipedOutputStream();
                PipedInputStream stream = new PipedInputStream(silent)) {
            assertThat(sh("exit 0").run(OPTIONS.stdin(stream)).isSuccess()).isTrue();
        }
    }

    @Test
    void failsWithWhatItsInputHasThrown() {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new IllegalStateException("broken");
                    }
                };

        CommandException e = failure(jdk("cat"), OPTIONS.stdin(broken));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.INPUT);
        assertThat(e).hasRootCauseMessage("broken");
    }

    @Test
    void tellsAListenerOfEachLine() throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());

        sh("echo 1; echo 2; printf 3").run(OPTIONS.stdout(Capture.keepTail(0).lines(lines::add)));

        assertThat(lines).containsExactly("1", "2", "3");
    }

    @Test
    void endsWithAListenerThatThrows() {
        Consumer<String> thrower =
                line -> {
                    throw new IllegalStateException(line);
                };

        CommandException e =
                failure(
                        sh("echo text; exec sleep 600"),
                        OPTIONS.stdout(Capture.keepTail(0).lines(thrower)));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.LISTENER);
        assertThat(e).hasRootCauseMessage("text");
    }

    @Test
    void endsWithMoreOutputThanItMayHave() {
        CommandException e = failure(jdk("yes"), OPTIONS.stdout(Capture.failBeyond(100)));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.OUTPUT);
        assertThat(e.result().stdout().bytes()).hasSize(100);
    }

    @Test
    void endsWhenItsTimeIsUp() throws Exception {
        CommandException e =
                Patience.untilItWrites(
                        sh("trap '' TERM; echo out; while :; do sleep 1; done")
                                .teardown(
                                        Teardown.first(Signal.TERM, ofMillis(20))
                                                .then(Signal.KILL, ofSeconds(20))));

        assertThat(e.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
        assertThat(e.result().exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
        assertThat(e.result().stdout().text()).isEqualTo("out\n");
    }

    @Test
    void doesNotWaitForAGrandchildThatKeepsTheOutput() throws Exception {
        CommandResult result = sh("echo out; sleep 600 & echo $!").run(OPTIONS);
        List<String> lines = result.stdout().lines();

        assertThat(lines).hasSize(2).startsWith("out");
        ProcessHandle.of(Long.parseLong(lines.get(1))).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void holdsAConversation() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        RunningCommand cat =
                jdk("cat")
                        .runAsync(
                                OPTIONS.openStdin().stdout(Capture.keepTail(0).lines(lines::add)));

        for (String line : List.of("one", "two")) {
            cat.write(line + "\n").get(LIMIT_S, SECONDS);
            assertThat(lines.poll(LIMIT_S, SECONDS)).isEqualTo(line);
        }
        cat.closeStdin();

        assertThat(cat.get(LIMIT_S, SECONDS).isSuccess()).isTrue();
        CompletableFuture<Void> late = cat.write("late");
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> late.get(LIMIT_S, SECONDS))
                .withMessageContaining("Stream closed");
    }

    @Test
    void cancellingTearsItDown() throws Exception {
        RunningCommand sleep = jdk("sleep", "600").runAsync(OPTIONS.openStdin());
        sleep.cancel(true);

        Eventually.isTrue("it has ended", () -> !sleep.signal(Signal.TERM));
    }

    // Pipelines

    @Test
    void connectsProcesses() throws Exception {
        CommandResult result =
                Pipeline.of(jdk("cat"), jdk("tr", "a-z", "A-Z"), jdk("cat"))
                        .run(OPTIONS.stdin("text"));

        assertThat(result.stdout().text()).isEqualTo("TEXT");
        assertThat(result.stages()).hasSize(3);
    }

    @Test
    void namesTheStageThatHasFailed() {
        Pipeline pipeline = Pipeline.of(sh("echo cause >&2; exit 3"), jdk("cat"));

        CommandException e =
                catchThrowableOfType(CommandException.class, () -> pipeline.run(OPTIONS));

        assertThat(e.result().stage().index()).isZero();
        assertThat(e).hasMessageContaining("cause");
    }

    @Test
    void startsAPipeline() throws Exception {
        List<PidfdProcess> stages = Pipeline.of(sh("echo text"), jdk("cat")).start();

        assertThat(stages.get(1).getInputStream().readAllBytes()).asString().isEqualTo("text\n");
        assertThat(stages.get(0).awaitExit().isSuccess()).isTrue();
        assertThat(stages.get(1).awaitExit().isSuccess()).isTrue();
    }

    @Test
    void refusesAPipelineOfWhichTheJdkIsToStartAPart() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Pipeline.of(jdk("cat"), PidfdProcess.builder("cat")).start())
                .withMessageContaining("the JDK would start some stages");
    }

    // Teardown

    @Test
    void closesInTheOrderOfItsTeardown() throws Exception {
        PidfdProcess cat = jdk("cat").teardown(Teardown.closeInput(ofSeconds(20))).start();

        cat.close();

        assertThat(cat.exitStatus()).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void closeWaitsForWhatEndsByItself() throws Exception {
        PidfdProcess cat = jdk("cat").start();
        cat.outputWriter().write("not flushed");

        cat.close();

        assertThat(cat.isAlive()).isFalse();
    }

    // Templates

    @Test
    void templatesAreDescriptionsThatCanBeClosed() throws Exception {
        SpawnTemplate echo =
                SpawnTemplate.builder("echo").strategy(SpawnStrategy.JDK).warm(Warm.on()).build();
        PidfdProcess process = echo.spawn("a");
        assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("a\n");
        assertThat(process.awaitExit().isSuccess()).isTrue();
        assertThat(process.startedAs()).isEqualTo(StartKind.COLD);
        assertThat(echo.statistics().starts()).isZero();
        echo.close();

        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(echo::spawn)
                .withMessageContaining("template is closed");
    }

    @Test
    void aCacheServesTheJdkToo() throws Exception {
        SpawnTemplateCache cache = SpawnTemplateCache.builder().build();
        EmptyProcess late = cache.prepare("echo").strategy(SpawnStrategy.JDK);

        EmptyProcess echo = cache.prepare("echo").args("a").strategy(SpawnStrategy.JDK);
        assertThat(echo.run(OPTIONS).stdout().text()).isEqualTo("a\n");
        assertThat(cache.statistics().size()).isZero();
        cache.close();

        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(late::start)
                .withMessageContaining("template cache is closed");
    }

    // What is refused

    private static Arguments refused(String what, Consumer<EmptyProcess> change) {
        return Arguments.of(what, change);
    }

    static Stream<Arguments> whatTheJdkCannotExpress() {
        return Stream.of(
                refused("umask", it -> it.umask(0)),
                refused("NOFILE", it -> it.limit(Resource.NOFILE, 100)),
                refused("setsid", EmptyProcess::newSession),
                refused("setpgid 0", it -> it.processGroup(0)),
                refused("actions", it -> it.action(SpawnAction.close(7))),
                refused("mapFd", it -> it.mapFd(0, 3)),
                refused("mapFd", it -> it.mapFd(Redirect.from(Path.of("/dev/null")), 3)),
                refused("a terminal", it -> it.terminal(new WindowSize(24, 80))),
                refused("a cgroup", it -> it.cgroup(Path.of("/sys/fs/cgroup"))),
                refused("SIGINT", it -> it.teardown(Teardown.first(Signal.INT, ofSeconds(1)))),
                refused("a teardown of the group", it -> it.teardown(Teardown.DEFAULT.ofGroup())),
                refused(
                        "a teardown of the cgroup",
                        it ->
                                it.cgroup(Path.of("/sys/fs/cgroup"))
                                        .teardown(Teardown.DEFAULT.ofCgroup())),
                refused("inheritDescriptors", EmptyProcess::inheritDescriptors),
                refused("inheritSignals", EmptyProcess::inheritSignals),
                refused("interruptibleStreams", EmptyProcess::interruptibleStreams),
                refused("searchInChild", it -> it.searchInChild("/bin")),
                refused("arg0", it -> it.arg0("other")),
                refused("descriptor 0", it -> it.stdout(Redirect.descriptor(0))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatTheJdkCannotExpress")
    void refusesByNameWhatTheJdkCannotExpress(String what, Consumer<EmptyProcess> change) {
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(toSet());
        EmptyProcess process = jdk("cat");
        change.accept(process);

        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);

        assertThat(e)
                .hasMessageContaining("strategy JDK cannot express")
                .hasMessageContaining(what)
                .hasMessageContaining("; the strategies CLONE3, VFORK and FORK can");
        assertThat(e.errno()).isEqualTo(95);
        // One of an earlier test may be collected meanwhile.
        assertThat(before).containsAll(ProcessHandle.current().children().toList());
    }

    @Test
    void refusesByNameWhatARunOrAPipelineOrATemplateAsksFor() {
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> jdk("true").run(OPTIONS.leaveNobody()))
                .withMessageContaining("a teardown of the group");
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> Pipeline.of(jdk("true"), jdk("true")).sharedStderr().start())
                .withMessageContaining("sharedStderr");
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(
                        () ->
                                SpawnTemplate.builder("true")
                                        .strategy(SpawnStrategy.JDK)
                                        .denyWrite()
                                        .build())
                .withMessageContaining("denyWrite");
    }

    @Test
    void namesOnlyStrategiesThatCanChangeTheIdsAsWell() {
        assertThatExceptionOfType(SpawnException.class)
                .isThrownBy(() -> jdk("true").user(0, 0).start())
                .withMessageContaining("; the strategies CLONE3 and FORK can");
    }

    @Test
    void whatWasRefusedCanBePutRight() throws IOException, InterruptedException {
        EmptyProcess process = jdk("true").umask(0);
        assertThatExceptionOfType(SpawnException.class).isThrownBy(process::start);

        assertThat(process.strategy(SpawnStrategy.CLONE3).start().waitFor()).isZero();
    }
}
