// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Runs.OPTIONS;
import static io.github.spawn4j.testing.Runs.failure;
import static io.github.spawn4j.testing.Runs.sh;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.Seq;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Running a process to its end, with what it writes. */
@Timeout(60)
class RunTest {
    private static final int MIB = 1 << 20;

    @TempDir Path folder;

    // What comes out

    @ForEachStrategy
    void capturesBothOutputsAndTheExit(SpawnStrategy strategy) throws Exception {
        CommandResult result =
                sh("echo out; echo error >&2; exit 3").strategy(strategy).run(OPTIONS);

        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().lines()).containsExactly("error");
        assertThat(result.stdout().bytes()).containsExactly('o', 'u', 't', '\n');
        assertThat(result.exitStatus()).isEqualTo(new ExitStatus.Exited(3));
        assertThat(result.exitValue()).isEqualTo(3);
        assertThat(result.isSuccess()).isFalse();
        assertThat(result.stages()).containsExactly(result.stage());
        assertThat(result.stage().command()).startsWith("sh", "-c").hasSize(3);
        assertThat(result.resourceUsage().cpuTime()).isPositive();
        assertThat(result.duration()).isPositive();
        assertThat(result.stdout().isTruncated()).isFalse();
        assertThat(result.stdout().isCut()).isFalse();
    }

    @Test
    void runsATemplate() throws Exception {
        try (SpawnTemplate echo = SpawnTemplate.builder("echo").args("a").build()) {
            assertThat(echo.run(OPTIONS, "b").stdout().text()).isEqualTo("a b\n");
            assertThat(echo.runAsync(OPTIONS, "c").get().stdout().text()).isEqualTo("a c\n");
        }
    }

    @Test
    void readsTenMebibytesOfErrorsBesideOutput() throws Exception {
        CommandResult result = sh("head -c 10485760 /dev/zero >&2; echo done").run(OPTIONS);

        assertThat(result.stderr().total()).isEqualTo(10 * MIB);
        assertThat(result.stderr().bytes()).hasSize(10 * MIB);
        assertThat(result.stdout().text()).isEqualTo("done\n");
    }

    @Test
    void keepsNothingOfWhatLeadsElsewhere() throws Exception {
        Path file = folder.resolve("file");

        CommandResult result =
                sh("echo out; echo error >&2").stdout(Redirect.to(file)).run(OPTIONS);

        assertThat(result.stdout().bytes()).isEmpty();
        assertThat(result.stderr().text()).isEqualTo("error\n");
        assertThat(file).hasContent("out");
    }

    @Test
    void mergesErrorsIntoOutput() throws Exception {
        CommandResult result =
                sh("echo 1; echo 2 >&2; echo 3").stderr(Redirect.STDOUT).run(OPTIONS);

        assertThat(result.stdout().lines()).containsExactly("1", "2", "3");
        assertThat(result.stderr().bytes()).isEmpty();
    }

    @Test
    void decodesAsAsked() throws Exception {
        CapturedOutput output = PidfdProcess.builder("printf", "\\344\\374").run(OPTIONS).stdout();

        assertThat(output.text(StandardCharsets.ISO_8859_1)).isEqualTo("\u00e4\u00fc");
        assertThat(output.bytes()).containsExactly(0xe4, 0xfc);
    }

    // Bounds

    @Test
    void failsBeyondTheBound() {
        CommandException failure =
                failure(PidfdProcess.builder("yes"), OPTIONS.stdout(Capture.failBeyond(10)));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.OUTPUT);
        assertThat(failure).hasMessage("\"yes\" wrote more than 10 bytes to its standard output");
        assertThat(failure.result().stdout().text()).isEqualTo("y\ny\ny\ny\ny\n");
        assertThat(failure.result().stdout().isTruncated()).isTrue();
        assertThat(failure.result().stdout().isCut()).isTrue();
        assertThat(failure.result().exitStatus()).isInstanceOf(ExitStatus.Killed.class);
    }

    @Test
    void keepsAsMuchAsTheBoundAllows() throws Exception {
        CapturedOutput output =
                PidfdProcess.builder("printf", "0123456789")
                        .run(OPTIONS.stdout(Capture.failBeyond(10)))
                        .stdout();

        assertThat(output.text()).isEqualTo("0123456789");
        assertThat(output.isTruncated()).isFalse();
    }

    @Test
    void keepsTheHead() throws Exception {
        CapturedOutput output =
                PidfdProcess.builder("seq", "1", "100000")
                        .run(OPTIONS.stdout(Capture.keepHead(9)))
                        .stdout();

        assertThat(output.text()).isEqualTo("1\n2\n3\n4\n5");
        assertThat(output.total()).isEqualTo(588_895);
        assertThat(output.isTruncated()).isTrue();
        assertThat(output.isCut()).isFalse();
    }

    @Test
    void keepsTheTail() throws Exception {
        for (int limit : new int[] {0, 1, 9, 4096, 65536, 100_000, 588_894}) {
            CapturedOutput output =
                    PidfdProcess.builder("seq", "1", "100000")
                            .run(OPTIONS.stdout(Capture.keepTail(limit)))
                            .stdout();

            assertThat(output.bytes()).hasSize(limit);
            assertThat(Seq.to(100_000)).endsWith(output.text());
            assertThat(output.total()).isEqualTo(588_895);
            assertThat(output.isTruncated()).isTrue();
        }
    }

    @Test
    void keepsAllOfWhatIsShorterThanTheTail() throws Exception {
        CapturedOutput output =
                PidfdProcess.builder("seq", "1", "1000")
                        .run(OPTIONS.stdout(Capture.keepTail(MIB)))
                        .stdout();

        assertThat(output.text()).isEqualTo(Seq.to(1000));
        assertThat(output.isTruncated()).isFalse();
    }

    // Many

    /** Timers that are not due for an hour must not keep what they are no longer needed for. */
    @Test
    void nothingIsKeptOfARunThatHasEnded() throws Exception {
        List<WeakReference<CommandResult>> results = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            results.add(
                    new WeakReference<>(
                            PidfdProcess.builder("true")
                                    .run(
                                            RunOptions.timeout(Duration.ofHours(1))
                                                    .linger(Duration.ofHours(1)))));
        }

        Eventually.isTrue(
                "the results are collected",
                () -> {
                    System.gc();
                    return results.stream().allMatch(result -> result.get() == null);
                });
    }

    @Test
    void runsManyAtOnceWithoutAThreadForEach() throws Exception {
        int before = Thread.getAllStackTraces().size();
        List<CompletableFuture<CommandResult>> runs = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            runs.add(
                    sh("read line; echo $line; echo error >&2; sleep 0.2")
                            .runAsync(OPTIONS.stdin("line " + i + "\n")));
        }
        int threads = Thread.getAllStackTraces().size();

        for (int i = 0; i < runs.size(); i++) {
            CommandResult result = runs.get(i).get(30, TimeUnit.SECONDS);
            assertThat(result.stdout().text()).isEqualTo("line " + i + "\n");
            assertThat(result.stderr().text()).isEqualTo("error\n");
        }
        assertThat(threads - before).isLessThan(20);
    }

    @Test
    void runsWithinAListener() throws Exception {
        CompletableFuture<String> inner = new CompletableFuture<>();

        PidfdProcess.builder("echo", "outer")
                .run(
                        OPTIONS.stdout(
                                Capture.keepTail(0)
                                        .lines(line -> inner.complete(runNested(line)))));

        assertThat(inner.get()).isEqualTo("outer inner\n");
    }

    private static String runNested(String line) {
        try {
            return PidfdProcess.builder("echo", line, "inner")
                    .run(RunOptions.timeout(ofMinutes(1)))
                    .stdout()
                    .text();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
