// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.StartWay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program that was opened and identified once and is spawned many times. */
@Timeout(180)
class SpawnTemplateTest {
    private static final int ENOENT = 2;
    private static final int EBADF = 9;
    private static final int EACCES = 13;
    private static final int ESTALE = 116;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private static SpawnTemplate.Builder template(SpawnStrategy strategy, String program) {
        return StartWay.kept(SpawnTemplate.builder(program).strategy(strategy));
    }

    private static SpawnTemplate probe(SpawnStrategy strategy) throws Exception {
        return template(strategy, Probe.PROGRAM).build();
    }

    private static ProbeReport report(PidfdProcess process) throws Exception {
        process.getOutputStream().close();
        ProbeReport report = new ProbeReport(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).isZero();
        return report;
    }

    /** A program of our own that can be changed. */
    private Path copy(String name) throws Exception {
        return Files.copy(Probe.FILE, folder.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static SpawnException failure(SpawnTemplate template) {
        SpawnException e = catchThrowableOfType(SpawnException.class, template::spawn);
        assertThat(e).as("exception").isNotNull();
        return e;
    }

    // Spawning

    @ForEachWay
    void spawnsWithItsArgumentsAndMore(SpawnStrategy strategy) throws Exception {
        try (SpawnTemplate template =
                template(strategy, Probe.PROGRAM).args("a", "b").env("X", "1").build()) {
            ProbeReport first = report(template.spawn("c"));
            ProbeReport second = report(template.spawn());

            assertThat(first.arguments()).containsExactly(Probe.PROGRAM, "a", "b", "c");
            assertThat(second.arguments()).containsExactly(Probe.PROGRAM, "a", "b");
            assertThat(second.environment()).containsEntry("X", "1");
        }
    }

    @ForEachStrategy
    void givesTheChildNothingOfItsOwn(SpawnStrategy strategy) throws Exception {
        try (SpawnTemplate template = probe(strategy)) {
            ProbeReport report = report(template.spawn());

            assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
            assertThat(report.text("exe")).isEqualTo(Probe.FILE.toRealPath().toString());
            assertThat(report.text("comm")).isEqualTo("probe");
            assertThat(report.signals("blocked")).isZero();
            assertThat(report.signals("ignored")).isZero();
        }
    }

    @ForEachStrategy
    void keepsWhatAPreparedProcessChangesToThatProcess(SpawnStrategy strategy) throws Exception {
        try (SpawnTemplate template =
                        template(strategy, Probe.PROGRAM).args("a").env("X", "1").build();
                OpenFile file = OpenFile.file(folder.resolve("file"))) {
            ProbeReport changed =
                    report(
                            template.prepare()
                                    .args("b")
                                    .env("X", "2")
                                    .env("Y", "3")
                                    .directory(folder)
                                    .action(SpawnAction.dup2(file.number(), 3))
                                    .stderr(Redirect.DISCARD)
                                    .start());
            ProbeReport plain = report(template.spawn());

            assertThat(changed.arguments()).containsExactly(Probe.PROGRAM, "a", "b");
            assertThat(changed.environment()).containsEntry("X", "2").containsEntry("Y", "3");
            assertThat(changed.text("cwd")).isEqualTo(folder.toString());
            assertThat(changed.descriptors()).containsOnlyKeys(0, 1, 2, 3);
            assertThat(plain.arguments()).containsExactly(Probe.PROGRAM, "a");
            assertThat(plain.environment()).containsEntry("X", "1").doesNotContainKey("Y");
            assertThat(plain.text("cwd")).isEqualTo(Path.of("").toRealPath().toString());
            assertThat(plain.descriptors()).containsOnlyKeys(0, 1, 2);
            assertThat(plain.descriptors().get(2).kind()).isEqualTo("pipe");
        }
    }

    @ForEachStrategy
    void isNotAffectedByLaterChangesOfItsBuilder(SpawnStrategy strategy) throws Exception {
        SpawnTemplate.Builder builder = template(strategy, Probe.PROGRAM).args("a");
        try (SpawnTemplate template = builder.build()) {
            builder.args("later").env("LATER", "1").directory(folder).stdin(Redirect.DISCARD);
            builder.action(SpawnAction.close(2));
            try (SpawnTemplate other = builder.build()) {
                ProbeReport report = report(template.spawn());

                assertThat(report.arguments()).containsExactly(Probe.PROGRAM, "a");
                assertThat(report.environment()).doesNotContainKey("LATER");
                assertThat(report.text("cwd")).isNotEqualTo(folder.toString());
                assertThat(report.descriptors().get(0).kind()).isEqualTo("pipe");
                assertThat(report(other.spawn()).arguments())
                        .containsExactly(Probe.PROGRAM, "a", "later");
            }
        }
    }

    @ForEachStrategy
    void takesActionsOfTheCallerWithItsOwnDescriptors(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 61);
        try (SpawnTemplate template = probe(strategy)) {
            EmptyProcess process = template.prepare();
            for (int i = 0; i < files.size(); i++) {
                process.action(SpawnAction.dup2(files.get(i).number(), 3 + i));
            }

            assertThat(report(process.start()).descriptors()).hasSize(64);
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachWay
    void spawnsFromSeveralThreadsAtOnce(SpawnStrategy strategy) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (SpawnTemplate template = probe(strategy)) {
            List<Future<List<String>>> results = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                String argument = "number " + i;
                results.add(threads.submit(() -> report(template.spawn(argument)).arguments()));
            }
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).containsExactly(Probe.PROGRAM, "number " + i);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    // What it finds

    @ForEachStrategy
    void findsItsProgramInPath(SpawnStrategy strategy) throws Exception {
        Path directory = Probe.FILE.getParent();
        try (SpawnTemplate template =
                template(strategy, "probe").env("PATH", directory.toString()).build()) {
            assertThat(report(template.spawn()).arguments()).containsExactly("probe");
            assertThat(report(template.prepare().env("PATH", "/nowhere").start()).text("exe"))
                    .isEqualTo(Probe.FILE.toRealPath().toString());
        }
    }

    @ForEachWay
    void takesAScript(SpawnStrategy strategy) throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\necho \"$0 $1\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        try (SpawnTemplate template = template(strategy, script.toString()).build()) {
            PidfdProcess process = template.spawn("x");

            assertThat(process.getInputStream().readAllBytes())
                    .asString()
                    .isEqualTo(script + " x\n");
            assertThat(process.waitFor()).isZero();
        }
    }

    @ForEachWay
    void takesAPathRelativeToTheDirectoryOfTheJvm(SpawnStrategy strategy) throws Exception {
        Path relative = Path.of("").toRealPath().relativize(Probe.FILE.toRealPath());
        try (SpawnTemplate template = template(strategy, "./" + relative).build()) {
            assertThat(report(template.spawn()).text("exe"))
                    .isEqualTo(Probe.FILE.toRealPath().toString());
        }
    }

    @ForEachWay
    void takesAPathRelativeToTheDirectoryOfTheProcess(SpawnStrategy strategy) throws Exception {
        copy("my-probe");
        try (SpawnTemplate template = template(strategy, "./my-probe").directory(folder).build()) {
            ProbeReport report = report(template.spawn());

            assertThat(report.text("exe")).isEqualTo(folder.resolve("my-probe").toString());
            assertThat(report.text("cwd")).isEqualTo(folder.toString());
        }
    }

    @ForEachStrategy
    void staysWithTheFileThatItHasFoundWhereverAProcessIsStarted(SpawnStrategy strategy)
            throws Exception {
        Path program = copy("my-probe");
        Path relative = Path.of("").toRealPath().relativize(program);
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        try (SpawnTemplate template = template(strategy, relative.toString()).build()) {
            ProbeReport report = report(template.prepare().directory(elsewhere).start());

            assertThat(report.text("exe")).isEqualTo(program.toString());
            assertThat(report.text("cwd")).isEqualTo(elsewhere.toString());
        }
    }

    @ForEachStrategy
    void refusesAProgramThatIsMissingOrCannotBeExecuted(SpawnStrategy strategy) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertBuildFails(strategy, "no-such-program", ENOENT);
        assertBuildFails(strategy, "/no/such/program", ENOENT);
        assertBuildFails(strategy, file.toString(), EACCES);
        assertBuildFails(strategy, folder.toString(), EACCES);
    }

    private static void assertBuildFails(SpawnStrategy strategy, String program, int errno) {
        assertThatThrownBy(() -> template(strategy, program).build())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(errno))
                .hasMessageStartingWith("Cannot run program \"" + program + "\": error=" + errno);
    }

    // Staleness

    private static void assertStale(SpawnTemplate template, Path program) {
        SpawnException e = failure(template);

        assertThat(e.errno()).isEqualTo(ESTALE);
        assertThat(e).hasMessageContaining("\"" + program + "\": ESTALE");
        assertThat(e).hasMessageStartingWith("Cannot run program \"" + program + "\": error=116");
    }

    @ForEachStrategy
    void isStaleWhenAnotherFileHasTakenThePlace(SpawnStrategy strategy) throws Exception {
        Path program = copy("program");
        try (SpawnTemplate template = template(strategy, program.toString()).build()) {
            report(template.spawn());
            Files.move(copy("other"), program, StandardCopyOption.REPLACE_EXISTING);

            assertStale(template, program);

            try (SpawnTemplate another = template(strategy, program.toString()).build()) {
                report(another.spawn());
            }
        }
    }

    @ForEachStrategy
    void isStaleWhenTheModeHasChanged(SpawnStrategy strategy) throws Exception {
        Path program = copy("program");
        try (SpawnTemplate template = template(strategy, program.toString()).build()) {
            assertThat(program.toFile().setExecutable(true, false)).isTrue();
            assertThat(program.toFile().setWritable(false)).isTrue();

            assertStale(template, program);
        }
    }

    /** Never kept warm: nobody can write to a program that a helper is executing. */
    @ForEachStrategy
    void isStaleWhenTheFileHasBeenRewritten(SpawnStrategy strategy) throws Exception {
        Path program = copy("program");
        byte[] content = Files.readAllBytes(program);
        try (SpawnTemplate template =
                SpawnTemplate.builder(program.toString()).strategy(strategy).build()) {
            Files.write(program, content);

            assertStale(template, program);
        }
    }

    @ForEachStrategy
    void isStaleWhenTheFileIsGone(SpawnStrategy strategy) throws Exception {
        Path program = copy("program");
        try (SpawnTemplate template = template(strategy, program.toString()).build()) {
            Files.delete(program);

            assertStale(template, program);
        }
    }

    @ForEachStrategy
    void isStaleWhenALinkLeadsElsewhere(SpawnStrategy strategy) throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), copy("one"));
        try (SpawnTemplate template = template(strategy, link.toString()).build()) {
            report(template.spawn());
            Files.delete(link);
            Files.createSymbolicLink(link, copy("two"));

            assertStale(template, link);
        }
    }

    // The end

    @ForEachWay
    void spawnsNothingOnceItIsClosed(SpawnStrategy strategy) throws Exception {
        SpawnTemplate template = probe(strategy);
        EmptyProcess prepared = template.prepare();
        template.close();
        template.close();

        assertThat(failure(template).errno()).isEqualTo(EBADF);
        assertThatThrownBy(prepared::start)
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(EBADF))
                .hasMessageContaining("template is closed");
    }

    @ForEachWay
    void leavesItsProcessesRunningWhenItIsClosed(SpawnStrategy strategy) throws Exception {
        PidfdProcess process;
        try (SpawnTemplate template = probe(strategy)) {
            process = template.spawn("--cat");
        }
        process.getOutputStream().write('x');
        process.getOutputStream().close();

        assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("x");
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void isClosedWhenItIsDropped(SpawnStrategy strategy) throws Exception {
        Path program = copy("program");
        dropTemplate(strategy, program);

        Eventually.isTrue(
                "the descriptor is closed",
                () -> {
                    System.gc();
                    return !OpenFile.descriptors().containsValue(program.toString());
                });
    }

    private static void dropTemplate(SpawnStrategy strategy, Path program) throws Exception {
        SpawnTemplate template = template(strategy, program.toString()).build();
        assertThat(OpenFile.descriptors()).containsValue(program.toString());
        report(template.spawn());
    }
}
