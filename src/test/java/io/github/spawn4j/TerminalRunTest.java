// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayInputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Running a process on a terminal to its end. */
@Timeout(60)
class TerminalRunTest {
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50)).expectExit(0);
    private static final WindowSize SIZE = new WindowSize(24, 80);

    @TempDir Path folder;

    private static EmptyProcess onTerminal(String program, String... args) {
        return PidfdProcess.builder(program, args).terminal(SIZE);
    }

    @Test
    void capturesWhatItShows() throws Exception {
        CommandResult result =
                onTerminal("sh", "-c", "stty size; echo error >&2; tput bold 2> /dev/null; exit 3")
                        .env("TERM", "xterm")
                        .run(OPTIONS.expectExit(3));

        assertThat(result.stdout().lines()).startsWith("24 80", "error");
        assertThat(result.stderr().bytes()).isEmpty();
        assertThat(result.exitValue()).isEqualTo(3);
        assertThat(result.stdout().isCut()).isFalse();
    }

    @Test
    void losesNothingOfMuch() throws Exception {
        CommandResult result = onTerminal("seq", "1", "100000").run(OPTIONS);

        assertThat(result.stdout().lines()).hasSize(100_000).endsWith("99999", "100000");
    }

    /** Its echo comes first. */
    @Test
    void typesAnInputAndItsEnd() throws Exception {
        assertThat(onTerminal("cat").run(OPTIONS.stdin("a\nb\n")).stdout().lines())
                .containsSubsequence("a", "a")
                .contains("b");
        assertThat(onTerminal("cat").run(OPTIONS.stdin("no end of line")).stdout().text())
                .isEqualTo("no end of line".repeat(2));
        assertThat(onTerminal("wc", "-c").run(OPTIONS).stdout().text().strip()).isEqualTo("0");
    }

    /** It closes its standard streams a moment before it exits. */
    @Test
    void doesNotHangUpOnWhoIsAboutToExit() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(onTerminal("sort").run(OPTIONS.stdin("b\na\n")).isSuccess()).isTrue();
        }
        assertThat(
                        onTerminal("sh", "-c", "exec <&- >&- 2>&-; sleep 0.3; exit 5")
                                .run(OPTIONS.expectExit(5))
                                .isSuccess())
                .isFalse();
    }

    /** Who has let go of its terminal will never read it, and takes no time of ours. */
    @Test
    void typesNothingMoreWhereNobodyHasTheTerminal() throws Exception {
        onTerminal("sh", "-c", "exec <&- >&- 2>&-; sleep 1")
                .run(OPTIONS.stdin(new byte[1_500_000]));
        long cpuNs = reactorCpuNs();

        onTerminal("sh", "-c", "exec <&- >&- 2>&-; sleep 1")
                .run(OPTIONS.stdin(new byte[1_500_000]));

        assertThat(reactorCpuNs() - cpuNs).as("CPU of the reactor").isLessThan(400_000_000L);
    }

    private static long reactorCpuNs() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().equals("spawn4j-reactor"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .sum();
    }

    @Test
    void losesNothingWhenItIsCut() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<CommandResult> run =
                onTerminal("sh", "-c", "trap '' HUP; sleep 600 & echo $!; seq 1 1800")
                        .runAsync(
                                OPTIONS.linger(Duration.ZERO)
                                        .stdout(
                                                Capture.keepHead(1 << 20)
                                                        .buffers(bytes -> await(go))));
        go.countDown();
        List<String> lines = run.get(30, TimeUnit.SECONDS).stdout().lines();
        ProcessHandle.of(Long.parseLong(lines.get(0))).ifPresent(ProcessHandle::destroyForcibly);

        assertThat(lines).hasSize(1801).endsWith("1800");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void readsAFileWhereOnlyOutputIsShown() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "from the file\n");

        CommandResult result = onTerminal("cat").stdin(Redirect.PIPE).run(OPTIONS.stdin(file));

        assertThat(result.stdout().text()).isEqualTo("from the file\r\n");
    }

    @Test
    void isNoStageOfAPipeline() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                Pipeline.of(
                                                PidfdProcess.builder("cat"),
                                                onTerminal("cat").stdin(Redirect.PIPE))
                                        .run(OPTIONS))
                .withMessage("stage 1 (\"cat\") is to have a terminal");
    }

    @Test
    void typesAStreamAndItsEnd() throws Exception {
        byte[] typed = "a\nb\n".getBytes(StandardCharsets.US_ASCII);

        CommandResult result =
                onTerminal("wc", "-l").run(OPTIONS.stdin(new ByteArrayInputStream(typed)));

        assertThat(result.stdout().lines()).last().asString().isEqualTo("2");
    }

    @Test
    void keepsErrorsApartIfTheyArePiped() throws Exception {
        List<String> lines = new ArrayList<>();

        CommandResult result =
                onTerminal("sh", "-c", "echo out; echo error >&2")
                        .stderr(Redirect.PIPE)
                        .run(OPTIONS.stdout(Capture.keepTail(99).lines(lines::add)));

        assertThat(lines).containsExactly("out");
        assertThat(result.stderr().text()).isEqualTo("error\n");
    }

    @Test
    void showsErrorsOnTheTerminalIfOnlyOutputIsPiped() throws Exception {
        CommandResult result =
                onTerminal("sh", "-c", "echo out; echo error >&2")
                        .stdout(Redirect.PIPE)
                        .run(OPTIONS);

        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().text()).isEqualTo("error\r\n");
    }

    @Test
    void cannotTypeAFile() {
        assertThatIllegalStateException()
                .isThrownBy(() -> onTerminal("cat").run(OPTIONS.stdin(folder.resolve("file"))))
                .withMessageContaining("there is an input");
    }
}
