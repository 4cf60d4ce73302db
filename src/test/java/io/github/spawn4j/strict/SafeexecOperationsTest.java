// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.Strategies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The eight operations of gutschke/safeexec (section 5 of the proposals), as actions. */
@Timeout(60)
class SafeexecOperationsTest {
    private static final int CREATE = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.TRUNC;
    private static final int ENOTTY = 25;

    /** A number that no process here has open. */
    private static final int UNUSED = 9876;

    @TempDir Path folder;

    private final List<Integer> opened = new ArrayList<>();
    private Path report;

    @BeforeEach
    void resolveLinks() throws IOException {
        folder = folder.toRealPath();
        report = folder.resolve("report");
    }

    @AfterEach
    void closeWhatWasOpened() {
        opened.forEach(LibC::close);
    }

    private int open(Path path, int flags) {
        int fd = LibC.open(path, flags);
        opened.add(fd);
        return fd;
    }

    /** A child that has the JVM's descriptors unless an action closes them, as safeexec's has. */
    private EmptyProcess inheriting(SpawnStrategy strategy, SpawnAction... actions) {
        EmptyProcess process =
                PidfdProcess.builder(
                                Probe.PROGRAM, "--read-stdin", "--report-file", report.toString())
                        .strategy(strategy)
                        .stdin(Redirect.DISCARD)
                        .inheritDescriptors();
        Stream.of(actions).forEach(process::action);
        return process;
    }

    private ProbeReport run(EmptyProcess process) throws Exception {
        PidfdProcess started = process.start();
        assertThat(started.waitFor()).isZero();
        return new ProbeReport(Files.readAllBytes(report));
    }

    private static void assertFails(int errno, String step, EmptyProcess process) {
        assertThatThrownBy(process::start)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno));
                            assertThat(e.step()).isEqualTo(step);
                            assertThat(e.actionIndex()).isZero();
                        });
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    /** Those that say which step has failed; posix_spawn(3) says only that one has. */
    static Stream<SpawnStrategy> expressive() {
        return Strategies.ofTheKernel().stream()
                .filter(strategy -> strategy != SpawnStrategy.POSIX_SPAWN);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void opens(SpawnStrategy strategy) throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "text");
        Path output = folder.resolve("output");
        SpawnAction read = SpawnAction.open(OpenFlags.AT_FDCWD, input.toString(), 0, 0, 0, 0);
        SpawnAction create =
                SpawnAction.open(OpenFlags.AT_FDCWD, output.toString(), 5, CREATE, 0600, 0);

        ProbeReport seen = run(inheriting(strategy, read, create));

        assertThat(seen.text("stdin")).isEqualTo("text");
        assertThat(seen.descriptors().get(5).target()).isEqualTo(output.toString());
    }

    @ParameterizedTest
    @MethodSource("expressive")
    void failsToOpen(SpawnStrategy strategy) {
        SpawnAction action = SpawnAction.open(OpenFlags.AT_FDCWD, "/no/such", 0, 0, 0, 0);

        assertFails(Errno.ENOENT, "open", inheriting(strategy, action));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void closes(SpawnStrategy strategy) throws Exception {
        int fd = open(Path.of("/dev/null"), LibC.O_RDWR);

        assertThat(run(inheriting(strategy)).descriptors()).containsKey(fd);
        assertThat(run(inheriting(strategy, SpawnAction.close(fd))).descriptors())
                .doesNotContainKey(fd);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void failsToCloseWhatIsNotOpen(SpawnStrategy strategy) {
        assertFails(Errno.EBADF, "close", inheriting(strategy, SpawnAction.close(UNUSED)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void duplicates(SpawnStrategy strategy) throws Exception {
        int fd = open(Path.of("/dev/null"), LibC.O_RDWR | LibC.O_CLOEXEC);

        assertThat(
                        run(inheriting(strategy, SpawnAction.dup2(fd, 9), SpawnAction.dup2(9, 8)))
                                .descriptors())
                .containsKeys(8, 9)
                .doesNotContainKey(fd);
    }

    @ParameterizedTest
    @MethodSource("expressive")
    void failsToDuplicateWhatIsNotOpen(SpawnStrategy strategy) {
        assertThatThrownBy(() -> inheriting(strategy, SpawnAction.dup2(UNUSED, 1)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void changesDirectoryByPath(SpawnStrategy strategy) throws Exception {
        assertThat(run(inheriting(strategy, SpawnAction.chdir(folder.toString()))).text("cwd"))
                .isEqualTo(folder.toString());
    }

    @ParameterizedTest
    @MethodSource("expressive")
    void failsToChangeDirectoryByPath(SpawnStrategy strategy) {
        assertFails(Errno.ENOENT, "chdir", inheriting(strategy, SpawnAction.chdir("/no/such")));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void changesDirectoryByDescriptor(SpawnStrategy strategy) throws Exception {
        int fd = open(folder, LibC.O_DIRECTORY | LibC.O_CLOEXEC);

        assertThat(run(inheriting(strategy, SpawnAction.fchdir(fd))).text("cwd"))
                .isEqualTo(folder.toString());
    }

    @ParameterizedTest
    @MethodSource("expressive")
    void failsToChangeDirectoryByDescriptor(SpawnStrategy strategy) {
        int fd = open(Path.of("/dev/null"), LibC.O_CLOEXEC);

        assertFails(Errno.ENOTDIR, "fchdir", inheriting(strategy, SpawnAction.fchdir(fd)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void closesFrom(SpawnStrategy strategy) throws Exception {
        int fd = open(Path.of("/dev/null"), LibC.O_RDWR);

        assertThat(
                        run(inheriting(
                                        strategy,
                                        SpawnAction.dup2(fd, 3),
                                        SpawnAction.dup2(fd, 4),
                                        SpawnAction.closeFrom(4)))
                                .descriptors())
                .containsOnlyKeys(0, 1, 2, 3);
    }

    /** What succeeds needs a terminal: PosixSpawnConformanceTest. */
    @ParameterizedTest
    @MethodSource("expressive")
    void failsToTakeTheForegroundOfWhatIsNoTerminal(SpawnStrategy strategy) {
        int fd = open(Path.of("/dev/null"), LibC.O_RDWR);

        assertFails(ENOTTY, "tcsetpgrp", inheriting(strategy, SpawnAction.tcsetpgrp(fd)));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void closesAllBut(SpawnStrategy strategy) throws Exception {
        int spared = open(Path.of("/dev/null"), LibC.O_RDWR);
        int other = open(Path.of("/dev/null"), LibC.O_RDWR);

        assertThat(
                        run(inheriting(
                                        strategy,
                                        SpawnAction.dup2(other, 5),
                                        SpawnAction.closeAllBut(2, spared, spared + 100, 5, 0, 1)))
                                .descriptors())
                .containsOnlyKeys(0, 1, 2, 5, spared);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void closesAlsoTheStandardStreamsIfTheyAreNotSpared(SpawnStrategy strategy) throws Exception {
        EmptyProcess process =
                PidfdProcess.builder(Probe.PROGRAM, "--report-file", report.toString())
                        .strategy(strategy)
                        .action(SpawnAction.closeAllBut(2));

        assertThat(run(process).descriptors()).containsOnlyKeys(2);
    }
}
