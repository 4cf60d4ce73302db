// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.spawn4j.testing.Differences;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each case is run by the JDK's {@link ProcessBuilder} and by {@link EmptyProcess#from}, in the
 * same folder made anew, and has the same outcome; or its difference is listed in {@code
 * docs/differences.md}.
 */
@Timeout(60)
class LikeProcessBuilderTest {
    /** How newer JDKs say what JDK 17 says. */
    private static final Pattern NEWER_TEXT =
            Pattern.compile("Exec failed, error: (\\d+) \\((.*)\\) ?");

    @TempDir Path parent;

    private Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = parent.toRealPath().resolve("folder");
    }

    /** Prepares {@link #folder}, which is empty, and says what is to be started. */
    private interface Case {
        ProcessBuilder prepare() throws Exception;
    }

    private interface Starter {
        Process start(ProcessBuilder builder) throws IOException;
    }

    /** What a case comes to: the exception and its cause, or what the process did. */
    private record Outcome(
            Throwable failure, int exit, String out, String err, Map<String, String> files) {}

    private Outcome run(Case prepared, Starter starter) throws Exception {
        clear();
        ProcessBuilder builder = prepared.prepare();
        Process process;
        try {
            process = starter.start(builder);
        } catch (Exception e) {
            return new Outcome(e, 0, "", "", files());
        }
        process.getOutputStream().close();
        String out = text(process.getInputStream().readAllBytes());
        String err = text(process.getErrorStream().readAllBytes());
        return new Outcome(null, process.waitFor(), out, err, files());
    }

    private void clear() throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectory(folder);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(folder.relativize(file).toString(), text(Files.readAllBytes(file)));
            }
        }
        return contents;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private Outcome assertSame(Case prepared) throws Exception {
        Outcome theirs = run(prepared, ProcessBuilder::start);
        Outcome ours = run(prepared, builder -> EmptyProcess.from(builder).start());
        assertThat(ours.files).as("files").isEqualTo(theirs.files);
        if (theirs.failure == null) {
            assertThat(ours).isEqualTo(theirs);
        } else {
            assertSameFailure(ours.failure, theirs.failure);
        }
        return ours;
    }

    private static void assertSameFailure(Throwable ours, Throwable theirs) {
        assertThat(ours).isInstanceOf(theirs.getClass());
        assertThat(ours).hasMessageStartingWith(asJdk17(theirs.getMessage()));
        if (theirs.getCause() != null) {
            // Those who start processes in the JDK's place let it say which program it was.
            assertThat(ours).hasMessageEndingWith(": " + ours.getCause().getMessage());
            assertThat(ours.getCause()).isInstanceOf(theirs.getCause().getClass());
            assertThat(ours.getCause())
                    .hasMessageStartingWith(asJdk17(theirs.getCause().getMessage()));
        }
    }

    private static String asJdk17(String message) {
        String older = NEWER_TEXT.matcher(message).replaceAll("error=$1, $2");
        if (!older.equals(message)) {
            Differences.assertListed("text of an error");
        }
        return older;
    }

    private Path script(String name, String content) throws Exception {
        Path script = folder.resolve(name);
        Files.createDirectories(script.getParent());
        Files.writeString(script, content);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private static ProcessBuilder shell(String script) {
        return new ProcessBuilder("sh", "-c", script);
    }

    // The command

    @Test
    void passesArguments() throws Exception {
        Outcome outcome =
                assertSame(
                        () ->
                                new ProcessBuilder(
                                        "printf",
                                        "%s|",
                                        "",
                                        "a b",
                                        "gr\u00fcn",
                                        "\ufffd",
                                        "'\"\n"));

        assertThat(outcome.out).isNotEmpty();
    }

    @Test
    void tellsExitCodes() throws Exception {
        assertThat(assertSame(() -> shell("exit 7")).exit).isEqualTo(7);
        assertThat(assertSame(() -> shell("kill -TERM $$")).exit).isEqualTo(128 + 15);
    }

    @Test
    void searchesThePathOfTheJvm() throws Exception {
        Outcome outcome =
                assertSame(
                        () -> {
                            script("sh", "#!/bin/false\n");
                            ProcessBuilder builder = shell("echo \"$PATH\"");
                            builder.environment().put("PATH", folder.toString());
                            return builder;
                        });

        assertThat(outcome.out).isEqualTo(folder + "\n");
    }

    @Test
    void countsARelativeProgramFromTheDirectory() throws Exception {
        Outcome outcome =
                assertSame(
                        () -> {
                            script("sub/tool", "#!/bin/sh\necho \"$0 in $(pwd)\"\n");
                            return new ProcessBuilder("sub/tool").directory(folder.toFile());
                        });

        assertThat(outcome.out).isEqualTo("sub/tool in " + folder + "\n");
        assertSame(() -> new ProcessBuilder("./missing").directory(folder.toFile()));
    }

    // Files that are no programs

    @Test
    void runsAFileThatIsNoProgramByTheShell() throws Exception {
        Outcome outcome =
                assertSame(
                        () -> {
                            String script = script("script", "echo \"$0|$1|$2\"\n").toString();
                            return new ProcessBuilder(script, "a b", "");
                        });

        assertThat(outcome.out).isEqualTo(folder + "/script|a b|\n");
        assertThat(assertSame(() -> new ProcessBuilder(script("empty", "").toString())).exit)
                .isZero();
        assertSame(
                () -> {
                    script("script", "echo \"$0\"\n");
                    return new ProcessBuilder("./script").directory(folder.toFile());
                });
        assertSame(() -> new ProcessBuilder(script("binary", "\u0001\u0002").toString()));
    }

    @Test
    void doesNotRunOneWhoseInterpreterIsMissing() throws Exception {
        assertSame(() -> new ProcessBuilder(script("script", "#!/no/such\n").toString()));
        assertSame(() -> new ProcessBuilder(script("script", "#!/bin/sh\r\n").toString()));
    }

    // Failures

    @Test
    void tellsThatThereIsNoProgram() throws Exception {
        assertSame(() -> new ProcessBuilder("no-such-program", "argument"));
        assertSame(() -> new ProcessBuilder("/no/such/program"));
        assertSame(() -> new ProcessBuilder("/etc/passwd/program"));
        assertSame(() -> new ProcessBuilder("no-such-program").directory(folder.toFile()));
    }

    @Test
    void tellsThatAFileMayNotBeExecuted() throws Exception {
        assertSame(() -> new ProcessBuilder("/etc/passwd"));
        assertSame(() -> new ProcessBuilder("/etc"));
        assertSame(() -> new ProcessBuilder("./").directory(folder.toFile()));
    }

    @Test
    void tellsThatThereIsNoDirectory() throws Exception {
        assertSame(() -> new ProcessBuilder("true").directory(new File("/no/such")));
        assertSame(() -> new ProcessBuilder("true").directory(new File("/etc/passwd")));
        assertSame(() -> new ProcessBuilder("no-such").directory(new File("/no/such")));
    }

    @Test
    void tellsThatArgumentsAreTooLong() throws Exception {
        assertSame(() -> new ProcessBuilder("true", "x".repeat(200_000)));
        assertSame(() -> new ProcessBuilder("x".repeat(300)));
        assertSame(() -> new ProcessBuilder("/" + "x/".repeat(3000)));
    }

    @Test
    void tellsOfFilesOfRedirects() throws Exception {
        File missing = folder.resolve("missing").toFile();
        File directory = folder.toFile();
        File unreachable = new File("/no/such/file");

        assertSame(() -> new ProcessBuilder("true").redirectInput(missing));
        assertSame(() -> new ProcessBuilder("true").redirectInput(directory));
        assertSame(() -> new ProcessBuilder("true").redirectOutput(directory));
        assertSame(() -> new ProcessBuilder("true").redirectError(unreachable));
        assertSame(
                () ->
                        new ProcessBuilder("true")
                                .redirectError(unreachable)
                                .redirectErrorStream(true));
        assertSame(
                () ->
                        new ProcessBuilder("true")
                                .redirectOutput(ProcessBuilder.Redirect.appendTo(directory)));
    }

    @Test
    void tellsOfTheFirstOfSeveralFailures() throws Exception {
        File missing = folder.resolve("missing").toFile();
        File made = folder.resolve("made").toFile();

        assertSame(
                () ->
                        new ProcessBuilder("no-such-program")
                                .directory(new File("/no/such"))
                                .redirectInput(missing)
                                .redirectOutput(made));
        Outcome outcome =
                assertSame(
                        () ->
                                new ProcessBuilder("no-such-program")
                                        .directory(new File("/no/such"))
                                        .redirectOutput(made));
        assertThat(outcome.files).containsEntry("made", "");
    }

    // Redirects

    @Test
    void redirectsToFiles() throws Exception {
        Outcome outcome =
                assertSame(
                        () -> {
                            Path in = Files.writeString(folder.resolve("in"), "input");
                            Path out = Files.writeString(folder.resolve("out"), "is emptied");
                            Path err = Files.writeString(folder.resolve("err"), "stays, ");
                            return shell("cat; echo more >&2")
                                    .redirectInput(in.toFile())
                                    .redirectOutput(out.toFile())
                                    .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()));
                        });

        assertThat(outcome.files)
                .containsEntry("out", "input")
                .containsEntry("err", "stays, more\n");
    }

    @Test
    void countsRelativeFilesFromTheDirectoryOfTheJvm() throws Exception {
        Path relative = Path.of("").toRealPath().relativize(folder);

        Outcome outcome =
                assertSame(
                        () -> {
                            Files.createDirectory(folder.resolve("sub"));
                            return new ProcessBuilder("pwd")
                                    .directory(relative.resolve("sub").toFile())
                                    .redirectOutput(relative.resolve("out").toFile());
                        });

        assertThat(outcome.files).containsEntry("out", folder + "/sub\n");
    }

    @Test
    void mergesStandardError() throws Exception {
        assertThat(assertSame(() -> shell("echo 1; echo 2 >&2").redirectErrorStream(true)).out)
                .isEqualTo("1\n2\n");
        assertSame(
                () ->
                        shell("echo 1; echo 2 >&2; echo 3")
                                .redirectOutput(folder.resolve("out").toFile())
                                .redirectErrorStream(true));
    }

    @Test
    void opensTheFileOfAMergedStandardError() throws Exception {
        Outcome created =
                assertSame(
                        () ->
                                shell("echo 1; echo 2 >&2")
                                        .redirectError(folder.resolve("err").toFile())
                                        .redirectErrorStream(true));
        Outcome emptied =
                assertSame(
                        () -> {
                            Path err = Files.writeString(folder.resolve("err"), "is emptied");
                            return shell("echo 1; echo 2 >&2")
                                    .redirectError(err.toFile())
                                    .redirectErrorStream(true);
                        });
        Outcome kept =
                assertSame(
                        () -> {
                            Path err = Files.writeString(folder.resolve("err"), "stays");
                            return shell("echo 1; echo 2 >&2")
                                    .redirectError(ProcessBuilder.Redirect.appendTo(err.toFile()))
                                    .redirectErrorStream(true);
                        });

        assertThat(created.files).isEqualTo(Map.of("err", ""));
        assertThat(emptied.files).isEqualTo(Map.of("err", ""));
        assertThat(kept.files).isEqualTo(Map.of("err", "stays"));
    }

    @Test
    void takesTheStreamsOfTheJvmAsFiles() throws Exception {
        ProcessBuilder.Redirect ours = ProcessBuilder.Redirect.appendTo(new File("/dev/stdin"));
        String stdin = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();

        Outcome outcome = assertSame(() -> shell("readlink /proc/$$/fd/2").redirectError(ours));

        assertThat(outcome.out).isEqualTo(stdin + "\n");
    }

    @Test
    void discards() throws Exception {
        assertSame(
                () ->
                        shell("echo 1; echo 2 >&2")
                                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                                .redirectError(ProcessBuilder.Redirect.DISCARD));
    }

    // The environment

    private static List<String> environment(Outcome outcome) {
        return Arrays.stream(outcome.out.split("\0")).sorted().toList();
    }

    private void assertSameEnvironment(Consumer<Map<String, String>> change) throws Exception {
        Case changed =
                () -> {
                    ProcessBuilder builder = new ProcessBuilder("cat", "/proc/self/environ");
                    change.accept(builder.environment());
                    return builder;
                };
        Outcome theirs = run(changed, ProcessBuilder::start);
        Outcome ours = run(changed, builder -> EmptyProcess.from(builder).start());

        assertThat(ours.failure).isNull();
        assertThat(environment(ours)).isEqualTo(environment(theirs));
    }

    @Test
    void passesTheEnvironment() throws Exception {
        assertSameEnvironment(variables -> {});
        assertSameEnvironment(Map::clear);
        assertSameEnvironment(variables -> variables.put("ADDED", "gr\u00fcn"));
        assertSameEnvironment(variables -> variables.put("PATH", ""));
        assertSameEnvironment(variables -> variables.remove("PATH"));
        assertSameEnvironment(variables -> variables.put("", "a variable without a name"));
        assertSameEnvironment(variables -> variables.entrySet().iterator().next().setValue("x"));
    }

    // Pipelines

    private interface PipelineStarter {
        List<? extends Process> start(List<ProcessBuilder> builders) throws IOException;
    }

    private static String runPipeline(List<ProcessBuilder> builders, PipelineStarter starter)
            throws Exception {
        List<? extends Process> stages = starter.start(builders);
        Process last = stages.get(stages.size() - 1);
        stages.get(0).getOutputStream().close();
        StringBuilder text = new StringBuilder(text(last.getInputStream().readAllBytes()));
        for (Process stage : stages) {
            text.append('|').append(stage.getInputStream().read());
            text.append(text(stage.getErrorStream().readAllBytes()));
            text.append(stage.waitFor());
        }
        return text.toString();
    }

    private static List<PidfdProcess> ours(List<ProcessBuilder> builders) throws IOException {
        return Pipeline.from(builders).start();
    }

    @Test
    void startsPipelines() throws Exception {
        Supplier<List<ProcessBuilder>> builders =
                () ->
                        List.of(
                                shell("echo b; echo a; echo b; echo said >&2; exit 3"),
                                shell("cat; echo c; echo merged >&2").redirectErrorStream(true),
                                new ProcessBuilder("sort"),
                                new ProcessBuilder("uniq", "-c"));

        String theirs = runPipeline(builders.get(), ProcessBuilder::startPipeline);

        assertThat(runPipeline(builders.get(), LikeProcessBuilderTest::ours)).isEqualTo(theirs);
        assertThat(theirs).contains("2 b").contains("1 merged");
        assertThat(runPipeline(List.of(shell("exit 4")), LikeProcessBuilderTest::ours))
                .isEqualTo(runPipeline(List.of(shell("exit 4")), ProcessBuilder::startPipeline));
    }

    @Test
    void redirectsTheEndsOfPipelines() throws Exception {
        Case ends =
                () -> {
                    Files.writeString(folder.resolve("in"), "b\na\n");
                    return new ProcessBuilder("sort");
                };
        for (PipelineStarter starter :
                List.<PipelineStarter>of(
                        ProcessBuilder::startPipeline, LikeProcessBuilderTest::ours)) {
            clear();
            List<ProcessBuilder> builders =
                    List.of(
                            ends.prepare().redirectInput(folder.resolve("in").toFile()),
                            new ProcessBuilder("head", "-n1")
                                    .redirectOutput(folder.resolve("out").toFile()));
            runPipeline(builders, starter);
            assertThat(files()).containsEntry("out", "a\n");
        }
    }

    // What is different

    @Test
    void refusesAtOnceWhatNoProcessCanHave() {
        Differences.assertListed("a command that cannot be");
        for (List<String> command :
                List.of(List.<String>of(), List.of(""), List.of("true", "a\0"), List.of("\0"))) {
            ProcessBuilder builder = new ProcessBuilder(command);

            assertThat(catchThrowable(builder::start))
                    .isInstanceOfAny(IOException.class, IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> EmptyProcess.from(builder))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        ProcessBuilder nothing = new ProcessBuilder("true", null);
        assertThat(catchThrowable(nothing::start)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> EmptyProcess.from(nothing))
                .isInstanceOf(NullPointerException.class);
        ProcessBuilder file = new ProcessBuilder("true").redirectOutput(new File("a\0"));
        assertThat(catchThrowable(file::start)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> EmptyProcess.from(file))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatCannotBeEncoded() throws Exception {
        Differences.assertListed("half of a surrogate pair");
        Case half = () -> new ProcessBuilder("printf", "a\ud800b");

        assertThat(run(half, ProcessBuilder::start).out).isEqualTo("a?b");
        assertThatThrownBy(() -> EmptyProcess.from(half.prepare()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void opensProcSelfOfTheChild() throws Exception {
        Differences.assertListed("a file that leads to `/proc/self`");
        Case self = () -> new ProcessBuilder("cat").redirectInput(new File("/proc/self/status"));
        String pid = "\nPid:\t" + ProcessHandle.current().pid() + "\n";

        assertThat(run(self, ProcessBuilder::start).out).contains(pid);
        assertThat(run(self, builder -> EmptyProcess.from(builder).start()).out)
                .doesNotContain(pid);
    }

    @Test
    void takesAnEmptyPathAsTheCurrentDirectory() throws Exception {
        Differences.assertListed("an empty path");
        Case empty = () -> new ProcessBuilder("pwd").directory(new File(""));

        assertThat(run(empty, ProcessBuilder::start).failure).isInstanceOf(IOException.class);
        assertThat(run(empty, builder -> EmptyProcess.from(builder).start()).out)
                .isEqualTo(Path.of("").toRealPath() + "\n");
        ProcessBuilder input = new ProcessBuilder("cat").redirectInput(new File(""));
        assertThatThrownBy(() -> EmptyProcess.from(input).start())
                .hasMessageEndingWith("(Is a directory)");
    }

    @Test
    void refusesNamesThatHaveLostTheirBytes() throws Exception {
        Differences.assertListed("a name that has lost its bytes");
        File lost = folder.resolve("lost\ufffd").toFile();
        Case writing = () -> new ProcessBuilder("true").redirectOutput(lost);

        assertThat(run(writing, ProcessBuilder::start).files).hasSize(1); // another file
        for (ProcessBuilder builder :
                List.of(
                        writing.prepare(),
                        new ProcessBuilder(lost.getPath()),
                        new ProcessBuilder("true").directory(lost))) {
            assertThatThrownBy(() -> EmptyProcess.from(builder))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("U+FFFD");
        }
    }

    @Test
    void startsABuilderInSeveralPipelines() throws Exception {
        Differences.assertListed("a builder in a second pipeline");
        List<ProcessBuilder> builders = List.of(shell("echo 1"), new ProcessBuilder("cat"));

        String theirs = runPipeline(builders, ProcessBuilder::startPipeline);

        assertThatThrownBy(() -> ProcessBuilder.startPipeline(builders))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(runPipeline(builders, LikeProcessBuilderTest::ours)).isEqualTo(theirs);
        assertThat(runPipeline(builders, LikeProcessBuilderTest::ours)).isEqualTo(theirs);
    }

    @Test
    void refusesAPipelineOfNothing() throws Exception {
        Differences.assertListed("a pipeline of nothing");

        assertThat(ProcessBuilder.startPipeline(List.of())).isEmpty();
        assertThatThrownBy(() -> Pipeline.from(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
