// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_CONFIG_KEY_PATH;
import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_CONFIG_KEY_SEARCH;
import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_CONFIG_SET_STRING;
import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_EMPTY;
import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_SPAWN_ACTION_CLOSE_RANGE;
import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_SPAWN_ACTION_DUP2;
import static io.github.spawn4j.strict.StrictPidfdBuilder.PIDFD_SPAWN_ACTION_FCHDIR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.strict.StrictPidfdBuilder.Action;
import io.github.spawn4j.strict.StrictPidfdBuilder.SpawnRunArgs;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The pidfd builder of July 2026 to the letter, as far as it is known (section 4.2 of the
 * proposals), and what reviewers of it and of the templates asked for. Tests of a reviewer's
 * requirement bear its number.
 */
@Timeout(60)
class PidfdBuilderConformanceTest {
    private static final int CLOSE_RANGE_UNSHARE = 2;
    private static final int CLOSE_RANGE_CLOEXEC = 4;

    /** A number that no process here has open. */
    private static final int UNUSED = 9876;

    @TempDir Path folder;

    private final List<Integer> opened = new ArrayList<>();
    private StrictPidfdBuilder handle;
    private Path report;

    @BeforeEach
    void open() throws IOException {
        folder = folder.toRealPath();
        report = folder.resolve("report");
        handle = StrictPidfdBuilder.pidfd_open(0, PIDFD_EMPTY);
    }

    @AfterEach
    void close() {
        handle.close();
        opened.forEach(LibC::close);
    }

    private int remember(int fd) {
        opened.add(fd);
        return fd;
    }

    private int nullDevice(int flags) {
        return remember(LibC.open(Path.of("/dev/null"), flags));
    }

    private int directory(Path path) {
        return remember(LibC.open(path, LibC.O_DIRECTORY | LibC.O_CLOEXEC));
    }

    private void configure(String path) throws SpawnException {
        handle.pidfd_config(PIDFD_CONFIG_SET_STRING, PIDFD_CONFIG_KEY_PATH, path, 0);
    }

    private static Action dup2(int fd, int newfd) {
        return new Action(PIDFD_SPAWN_ACTION_DUP2, 0, fd, newfd);
    }

    private static Action closeRange(int first, int last, int flags) {
        return new Action(PIDFD_SPAWN_ACTION_CLOSE_RANGE, flags, first, last);
    }

    private static Action fchdir(int fd) {
        return new Action(PIDFD_SPAWN_ACTION_FCHDIR, 0, fd, 0);
    }

    /** A probe with these actions that reports. */
    private SpawnRunArgs reporting(Action... actions) {
        SpawnRunArgs args = new SpawnRunArgs();
        args.path = Probe.PROGRAM;
        args.argv = new String[] {"probe", "--report-file", report.toString()};
        args.envp = new String[] {"PATH=/usr/bin:/bin"};
        args.actions = actions;
        return args;
    }

    private ProbeReport run(SpawnRunArgs args) throws Exception {
        handle.pidfd_spawn_run(args);
        assertThat(handle.waitid()).isEqualTo(new ExitStatus.Exited(0));
        return new ProbeReport(Files.readAllBytes(report));
    }

    /** Starts a probe that lives until the returned descriptor is closed. */
    private int runUntilClosed() throws SpawnException {
        int[] ends = LibC.pipe();
        SpawnRunArgs args = reporting(dup2(ends[0], 0));
        args.argv = new String[] {"probe", "--wait-stdin"};
        handle.pidfd_spawn_run(args);
        LibC.close(ends[0]);
        return ends[1];
    }

    private static void assertFails(int errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno)));
    }

    private void assertDead() {
        assertFails(Errno.ESRCH, handle::process);
        assertFails(Errno.ESRCH, handle::waitid);
        assertFails(Errno.ESRCH, () -> handle.pidfd_send_signal(Signal.TERM));
        assertFails(Errno.ESRCH, () -> handle.pidfd_getfd(0));
        assertFails(Errno.EINVAL, () -> handle.pidfd_spawn_run(reporting()));
        assertFails(Errno.EINVAL, () -> configure(Probe.PROGRAM));
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    // Empty

    @Test
    void opensOnlyEmptyHandles() {
        assertFails(Errno.EINVAL, () -> StrictPidfdBuilder.pidfd_open(1, PIDFD_EMPTY));
        assertFails(Errno.EINVAL, () -> StrictPidfdBuilder.pidfd_open(0, 0));
        assertFails(Errno.EINVAL, () -> StrictPidfdBuilder.pidfd_open(0, PIDFD_EMPTY | 1));
    }

    @Test
    void isNoProcessBeforeItIsRun() {
        assertFails(Errno.ESRCH, () -> handle.pidfd_send_signal(Signal.KILL));
        assertFails(Errno.ESRCH, handle::waitid);
        assertFails(Errno.ESRCH, () -> handle.pidfd_getfd(0));
        assertFails(Errno.ESRCH, handle::process);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void r07HoldsADescriptorThatNoOtherProgramInherits() throws Exception {
        String flags = LibC.fdInfo(handle.fd(), "flags");
        assertThat(Integer.parseInt(flags, 8) & LibC.O_CLOEXEC).as("before").isNotZero();

        int end = runUntilClosed();

        flags = LibC.fdInfo(handle.fd(), "flags");
        assertThat(Integer.parseInt(flags, 8) & LibC.O_CLOEXEC).as("after").isNotZero();
        LibC.close(end);
        handle.waitid();
    }

    // Configuring

    @Test
    void runsTheConfiguredPath() throws Exception {
        configure("/no/such");
        configure(Probe.PROGRAM);
        SpawnRunArgs args = reporting();
        args.path = null;

        assertThat(run(args).text("exe")).isEqualTo(Probe.FILE.toRealPath().toString());
    }

    @Test
    void prefersThePathOfTheRun() throws Exception {
        configure("/no/such");

        assertThat(run(reporting()).text("exe")).isEqualTo(Probe.FILE.toRealPath().toString());
    }

    @Test
    void refusesToConfigureAnythingElse() throws Exception {
        assertFails(
                Errno.EINVAL, () -> handle.pidfd_config(0, PIDFD_CONFIG_KEY_PATH, "/bin/true", 0));
        assertFails(
                Errno.EINVAL,
                () ->
                        handle.pidfd_config(
                                PIDFD_CONFIG_SET_STRING, PIDFD_CONFIG_KEY_PATH, "/bin/true", 1));
        assertFails(
                Errno.EINVAL,
                () -> handle.pidfd_config(PIDFD_CONFIG_SET_STRING, "user", "root", 0));
        assertFails(
                Errno.EFAULT,
                () -> handle.pidfd_config(PIDFD_CONFIG_SET_STRING, null, "/bin/true", 0));
        assertFails(
                Errno.EFAULT,
                () -> handle.pidfd_config(PIDFD_CONFIG_SET_STRING, PIDFD_CONFIG_KEY_PATH, null, 0));
        run(reporting()); // it is still empty
        assertFails(Errno.EINVAL, () -> configure("/bin/true"));
    }

    // Running

    /** What is wrong with the arguments of a run. */
    record Wrong(String what, int errno, Consumer<SpawnRunArgs> change) {
        @Override
        public String toString() {
            return what + ": " + Errno.name(errno);
        }
    }

    static Stream<Wrong> wrongArguments() {
        return Stream.of(
                new Wrong("flags", Errno.EINVAL, args -> args.flags = 1),
                new Wrong("reserved0", Errno.EINVAL, args -> args.reserved0 = 1),
                new Wrong("first reserved", Errno.EINVAL, args -> args.reserved[0] = 1),
                new Wrong("last reserved", Errno.EINVAL, args -> args.reserved[1] = 1),
                new Wrong("no path", Errno.EINVAL, args -> args.path = null),
                new Wrong("action_size", Errno.EINVAL, args -> args.action_size = 24),
                new Wrong("null action", Errno.EFAULT, args -> args.actions = new Action[1]),
                wrongAction("unknown type", new Action(3, 0, 0, 0)),
                wrongAction("negative type", new Action(-1, 0, 0, 0)),
                wrongAction("flags of DUP2", new Action(PIDFD_SPAWN_ACTION_DUP2, 2, 1, 1)),
                wrongAction("flags of FCHDIR", new Action(PIDFD_SPAWN_ACTION_FCHDIR, 4, 1, 0)),
                wrongAction("flags of CLOSE_RANGE", closeRange(3, 4, 1)),
                wrongAction("more flags of CLOSE_RANGE", closeRange(3, 4, 8)));
    }

    private static Wrong wrongAction(String what, Action action) {
        return new Wrong(
                what, Errno.EINVAL, args -> args.actions = new Action[] {dup2(0, 0), action});
    }

    @ParameterizedTest
    @MethodSource("wrongArguments")
    void staysEmptyIfAnArgumentIsWrong(Wrong wrong) throws Exception {
        SpawnRunArgs args = reporting(dup2(0, 0));
        wrong.change().accept(args);

        assertFails(wrong.errno(), () -> handle.pidfd_spawn_run(args));
        assertThat(ProcessHandle.current().children()).isEmpty();
        run(reporting());
    }

    @Test
    void staysEmptyWithoutArguments() throws Exception {
        assertFails(Errno.EFAULT, () -> handle.pidfd_spawn_run(null));
        run(reporting());
    }

    @Test
    void returnsThePidOfAChildThatHasTheArguments() throws Exception {
        SpawnRunArgs args = reporting();
        args.envp = new String[] {"A=1", "B=two words"};

        int pid = handle.pidfd_spawn_run(args);

        assertThat(handle.process().pid()).isEqualTo(pid);
        assertThat(handle.waitid()).isEqualTo(new ExitStatus.Exited(0));
        ProbeReport seen = new ProbeReport(Files.readAllBytes(report));
        assertThat(seen.number("pid")).isEqualTo(pid);
        assertThat(seen.number("ppid")).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(seen.arguments()).containsExactly(args.argv);
        assertThat(seen.rawEnvironment()).containsExactly(args.envp);
    }

    @Test
    void runsOnce() throws Exception {
        run(reporting());

        assertFails(Errno.EINVAL, () -> handle.pidfd_spawn_run(reporting()));
    }

    // Actions

    @Test
    void duplicatesDescriptors() throws Exception {
        int fd = nullDevice(LibC.O_RDWR | LibC.O_CLOEXEC);

        ProbeReport seen = run(reporting(dup2(fd, 7), dup2(fd, 300), dup2(7, 0)));

        assertThat(seen.descriptors()).containsKeys(0, 7, 300).doesNotContainKey(fd);
        assertThat(seen.descriptors().get(0).target()).isEqualTo("/dev/null");
    }

    @Test
    void closesARangeIncludingBothEnds() throws Exception {
        nullDevice(LibC.O_RDWR);

        ProbeReport seen =
                run(
                        reporting(
                                dup2(opened.get(0), 100),
                                dup2(100, 101),
                                dup2(100, 102),
                                dup2(100, 103),
                                closeRange(101, 102, 0)));

        assertThat(seen.descriptors()).containsKeys(100, 103).doesNotContainKeys(101, 102);
    }

    @Test
    void closesToTheHighest() throws Exception {
        nullDevice(LibC.O_RDWR);

        assertThat(run(reporting(closeRange(3, -1, 0))).descriptors()).containsOnlyKeys(0, 1, 2);
    }

    @Test
    void setsCloseOnExecOfARange() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        ProbeReport seen =
                run(reporting(closeRange(3, -1, CLOSE_RANGE_CLOEXEC), dup2(fd, 5), dup2(5, 6)));

        assertThat(seen.descriptors()).containsOnlyKeys(0, 1, 2, 5, 6);
    }

    @Test
    void unsharesARange() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        ProbeReport seen = run(reporting(closeRange(3, -1, CLOSE_RANGE_UNSHARE)));

        assertThat(seen.descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(LibC.isOpen(fd)).as("here").isTrue();
    }

    @Test
    void changesTheDirectoryBeforeItLooksForTheProgram() throws Exception {
        Files.copy(Probe.FILE, folder.resolve("tool"), StandardCopyOption.COPY_ATTRIBUTES);
        SpawnRunArgs args = reporting(fchdir(directory(folder)));
        args.path = "./tool";

        ProbeReport seen = run(args);

        assertThat(seen.text("exe")).isEqualTo(folder.resolve("tool").toString());
        assertThat(seen.text("cwd")).isEqualTo(folder.toString());
    }

    static Stream<Wrong> failures() {
        return Stream.of(
                failing("source not open", Errno.EBADF, dup2(UNUSED, 1)),
                failing("target too high", Errno.EBADF, dup2(1, Integer.MAX_VALUE)),
                failing("target not a number", Errno.EBADF, dup2(1, -1)),
                failing("closed before", Errno.EBADF, closeRange(3, -1, 0), dup2(100, 1)),
                failing("range upside down", Errno.EINVAL, closeRange(9, 8, 0)),
                failing("no directory", Errno.EBADF, fchdir(UNUSED)),
                new Wrong("missing program", Errno.ENOENT, args -> args.path = "/no/such"),
                new Wrong("no program", Errno.EACCES, args -> args.path = "/etc/passwd"),
                new Wrong(
                        "too long argument",
                        Errno.E2BIG,
                        args -> args.argv = new String[] {"x".repeat(200_000)}));
    }

    private static Wrong failing(String what, int errno, Action... actions) {
        return new Wrong(what, errno, args -> args.actions = actions);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void isDeadAfterAFailedRun(Wrong failure) {
        SpawnRunArgs args = reporting();
        failure.change().accept(args);

        assertFails(failure.errno(), () -> handle.pidfd_spawn_run(args));
        assertDead();
        assertThat(report).doesNotExist();
    }

    @Test
    void tellsWhichActionHasFailed() {
        SpawnRunArgs args = reporting(dup2(1, 7), fchdir(7), dup2(UNUSED, 1));

        assertThatThrownBy(() -> handle.pidfd_spawn_run(args))
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.actionIndex()).isEqualTo(1));
    }

    // The caller's state

    /** A thread of its own, with a directory and umask of its own: other threads keep theirs. */
    @Test
    void takesTheStateThatTheCallerHasAtTheRun() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);
        ProbeReport seen =
                OwnThread.call(
                        () -> {
                            LibC.check("unshare", LibC.unshare(LibC.CLONE_FS));
                            LibC.check("chdir", LibC.chdir(folder.toString()));
                            LibC.umask(027);
                            LibC.pthread_sigmask(
                                    LibC.SIG_BLOCK,
                                    Arrays.copyOf(
                                            new long[] {1L << (Signal.USR2.number() - 1)}, 16),
                                    null);
                            SpawnRunArgs args = reporting();
                            args.path = Probe.FILE.toRealPath().toString();
                            return run(args);
                        });

        assertThat(seen.text("cwd")).isEqualTo(folder.toString());
        assertThat(seen.text("umask")).isEqualTo("0027");
        assertThat(seen.signals("blocked") & 1L << (Signal.USR2.number() - 1)).isNotZero();
        assertThat(seen.descriptors()).containsKey(fd);
    }

    @Test
    void r12SharesNothingIfToldSo() throws Exception {
        nullDevice(LibC.O_RDWR);

        ProbeReport seen =
                Probe.report(PidfdProcess.builder(Probe.PROGRAM)); // the everyday builder's default

        assertThat(seen.descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(seen.signals("blocked")).isZero();
        assertThat(seen.signals("ignored")).isZero();
    }

    // One descriptor

    @Test
    void r11HasOneDescriptorBeforeAndAfter() throws Exception {
        int number = handle.fd();
        assertThat(LibC.fdInfo(number, "Pid")).as("no process yet").isEmpty();
        assertThat(OpenFile.descriptors().get(number)).contains("eventfd");

        int end = runUntilClosed();

        assertThat(handle.fd()).isEqualTo(number);
        assertThat(LibC.fdInfo(number, "Pid")).isEqualTo(Long.toString(handle.process().pid()));
        LibC.close(end);
        assertThat(handle.waitid()).isEqualTo(new ExitStatus.Exited(0));
        assertThat(handle.fd()).isEqualTo(number);
    }

    /** A handle is not a process: it has one only once there is one. */
    @Test
    void r10GivesTheProcessOnlyOnceThereIsOne() throws Exception {
        assertFails(Errno.ESRCH, handle::process);

        int end = runUntilClosed();

        assertThat(handle.process().isAlive()).isTrue();
        LibC.close(end);
        assertThat(handle.process().waitFor()).isZero();
    }

    @Test
    void r10bSignalsAndWaitsLikeAnyPidfd() throws Exception {
        int end = runUntilClosed();

        handle.pidfd_send_signal(Signal.USR1);

        assertThat(handle.waitid()).isEqualTo(new ExitStatus.Killed(Signal.USR1, false));
        assertFails(Errno.ESRCH, () -> handle.pidfd_send_signal(Signal.USR1));
        assertThat(handle.waitid()).as("again").isInstanceOf(ExitStatus.Killed.class);
        LibC.close(end);
    }

    @Test
    void fetchesDescriptorsOfTheProcess() throws Exception {
        int end = runUntilClosed();
        String pipe = OpenFile.descriptors().get(end);

        int fetched = remember(handle.pidfd_getfd(0));

        assertThat(OpenFile.descriptors().get(fetched)).isEqualTo(pipe);
        assertThat(Integer.parseInt(LibC.fdInfo(fetched, "flags"), 8) & LibC.O_CLOEXEC).isNotZero();
        assertFails(Errno.EBADF, () -> handle.pidfd_getfd(UNUSED));
        handle.pidfd_send_signal(Signal.KILL);
        handle.waitid();
        LibC.close(end);
    }

    @Test
    void closesItsDescriptorAndLeavesTheChildAlone() throws Exception {
        int end = runUntilClosed();
        PidfdProcess process = handle.process();
        int number = handle.fd();

        handle.close();
        handle.close();

        assertThat(LibC.isOpen(number)).isFalse();
        assertThat(process.isAlive()).isTrue();
        LibC.close(end);
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void startsNothingOnceItIsClosed() {
        handle.close();

        assertFails(Errno.EBADF, () -> handle.pidfd_spawn_run(reporting()));
        assertFails(Errno.EBADF, () -> configure(Probe.PROGRAM));
        assertThat(ProcessHandle.current().children()).isEmpty();
        assertThat(report).doesNotExist();
    }

    // PATH

    private void search(Object... directories) throws SpawnException {
        String joined = String.join(":", Stream.of(directories).map(Object::toString).toList());
        handle.pidfd_config(PIDFD_CONFIG_SET_STRING, PIDFD_CONFIG_KEY_SEARCH, joined, 0);
    }

    @Test
    void r06SearchesTheProgramInTheSameCall() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("first"));
        Files.writeString(closed.resolve("probe"), "not executable");
        search("/no/such", "", "/etc/passwd", closed, Probe.FILE.getParent());
        SpawnRunArgs args = reporting();
        args.path = "probe";

        assertThat(run(args).text("exe")).isEqualTo(Probe.FILE.toRealPath().toString());
    }

    @Test
    void r06SearchesAfterTheActions() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Files.copy(Probe.FILE, bin.resolve("tool"), StandardCopyOption.COPY_ATTRIBUTES);
        search("bin");
        configure("tool");
        SpawnRunArgs args = reporting(fchdir(directory(folder)));
        args.path = null;

        assertThat(run(args).text("exe")).isEqualTo(bin.resolve("tool").toString());
    }

    @Test
    void r06SaysWhatItHasFound() throws Exception {
        search("/no/such", "/bin");
        SpawnRunArgs args = reporting();
        args.path = "no-such-program";

        assertFails(Errno.ENOENT, () -> handle.pidfd_spawn_run(args));
        assertDead();
    }

    @Test
    void r06PrefersWhatMayNotBeExecutedToNothing() throws Exception {
        Files.writeString(folder.resolve("tool"), "");
        search("/no/such", folder, "/bin");
        SpawnRunArgs args = reporting();
        args.path = "tool";

        assertFails(Errno.EACCES, () -> handle.pidfd_spawn_run(args));
    }

    @Test
    void r06DoesNotSearchAPath() throws Exception {
        search(Probe.FILE.getParent());
        SpawnRunArgs args = reporting();
        args.path = "./probe";

        assertFails(Errno.ENOENT, () -> handle.pidfd_spawn_run(args));
    }
}
