// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pairs of the README's section "Before and after", word for word: what people write with
 * ProcessBuilder, and what they can write instead. The code between "begin" and "end" is what the
 * README shows; the last test holds the two together.
 */
@Timeout(60)
class InsteadOfProcessBuilderTest {
    @TempDir Path folder;

    // 1: the output of a command

    private static String versionBefore() throws IOException, InterruptedException {
        // begin 1
        Process process = new ProcessBuilder("sh", "-c", "echo 1.2.3; echo noise >&2").start();
        process.getOutputStream().close();
        String version = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException("failed, and what it said is lost");
        }
        // end
        return version;
    }

    private static String versionAfter() throws IOException, InterruptedException {
        // begin 1
        String version =
                PidfdProcess.builder("sh", "-c", "echo 1.2.3; echo noise >&2")
                        .run(RunOptions.timeout(ofSeconds(10)))
                        .stdout()
                        .text();
        // end
        return version;
    }

    @Test
    void output() throws Exception {
        assertThat(versionBefore()).isEqualTo("1.2.3\n");
        assertThat(versionAfter()).isEqualTo("1.2.3\n");
    }

    // 2: both outputs, and a time limit

    private static void buildBefore(List<String> command) throws Exception {
        // begin 2
        Process process = new ProcessBuilder(command).start();
        CompletableFuture<byte[]> out =
                CompletableFuture.supplyAsync(() -> readAll(process.getInputStream()));
        CompletableFuture<byte[]> err =
                CompletableFuture.supplyAsync(() -> readAll(process.getErrorStream()));
        if (!process.waitFor(2, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly); // those it can find
            process.destroyForcibly();
            throw new TimeoutException(new String(err.get()));
        }
        System.out.println(new String(out.get()));
        // end
    }

    private static byte[] readAll(java.io.InputStream in) {
        try (in) {
            return in.readAllBytes();
        } catch (IOException e) {
            return new byte[0];
        }
    }

    private static void buildAfter(List<String> command) throws Exception {
        // begin 2
        CommandResult result =
                PidfdProcess.builder(command)
                        .teardown(Teardown.DEFAULT.ofGroup())
                        .run(RunOptions.timeout(ofSeconds(2)));
        System.out.println(result.stdout());
        // end
    }

    @Test
    void bothOutputsInTime() throws Exception {
        List<String> tooLong = List.of("sh", "-c", "echo cause >&2; sleep 600; :");

        // What it said may be lost: destroyForcibly closes the streams that are being read.
        assertThatThrownBy(() -> buildBefore(tooLong)).isInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> buildAfter(tooLong))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("took longer than 2s")
                .hasMessageContaining("cause");
        buildBefore(List.of("echo", "built"));
        buildAfter(List.of("echo", "built"));
    }

    // 3: lines while it runs

    private static List<String> followBefore() throws Exception {
        List<String> log = new ArrayList<>();
        // begin 3
        Process process = new ProcessBuilder("make", "--version").redirectErrorStream(true).start();
        Thread reader =
                new Thread(
                        () -> {
                            try (BufferedReader lines = process.inputReader()) {
                                lines.lines().forEach(log::add);
                            } catch (IOException e) {
                                e.printStackTrace();
                            }
                        });
        reader.start();
        int exit = process.waitFor();
        reader.join();
        // end
        assertThat(exit).isZero();
        return log;
    }

    private static List<String> followAfter() throws Exception {
        List<String> log = new ArrayList<>();
        // begin 3
        int exit =
                PidfdProcess.builder("make", "--version")
                        .stderr(Redirect.STDOUT)
                        .run(
                                RunOptions.noTimeout()
                                        .anyExit()
                                        .stdout(Capture.keepTail(64 * 1024).lines(log::add)))
                        .exitValue();
        // end
        assertThat(exit).isZero();
        return log;
    }

    @Test
    void linesWhileItRuns() throws Exception {
        assertThat(followBefore()).isEqualTo(followAfter()).isNotEmpty();
    }

    // 4: a pipeline

    private static String countBefore(Path file) throws Exception {
        // begin 4
        List<Process> stages =
                ProcessBuilder.startPipeline(
                        List.of(
                                new ProcessBuilder("sort", file.toString()),
                                new ProcessBuilder("uniq", "-c")));
        String counts = new String(stages.get(1).getInputStream().readAllBytes());
        for (Process stage : stages) {
            if (stage.waitFor() != 0) {
                throw new IOException("one of them has failed");
            }
        }
        // end
        return counts;
    }

    private static String countAfter(Path file) throws Exception {
        // begin 4
        String counts =
                Pipeline.of(
                                PidfdProcess.builder("sort", file.toString()),
                                PidfdProcess.builder("uniq", "-c"))
                        .run(RunOptions.timeout(ofSeconds(10)))
                        .stdout()
                        .text();
        // end
        return counts;
    }

    @Test
    void aPipeline() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "b\na\nb\n");

        assertThat(countBefore(file)).isEqualTo(countAfter(file)).contains("2 b");
        assertThatThrownBy(() -> countAfter(folder.resolve("none")))
                .hasMessageContaining("stage 0")
                .hasMessageContaining("No such file");
    }

    // 5: a server that must not outlive its user

    private static ProcessHandle serveBefore() throws Exception {
        // begin 5
        Process server = new ProcessBuilder("sh", "-c", "sleep 600 & wait").start();
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroy));
        try {
            use(server);
        } finally {
            server.descendants().forEach(ProcessHandle::destroy); // not those that start meanwhile
            server.destroy();
            if (!server.waitFor(2, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        }
        // end
        return server.toHandle();
    }

    private static ProcessHandle serveAfter() throws Exception {
        ProcessHandle handle;
        // begin 5
        try (PidfdProcess server =
                PidfdProcess.builder("sh", "-c", "sleep 600 & wait")
                        .teardown(Teardown.DEFAULT.ofGroup().atShutdown())
                        .start()) {
            use(server);
            // end
            handle = server.toHandle();
        }
        return handle;
    }

    private static void use(Process server) {
        assertThat(server.isAlive()).isTrue();
    }

    @Test
    void aServer() throws Exception {
        assertThat(serveBefore().isAlive()).isFalse();
        assertThat(serveAfter().isAlive()).isFalse();
    }

    // The README

    @Test
    void theReadmeShowsThisCode() throws Exception {
        String source =
                Files.readString(
                        Path.of(
                                "src/test/java/io/github/spawn4j",
                                "InsteadOfProcessBuilderTest.java"));
        String section =
                Files.readString(Path.of("README.md"))
                        .split("## Before and after\n")[1]
                        .split("\n## ")[0];

        for (int pair = 1; pair <= 5; pair++) {
            String[] parts = source.split("// begin " + pair + "\n");
            assertThat(parts).as("pair " + pair).hasSize(3);
            for (int side = 1; side <= 2; side++) {
                String code = parts[side].split("// end\n")[0];
                assertThat(words(section)).as("pair " + pair).contains(words(code));
            }
        }
    }

    /** Without what a formatter may change. */
    private static String words(String code) {
        return Stream.of(code.split("\\s+")).reduce("", String::concat);
    }
}
