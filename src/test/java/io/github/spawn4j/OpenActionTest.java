// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Actions.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that a child opens, and directories that it changes to, before its program begins. */
@Timeout(60)
class OpenActionTest {
    private static final int RDONLY = 0;
    private static final int EXDEV = 18;
    private static final long RESOLVE_BENEATH = 8;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    // open

    @ForEachStrategy
    void opensAFileAsTheLowestFreeNumber(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");

        ProbeReport report = Probe.report(Probe.with(strategy).action(open(path, 3)));

        assertThat(report.targetsAbove2()).isEqualTo(Map.of(3, path.toString()));
        assertThat(report.descriptors().get(3).flags()).isEqualTo("-");
    }

    @ForEachStrategy
    void opensAFileAsAStandardStreamThatWasClosed(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "content");

        String read =
                Probe.text(
                        Probe.with(strategy, "--cat")
                                .action(SpawnAction.close(0))
                                .action(open(path, 0)));

        assertThat(read).isEqualTo("content");
    }

    @ForEachStrategy
    void opensFilesAsManyNumbers(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");
        EmptyProcess process = Probe.with(strategy);
        Map<Integer, String> expected = new TreeMap<>();
        for (int number : new int[] {6, 3, 63, 64, 5, 4, 200}) {
            process.action(open(path, number));
            expected.put(number, path.toString());
        }

        assertThat(Probe.report(process).targetsAbove2()).isEqualTo(expected);
    }

    @ForEachStrategy
    void opensOverAMappedDescriptor(SpawnStrategy strategy) throws Exception {
        Path path = file("opened", "");
        try (OpenFile file = OpenFile.file(file("mapped", ""))) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(file.number(), 4))
                                    .action(open(path, 4)));

            assertThat(report.targetsAbove2()).isEqualTo(Map.of(4, path.toString()));
        }
    }

    @ForEachStrategy
    void createsAFileWithTheModeOfTheAction(SpawnStrategy strategy) throws Exception {
        Path path = folder.resolve("created-" + strategy);

        Probe.report(
                Probe.with(strategy)
                        .action(
                                SpawnAction.open(
                                        OpenFlags.AT_FDCWD,
                                        path.toString(),
                                        3,
                                        OpenFlags.WRONLY | OpenFlags.CREAT,
                                        0600,
                                        0)));

        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    private static SpawnAction openWithCloexec(Path path) {
        return SpawnAction.open(
                OpenFlags.AT_FDCWD, path.toString(), 8, RDONLY | OpenFlags.CLOEXEC, 0, 0);
    }

    @ForEachExpressiveStrategy
    void closesAtExecWhatWasOpenedWithCloexec(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(openWithCloexec(path))
                                .action(SpawnAction.dup2(8, 9)));

        assertThat(report.targetsAbove2()).isEqualTo(Map.of(9, path.toString()));
    }

    @ForEachExpressiveStrategy
    void keepsWhatWasOpenedWithCloexecIfItIsMappedToItself(SpawnStrategy strategy)
            throws Exception {
        Path path = file("file", "");

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(openWithCloexec(path))
                                .action(SpawnAction.dup2(8, 8)));

        assertThat(report.targetsAbove2()).isEqualTo(Map.of(8, path.toString()));
        assertThat(report.descriptors().get(8).flags()).isEqualTo("-");
    }

    @ForEachExpressiveStrategy
    void opensRelativeToADirectoryDescriptor(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");
        try (OpenFile directory = OpenFile.directory(folder)) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(
                                            SpawnAction.open(
                                                    directory.number(), "file", 3, RDONLY, 0, 0)));

            assertThat(report.targetsAbove2()).isEqualTo(Map.of(3, path.toString()));
        }
    }

    @ForEachExpressiveStrategy
    void keepsAnOpenBeneathItsDirectory(SpawnStrategy strategy) throws Exception {
        file("outside", "");
        Path inner = Files.createDirectory(folder.resolve("inner"));
        try (OpenFile directory = OpenFile.directory(inner)) {
            SpawnException e =
                    catchThrowableOfType(
                            SpawnException.class,
                            () ->
                                    Probe.with(strategy)
                                            .action(
                                                    SpawnAction.open(
                                                            directory.number(),
                                                            "../outside",
                                                            3,
                                                            RDONLY,
                                                            0,
                                                            RESOLVE_BENEATH))
                                            .start());

            assertThat(e.errno()).isEqualTo(EXDEV);
            assertThat(e.step()).isEqualTo("open");
            assertThat(e.actionIndex()).isZero();
            assertThat(e).hasMessageContaining("../outside");
        }
    }

    // fchdir

    @ForEachStrategy
    void changesTheDirectoryForLaterActionsAndForTheProgram(SpawnStrategy strategy)
            throws Exception {
        Path path = file("file", "");
        try (OpenFile directory = OpenFile.directory(folder)) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.fchdir(directory.number()))
                                    .action(open(Path.of("file"), 3)));

            assertThat(report.text("cwd")).isEqualTo(folder.toString());
            assertThat(report.targetsAbove2()).isEqualTo(Map.of(3, path.toString()));
        }
    }

    @ForEachStrategy
    void changesToADirectoryThatAnEarlierActionHasOpened(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(open(folder, 9))
                                .action(SpawnAction.fchdir(9))
                                .action(SpawnAction.close(9)));

        assertThat(report.text("cwd")).isEqualTo(folder.toString());
        assertThat(report.targetsAbove2()).isEmpty();
    }

    @ForEachStrategy
    void opensRelativeToTheDirectoryOfTheProcess(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy).directory(folder).action(open(Path.of("file"), 3)));

        assertThat(report.targetsAbove2()).isEqualTo(Map.of(3, path.toString()));
    }
}
