// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The directory that a child starts in. */
@Timeout(60)
class DirectoryTest {
    private static final int ENOENT = 2;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    @ForEachWay
    void isThatOfTheJvm(SpawnStrategy strategy) throws Exception {
        assertThat(Probe.report(Probe.with(strategy)).text("cwd"))
                .isEqualTo(Path.of("").toRealPath().toString());
    }

    @ForEachWay
    void isTheOneThatWasSet(SpawnStrategy strategy) throws Exception {
        Path directory = Files.createDirectory(folder.resolve("gr\u00fcn und blau"));

        assertThat(Probe.report(Probe.with(strategy).directory(directory)).text("cwd"))
                .isEqualTo(directory.toString());
    }

    @ForEachWay
    void countsFromThatOfTheJvm(SpawnStrategy strategy) throws Exception {
        Path relative = Path.of("").toRealPath().relativize(folder);

        assertThat(Probe.report(Probe.with(strategy).directory(relative)).text("cwd"))
                .isEqualTo(folder.toString());
        assertThat(Probe.report(Probe.with(strategy).directory(Path.of(""))).text("cwd"))
                .isEqualTo(Path.of("").toRealPath().toString());
    }

    @ForEachWay
    void leavesThatOfTheJvmAlone(SpawnStrategy strategy) throws Exception {
        Path before = Files.readSymbolicLink(Path.of("/proc/self/cwd"));

        Probe.report(Probe.with(strategy).directory(folder));

        assertThat(Files.readSymbolicLink(Path.of("/proc/self/cwd"))).isEqualTo(before);
    }

    @ForEachWay
    void isWhereARelativeProgramIs(SpawnStrategy strategy) throws Exception {
        EmptyProcess process =
                PidfdProcess.builder("./probe")
                        .strategy(strategy)
                        .directory(Probe.FILE.getParent());

        assertThat(Probe.report(process).text("exe")).isEqualTo(Probe.FILE.toRealPath().toString());
    }

    @ForEachWay
    void isNamedIfItIsMissing(SpawnStrategy strategy) {
        Path missing = folder.resolve("no-such-directory");

        assertThatThrownBy(() -> Probe.with(strategy).directory(missing).start())
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(ENOENT);
                            assertThat(e.step()).isEqualTo("chdir");
                            assertThat(e.actionIndex()).isEqualTo(-1);
                        })
                .hasMessageStartingWith(
                        "Cannot run program \""
                                + Probe.PROGRAM
                                + "\" (in directory \""
                                + missing
                                + "\"): error=2, No such file or directory")
                .hasMessageContaining("chdir \"" + missing + "\": ENOENT");
    }

    @ForEachWay
    void isToldApartFromAMissingProgram(SpawnStrategy strategy) {
        assertThatThrownBy(
                        () ->
                                PidfdProcess.builder("/no/such/program")
                                        .strategy(strategy)
                                        .directory(folder)
                                        .start())
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(ENOENT);
                            assertThat(e.step()).isEqualTo("exec");
                        })
                .hasMessageContaining("exec \"/no/such/program\": ENOENT");
    }

    @ForEachWay
    void cannotBeAFile(SpawnStrategy strategy) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThatThrownBy(() -> Probe.with(strategy).directory(file).start())
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(ENOTDIR);
                            assertThat(e.step()).isEqualTo("chdir");
                        })
                .hasMessageContaining(file.toString());
    }

    @ForEachWay
    void cannotBeOneThatMayNotBeEntered(SpawnStrategy strategy) throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path locked =
                Files.createDirectory(
                        folder.resolve("locked"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));

        Jvm.asOrdinaryUser( // as root may enter every directory
                () ->
                        assertThatThrownBy(() -> Probe.with(strategy).directory(locked).start())
                                .isInstanceOfSatisfying(
                                        SpawnException.class,
                                        e -> assertThat(e.errno()).isEqualTo(EACCES))
                                .hasMessageContaining(locked.toString()));
    }
}
