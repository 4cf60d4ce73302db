// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.internal.os.Confinement;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.TestCgroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs of docs/recipes.md, word for word: what stands between "begin" and "end" is what the
 * document shows, to which the last test holds the two.
 */
@Timeout(60)
class RecipesTest {
    @TempDir private Path folder;
    private Path scratch;

    @BeforeEach
    void makeScratch() throws Exception {
        scratch = Files.createDirectory(folder.resolve("scratch"));
    }

    private static void assumeConfinement() {
        assumeTrue(
                Confinement.has(Confinement.LANDLOCK | Confinement.NETWORK_NAMESPACE),
                "Landlock or network namespaces are missing");
    }

    // begin 1
    /** What the model is told of a tool. */
    record Answer(String status, String output, String errors, Duration duration) {}

    static Answer runTool(List<String> command, String input, Path scratch)
            throws InterruptedException {
        Sandbox sandbox =
                Sandbox.of(scratch)
                        .time(ofSeconds(30))
                        .cpuTime(ofSeconds(10))
                        .memory(512L << 20)
                        .processes(64)
                        .output(1 << 20)
                        .noNetwork()
                        .bestEffort(Sandbox.Limit.PROCESSES); // or root needs a cgroup
        try {
            CommandResult result =
                    PidfdProcess.builder(command)
                            .sandbox(sandbox)
                            .keepEnv("PATH", "LANG", "LC_*", "TMPDIR")
                            .env("HOME", scratch.toString())
                            .umask(0077)
                            .nice(10)
                            .limit(Resource.CORE, 0)
                            .softLimit(Resource.NOFILE, 1024)
                            .run(
                                    RunOptions.noTimeout() // the sandbox has one
                                            .anyExit()
                                            .stdin(input)
                                            .stdout(Capture.keepTail(64 * 1024))
                                            .stderr(Capture.keepTail(16 * 1024)));
            return answer(inWords(result.exitStatus()), result);
        } catch (CommandException e) {
            return answer(
                    switch (e.reason()) {
                        case TIMEOUT -> "took too long";
                        case OUTPUT -> "said too much";
                        default -> e.reason().toString();
                    },
                    e.result());
        } catch (SpawnException e) {
            return new Answer("was not started: " + e.getMessage(), "", "", Duration.ZERO);
        }
    }

    static String inWords(ExitStatus status) {
        if (status instanceof ExitStatus.OutOfMemory) {
            return "wanted too much memory";
        }
        if (status instanceof ExitStatus.Killed killed) {
            return killed.signal().equals(Signal.XCPU)
                    ? "computed for too long"
                    : "was ended by " + killed.signal();
        }
        return "exited with " + status.exitValue();
    }

    static Answer answer(String status, CommandResult result) {
        return new Answer(
                status, result.stdout().text(), result.stderr().text(), result.duration());
    }

    // end

    @Test
    void aToolAnswers() throws Exception {
        assumeConfinement();
        Answer answer =
                runTool(
                        List.of(
                                "sh",
                                "-c",
                                "cat; echo $HOME; echo oops >&2; echo x > file; exit 3"),
                        "input\n",
                        scratch);
        assertThat(answer.status()).isEqualTo("exited with 3");
        assertThat(answer.output()).isEqualTo("input\n" + scratch + "\n");
        assertThat(answer.errors()).isEqualTo("oops\n");
        assertThat(scratch.resolve("file")).hasContent("x");
    }

    @Test
    void aToolThatMeansNoGoodIsToldSo() throws Exception {
        assumeConfinement();
        assertThat(runTool(List.of("yes"), "", scratch).status()).isEqualTo("said too much");
        assertThat(runTool(List.of("/no/such"), "", scratch).status())
                .startsWith("was not started: ")
                .contains("No such file");
        Answer outside = runTool(List.of("sh", "-c", "echo x > ../file"), "", scratch);
        assertThat(outside.errors()).contains("ermission denied");
        Answer hog = runTool(List.of("tail", "/dev/zero"), "", scratch);
        assertThat(hog.status() + hog.errors()).containsAnyOf("too much memory", "exhausted");
    }

    // begin 2
    /** What is known of an action that has run. */
    record Action(Duration wall, Duration cpu, OptionalLong peakMemoryBytes, String diagnostics) {}

    static SpawnTemplate compiler(String program, Path project, Path out) throws SpawnException {
        return SpawnTemplate.builder(program)
                .directory(project)
                .keepEnv() // none of ours
                .env("PATH", "/usr/bin:/bin")
                .env("LC_ALL", "C.UTF-8")
                .env("SOURCE_DATE_EPOCH", "0")
                .env("TMPDIR", out.toString())
                .readOnlyExcept(out)
                .noNetwork()
                .umask(0022)
                .limit(Resource.CORE, 0)
                .stdin(Redirect.DISCARD)
                .stderr(Redirect.STDOUT) // in the order in which it was said
                .build();
    }

    static Action compile(SpawnTemplate compiler, Optional<Cgroup> cgroup, List<String> arguments)
            throws IOException, InterruptedException {
        EmptyProcess process = compiler.prepare().args(arguments);
        if (cgroup.isPresent()) {
            process.cgroup(cgroup.get());
        }
        RunOptions options =
                RunOptions.timeout(ofMinutes(5)).stdout(Capture.keepTail(256 * 1024)).leaveNobody();
        try {
            CommandResult result = process.run(options);
            OptionalLong peak =
                    cgroup.isPresent()
                            ? cgroup.get().usage().peakMemoryBytes()
                            : result.resourceUsage().maxResidentBytes();
            return new Action(
                    result.duration(),
                    result.resourceUsage().cpuTime(),
                    peak,
                    result.stdout().text());
        } catch (CommandException e) {
            throw new IOException(e.getMessage() + "\n" + e.result().stdout(), e);
        }
    }

    // end

    private static Optional<Cgroup> cgroup() throws IOException {
        return TestCgroup.canBeMade() ? Optional.of(Cgroup.create()) : Optional.empty();
    }

    /** The tests need no compiler: cp(1) makes an output of an input as well. */
    @Test
    void anActionIsRun() throws Exception {
        assumeConfinement();
        Files.writeString(folder.resolve("a.c"), "int a;");
        Optional<Cgroup> cgroup = cgroup();
        try (SpawnTemplate copier = compiler("cp", folder, scratch)) {
            Action action = compile(copier, cgroup, List.of("-v", "a.c", "scratch/a.o"));
            assertThat(scratch.resolve("a.o")).hasContent("int a;");
            assertThat(action.diagnostics()).contains("a.o");
            assertThat(action.wall()).isPositive();
            assertThat(action.cpu()).isPositive();
        } finally {
            if (cgroup.isPresent()) {
                cgroup.get().close();
            }
        }
    }

    @Test
    void anActionThatWritesElsewhereFailsWithWhatItSaid() throws Exception {
        assumeConfinement();
        Files.writeString(folder.resolve("a.c"), "int a;");
        try (SpawnTemplate copier = compiler("cp", folder, scratch)) {
            assertThatThrownBy(
                            () -> compile(copier, Optional.empty(), List.of("a.c", "generated.c")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("exit code 1")
                    .hasMessageContaining("Permission denied");
            assertThat(folder.resolve("generated.c")).doesNotExist();
        }
    }

    @Test
    void anActionHasTheSameEnvironmentEverywhere() throws Exception {
        assumeConfinement();
        try (SpawnTemplate probe = compiler(Probe.PROGRAM, folder, scratch)) {
            Action action = compile(probe, Optional.empty(), List.of());
            assertThat(action.diagnostics().lines().filter(line -> line.startsWith("env.")))
                    .hasSize(4);
        }
    }

    // begin 3
    /** A program in a browser: one of these for each WebSocket. */
    static final class WebTerminal implements AutoCloseable {
        private final PidfdProcess process;

        /** Sends what the program shows to the browser, in order, on one thread. */
        WebTerminal(List<String> command, WindowSize window, Consumer<byte[]> browser)
                throws SpawnException {
            process =
                    PidfdProcess.builder(command)
                            .env("TERM", "xterm-256color")
                            .terminal(window)
                            .teardown(Teardown.DEFAULT.ofGroup().atShutdown())
                            .start();
            Thread reader = new Thread(() -> show(browser), "terminal-" + process.pid());
            reader.setDaemon(true);
            reader.start();
        }

        private void show(Consumer<byte[]> browser) {
            byte[] shown = new byte[8192];
            try {
                InputStream screen = process.getInputStream();
                for (int n = screen.read(shown); n >= 0; n = screen.read(shown)) {
                    browser.accept(Arrays.copyOf(shown, n));
                }
            } catch (IOException e) {
                // closed by us: there is nobody left who would look
            }
        }

        /** For a binary message: keys. Waits while the program does not read. */
        synchronized void type(byte[] keys) throws IOException {
            OutputStream keyboard = process.getOutputStream();
            keyboard.write(keys);
            keyboard.flush();
        }

        /** For a text message: the browser's window has another size. */
        void resize(int rows, int columns) throws IOException {
            process.windowSize(new WindowSize(rows, columns));
        }

        /** Completed when the program has ended: time to close the WebSocket. */
        CompletableFuture<ExitStatus> ended() {
            return process.exited();
        }

        /** For the end of the WebSocket: hangs up, and ends what does not heed that. */
        @Override
        public void close() throws IOException {
            process.close();
        }
    }

    // end

    @Test
    void aBrowserTypesAndSees() throws Exception {
        BlockingQueue<byte[]> browser = new LinkedBlockingQueue<>();
        String script = "stty size; read line; stty size; echo \"got $line\"; exec sleep 600";
        WebTerminal terminal =
                new WebTerminal(List.of("sh", "-c", script), new WindowSize(24, 80), browser::add);
        try (terminal) {
            awaitShown(browser, "24 80");
            terminal.resize(50, 132);
            terminal.type("it\n".getBytes(StandardCharsets.UTF_8));
            assertThat(awaitShown(browser, "got it")).contains("50 132");
        }
        assertThat(terminal.ended())
                .succeedsWithin(ofSeconds(30))
                .isInstanceOf(ExitStatus.Killed.class);
    }

    /** All that is shown until {@code text} is. */
    private static String awaitShown(BlockingQueue<byte[]> browser, String text) throws Exception {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(text) < 0) {
            byte[] more = browser.poll(30, TimeUnit.SECONDS);
            assertThat(more).as("what is shown after \"%s\"", all).isNotNull();
            all.append(new String(more, StandardCharsets.UTF_8));
        }
        return all.toString();
    }

    // The document

    @Test
    void theDocumentShowsThisCode() throws Exception {
        String source =
                Files.readString(Path.of("src/test/java/io/github/spawn4j/RecipesTest.java"));
        String document = Files.readString(Path.of("docs/recipes.md"));
        for (int recipe = 1; recipe <= 3; recipe++) {
            String code = source.split("// begin " + recipe + "\n")[1].split("// end\n")[0];
            String shown = document.split("```java\n")[recipe].split("```")[0];
            assertThat(words(shown)).as("recipe " + recipe).isEqualTo(words(code));
        }
    }

    /** Without what a formatter may change. */
    private static String words(String code) {
        return Stream.of(code.split("\\s+")).reduce("", String::concat);
    }
}
