// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.control.IoClass;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.control.SchedulingPolicy;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All that a process sees of itself, started warm and cold: what the contract says of a cold start
 * holds for a warm one then.
 */
@Timeout(60)
class WarmContractTest {
    private static final int O_RDWR = 2;
    private static final int AT_FDCWD = -100;

    /** What is another in every process, and what the kernel counts of exec or of memory. */
    private static final String PASSING =
            "status\\.(Vm|Rss|FDSize|SigQ|voluntary|nonvoluntary|State).*";

    @TempDir static Path folder;

    private static Named<UnaryOperator<EmptyProcess>> with(
            String what, UnaryOperator<EmptyProcess> change) {
        return Named.of(what, change);
    }

    static Stream<Named<UnaryOperator<EmptyProcess>>> requests() {
        return Stream.of(
                with("nothing", process -> process),
                with("arguments", process -> process.args("--", "a b", "", "\u00e4")),
                with("another name", process -> process.arg0("name")),
                with("another environment", process -> process.env("X", "a\nb").unsetEnv("HOME")),
                with("a directory", process -> process.directory(folder)),
                with("a session", EmptyProcess::newSession),
                with("a group", process -> process.processGroup(0)),
                with("merged output", process -> process.stderr(Redirect.STDOUT)),
                with("no input", process -> process.stdin(Redirect.DISCARD)),
                with("our error", process -> process.stderr(Redirect.INHERIT)),
                with(
                        "descriptors of its own",
                        process ->
                                process.action(SpawnAction.dup2(1, 7))
                                        .action(SpawnAction.dup2(7, 30))
                                        .action(SpawnAction.close(7))),
                with(
                        "a file and a directory",
                        process ->
                                process.action(SpawnAction.chdir(folder.toString()))
                                        .action(
                                                SpawnAction.open(
                                                        AT_FDCWD, "file", 5, O_RDWR, 0, 0))),
                with(
                        "a signal mask",
                        process -> process.action(SpawnAction.sigmask(List.of(Signal.TERM)))),
                with(
                        "default dispositions",
                        process -> process.action(SpawnAction.sigdefault(List.of(Signal.INT)))),
                with("a policy", process -> process.scheduler(SchedulingPolicy.BATCH, 0)),
                with("a umask", process -> process.umask(0027)),
                with("limits", process -> process.limit(Resource.NOFILE, 64, 128)),
                with("a niceness", process -> process.nice(7)),
                with("a place on the disk", process -> process.ioPriority(IoClass.IDLE, 0)),
                with("a processor", process -> process.cpuAffinity(0)),
                with("an early end", process -> process.oomScoreAdj(600)),
                with("no new privileges", EmptyProcess::noNewPrivileges),
                with("a timer slack", process -> process.timerSlack(Duration.ofMillis(1))));
    }

    /** What a process of this pid sees, with the numbers of pipes replaced. */
    private record Report(long pid, List<String> lines) {
        static Report of(EmptyProcess process) throws Exception {
            try (PidfdProcess started = process.start()) {
                started.getOutputStream().close();
                String report = new String(started.getInputStream().readAllBytes());
                assertThat(started.waitFor()).isZero();
                return new Report(
                        started.pid(),
                        report.lines()
                                .filter(line -> !line.matches(PASSING))
                                .map(line -> line.replaceAll("pipe:\\[\\d+\\]", "pipe"))
                                .toList());
            }
        }

        /** Without either pid, as another number of one report may be the other one's pid. */
        List<String> beside(Report other) {
            String pids = "\\b(" + pid + "|" + other.pid + ")\\b";
            return lines.stream().map(line -> line.replaceAll(pids, "SELF")).toList();
        }

        void assertSame(EmptyProcess process) throws Exception {
            Report other = of(process);
            assertThat(other.beside(this)).isEqualTo(beside(other));
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void leavesNothingDifferent(UnaryOperator<EmptyProcess> request) throws Exception {
        if (Files.notExists(folder.resolve("file"))) {
            Files.createFile(folder.resolve("file"));
        }
        // Not of a template, which executes by descriptor, so that AT_EXECFN is no path.
        Report expected = Report.of(request.apply(PidfdProcess.builder(Probe.PROGRAM)));
        try (SpawnTemplate parked = warm(KeptWarm.PATIENT.parked(2));
                SpawnTemplate cloned = warm(KeptWarm.PATIENT)) {
            expected.assertSame(request.apply(parked.prepare()));
            for (int i = 0;
                    i < 2;
                    i++) { // the first is the child that has shown that there can be one
                expected.assertSame(request.apply(cloned.prepare()));
            }

            assertThat(parked.statistics().coldStarts()).isEmpty();
            assertThat(cloned.statistics().coldStarts()).isEmpty();
            assertThat(cloned.statistics().warm()).isPositive();
        }
    }

    private static SpawnTemplate warm(Warm settings) throws Exception {
        SpawnTemplate template = SpawnTemplate.builder(Probe.PROGRAM).warm(settings).build();
        boolean refused = KeptWarm.settled(template).refusal().isPresent();
        if (refused) {
            template.close();
        }
        assumeTrue(!refused, () -> "no helper can be made: " + template.statistics());
        return template;
    }
}
