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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
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
        assumeTrue(
                Confinement.has(Confinement.LANDLOCK | Confinement.NETWORK_NAMESPACE),
                "Landlock or network namespaces are missing");
        scratch = Files.createDirectory(folder.resolve("scratch"));
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
        try (SpawnTemplate probe = compiler(Probe.PROGRAM, folder, scratch)) {
            Action action = compile(probe, Optional.empty(), List.of());
            assertThat(action.diagnostics().lines().filter(line -> line.startsWith("env.")))
                    .hasSize(4);
        }
    }

    // The document

    @Test
    void theDocumentShowsThisCode() throws Exception {
        String source =
                Files.readString(Path.of("src/test/java/io/github/spawn4j/RecipesTest.java"));
        String document = Files.readString(Path.of("docs/recipes.md"));
        for (int recipe = 1; recipe <= 2; recipe++) {
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
