// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is taken over from a {@link ProcessBuilder} does what it would do there. */
@Timeout(60)
class ProcessBuilderTest {
    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private static EmptyProcess from(SpawnStrategy strategy, ProcessBuilder builder) {
        return EmptyProcess.from(builder).strategy(strategy);
    }

    @ForEachWay
    void takesOverTheCommand(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(from(strategy, new ProcessBuilder(Probe.PROGRAM, "a b", "")));

        assertThat(report.arguments()).containsExactly(Probe.PROGRAM, "a b", "");
        assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
    }

    @ForEachWay
    void takesOverHowAProgramIsFoundAndRun(SpawnStrategy strategy) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "echo \"$0 $1\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();

        assertThat(Probe.text(from(strategy, new ProcessBuilder(script.toString(), "1"))))
                .isEqualTo(script + " 1\n");
        ProcessBuilder echo = new ProcessBuilder("echo", "found");
        echo.environment().put("PATH", "/nowhere");
        assertThat(Probe.text(from(strategy, echo))).isEqualTo("found\n");
    }

    @ForEachWay
    void takesOverTheEnvironment(SpawnStrategy strategy) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Probe.PROGRAM);
        builder.environment().put("ADDED", "gr\u00fcn");
        builder.environment().remove("PATH");

        ProbeReport report = Probe.report(from(strategy, builder));

        assertThat(report.environment()).isEqualTo(builder.environment());
    }

    @ForEachWay
    void takesOverAnEmptyEnvironment(SpawnStrategy strategy) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Probe.PROGRAM);
        builder.environment().clear();

        assertThat(Probe.report(from(strategy, builder)).rawEnvironment()).isEmpty();
    }

    @ForEachWay
    void takesOverTheDirectory(SpawnStrategy strategy) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Probe.PROGRAM).directory(folder.toFile());

        assertThat(Probe.report(from(strategy, builder)).text("cwd")).isEqualTo(folder.toString());
    }

    @ForEachWay
    void takesOverRedirectsToFiles(SpawnStrategy strategy) throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "from the input");
        Path output = Files.writeString(folder.resolve("output"), "is emptied");
        Path error = Files.writeString(folder.resolve("error"), "stays, ");
        ProcessBuilder builder =
                new ProcessBuilder(Probe.PROGRAM, "--cat", "--say-error", "and more")
                        .redirectInput(input.toFile())
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.appendTo(error.toFile()));

        Probe.output(from(strategy, builder));

        assertThat(output).hasContent("from the input");
        assertThat(error).hasContent("stays, and more");
    }

    @ForEachWay
    void takesOverTheMergeFlag(SpawnStrategy strategy) throws Exception {
        Path error = Files.writeString(folder.resolve("error"), "is emptied all the same");
        ProcessBuilder builder =
                new ProcessBuilder(Probe.PROGRAM, "--say", "1", "--say-error", "2", "--say", "3")
                        .redirectError(error.toFile())
                        .redirectErrorStream(true);

        assertThat(Probe.text(from(strategy, builder))).isEqualTo("123");
        assertThat(error).isEmptyFile();
    }

    @ForEachWay
    void takesOverInheritedAndDiscardedStreams(SpawnStrategy strategy) throws Exception {
        var ours = OpenFile.descriptors();
        ProcessBuilder inheriting = new ProcessBuilder(Probe.PROGRAM).inheritIO();
        ProcessBuilder discarding =
                new ProcessBuilder(Probe.PROGRAM)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD);

        ProbeReport inherited =
                Probe.reportThroughFile(from(strategy, inheriting), folder.resolve("1"));
        ProbeReport discarded =
                Probe.reportThroughFile(from(strategy, discarding), folder.resolve("2"));

        for (int fd = 0; fd < 3; fd++) {
            assertThat(inherited.descriptors().get(fd).target()).isEqualTo(ours.get(fd));
        }
        assertThat(discarded.descriptors().get(0).kind()).isEqualTo("pipe");
        assertThat(discarded.descriptors().get(1).target()).isEqualTo("/dev/null");
        assertThat(discarded.descriptors().get(2).target()).isEqualTo("/dev/null");
    }

    @ForEachWay
    void isNotAffectedByLaterChanges(SpawnStrategy strategy) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(Probe.PROGRAM, "a");
        EmptyProcess process = from(strategy, builder);
        builder.command("/no/such/program").directory(new File("/no/such/directory"));
        builder.environment().put("LATER", "1");
        builder.redirectOutput(new File("/no/such/file"));

        ProbeReport report = Probe.report(process);

        assertThat(report.arguments()).containsExactly(Probe.PROGRAM, "a");
        assertThat(report.environment()).doesNotContainKey("LATER");
    }

    @ForEachWay
    void sharesTheJvmWithProcessBuilder(SpawnStrategy strategy) throws Exception {
        Process theirs = new ProcessBuilder(Probe.PROGRAM, "--cat", "--exit", "7").start();
        PidfdProcess ours = Probe.with(strategy, "--cat", "--exit", "8").start();

        theirs.getOutputStream().write('t');
        theirs.getOutputStream().close();
        ours.getOutputStream().write('o');
        ours.getOutputStream().close();

        assertThat(theirs.getInputStream().readAllBytes()).asString().isEqualTo("t");
        assertThat(ours.getInputStream().readAllBytes()).asString().isEqualTo("o");
        assertThat(theirs.waitFor()).isEqualTo(7);
        assertThat(ours.waitFor()).isEqualTo(8);
    }
}
