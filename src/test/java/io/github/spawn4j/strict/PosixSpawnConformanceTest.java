// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.control.SchedulingPolicy;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.strict.PosixSpawn.Attributes;
import io.github.spawn4j.strict.PosixSpawn.FileActions;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.TestCgroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** posix_spawn(3) over the builder: each attribute and each file action, as the man page has it. */
@Timeout(60)
class PosixSpawnConformanceTest {
    private static final int ENOTTY = 25;
    private static final int SCHED_FIFO = 1;
    private static final int SCHED_BATCH = 3;
    private static final int CREATE = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.TRUNC;
    private static final int NOBODY = 65534;

    /** A number that no process here has open. */
    private static final int UNUSED = 9876;

    // Of /proc/PID/stat, counted from the state, which is the third.
    private static final int STAT_GROUP = 5 - 3;
    private static final int STAT_FOREGROUND_GROUP = 8 - 3;
    private static final int STAT_PRIORITY = 40 - 3;
    private static final int STAT_POLICY = 41 - 3;

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

    private int nullDevice(int flags) {
        return open(Path.of("/dev/null"), flags);
    }

    private PidfdProcess start(FileActions actions, Attributes attributes, String... steps)
            throws SpawnException {
        List<String> argv = new ArrayList<>(List.of("probe"));
        argv.addAll(List.of(steps));
        return PosixSpawn.posix_spawn(
                Probe.PROGRAM, actions, attributes, argv, Map.of("NAME", "value"));
    }

    private ProbeReport run(FileActions actions, Attributes attributes) throws Exception {
        PidfdProcess process =
                start(actions, attributes, "--read-stdin", "--report-file", report.toString());
        assertThat(process.waitFor()).isZero();
        return new ProbeReport(Files.readAllBytes(report));
    }

    private ProbeReport run(FileActions actions) throws Exception {
        return run(actions.addopen(0, "/dev/null", 0, 0), null);
    }

    private ProbeReport run(Attributes attributes) throws Exception {
        return run(new FileActions().addopen(0, "/dev/null", 0, 0), attributes);
    }

    /** What cat says of /proc/self/FILE that was started like this. */
    private static String cat(String file, Attributes attributes) throws Exception {
        int[] pipe = LibC.pipe();
        PidfdProcess process;
        try {
            process =
                    PosixSpawn.posix_spawnp(
                            "cat",
                            new FileActions().adddup2(pipe[1], 1),
                            attributes,
                            List.of("cat", "/proc/self/" + file),
                            Map.of());
        } catch (SpawnException e) {
            LibC.close(pipe[0]);
            throw e;
        } finally {
            LibC.close(pipe[1]);
        }
        String text = LibC.readAll(pipe[0]);
        assertThat(process.waitFor()).isZero();
        return text;
    }

    private static int stat(String stat, int field) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Integer.parseInt(fields[field]);
    }

    private static void assertFails(int errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno)));
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    // Without attributes and actions

    @Test
    void givesTheChildArgumentsAndEnvironment() throws Exception {
        ProbeReport seen = run(new FileActions());

        assertThat(seen.arguments())
                .containsExactly("probe", "--read-stdin", "--report-file", report.toString());
        assertThat(seen.rawEnvironment()).containsExactly("NAME=value");
    }

    @Test
    void inheritsWhatIsNotCloseOnExec() throws Exception {
        int staying = nullDevice(LibC.O_RDWR);
        int leaving = nullDevice(LibC.O_RDWR | LibC.O_CLOEXEC);

        assertThat(run(new FileActions()).descriptors())
                .containsKey(staying)
                .doesNotContainKey(leaving);
    }

    @Test
    void inheritsSignalMaskAndIgnoredSignals() throws Exception {
        long usr2 = 1L << (Signal.USR2.number() - 1);
        long usr1 = 1L << (Signal.USR1.number() - 1);
        var before = LibC.signal(Signal.USR1.number(), LibC.SIG_IGN);
        try {
            ProbeReport seen =
                    OwnThread.call(
                            () -> {
                                long[] set = new long[16];
                                set[0] = usr2;
                                LibC.pthread_sigmask(LibC.SIG_BLOCK, set, null);
                                return run(new FileActions());
                            });

            assertThat(seen.signals("blocked") & usr2).isNotZero();
            assertThat(seen.signals("ignored") & usr1).isNotZero();
        } finally {
            LibC.signal(Signal.USR1.number(), before);
        }
    }

    // File actions

    @Test
    void opensFiles() throws Exception {
        Path input = Files.writeString(folder.resolve("input"), "text");
        Path output = folder.resolve("output");
        PidfdProcess process =
                start(
                        new FileActions()
                                .addopen(0, input.toString(), OpenFlags.RDONLY, 0777)
                                .addopen(1, output.toString(), CREATE, 0640),
                        null,
                        "--cat");

        assertThat(process.waitFor()).isZero();
        assertThat(output).hasContent("text");
        assertThat(Files.getPosixFilePermissions(output)).hasSizeBetween(2, 3);
    }

    @Test
    void closesDescriptorsOpenOrNot() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        assertThat(run(new FileActions().addclose(fd).addclose(UNUSED)).descriptors())
                .doesNotContainKey(fd);
    }

    @Test
    void duplicatesDescriptors() throws Exception {
        int fd = nullDevice(LibC.O_RDWR | LibC.O_CLOEXEC);

        assertThat(run(new FileActions().adddup2(fd, 7).adddup2(7, 200)).descriptors())
                .containsKeys(7, 200)
                .doesNotContainKey(fd);
    }

    @Test
    void leavesADescriptorOpenThatIsDuplicatedOntoItself() throws Exception {
        int fd = nullDevice(LibC.O_RDWR | LibC.O_CLOEXEC);

        assertThat(run(new FileActions().adddup2(fd, fd)).descriptors()).containsKey(fd);
    }

    @Test
    void closesFromADescriptorOn() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        assertThat(run(new FileActions().adddup2(fd, 3).addclosefrom_np(4)).descriptors())
                .containsOnlyKeys(0, 1, 2, 3);
    }

    @Test
    void changesTheDirectoryByPathAndByDescriptor() throws Exception {
        int fd = open(folder, LibC.O_DIRECTORY | LibC.O_CLOEXEC);

        assertThat(run(new FileActions().addchdir_np(folder.toString())).text("cwd"))
                .isEqualTo(folder.toString());
        assertThat(run(new FileActions().addfchdir_np(fd)).text("cwd"))
                .isEqualTo(folder.toString());
    }

    @Test
    void takesActionsInOrder() throws Exception {
        Files.createDirectories(folder.resolve("one/two"));
        Files.writeString(folder.resolve("one/two/input"), "relative");

        ProbeReport seen =
                run(
                        new FileActions()
                                .addchdir_np(folder.toString())
                                .addchdir_np("one")
                                .addchdir_np("two")
                                .addopen(0, "input", 0, 0),
                        null);

        assertThat(seen.text("stdin")).isEqualTo("relative");
        assertThat(seen.text("cwd")).isEqualTo(folder.resolve("one/two").toString());
        assertFails(
                Errno.ENOENT,
                () ->
                        start(
                                new FileActions()
                                        .addopen(0, "input", 0, 0)
                                        .addchdir_np(folder.resolve("one/two").toString()),
                                null));
    }

    @Test
    void doesNotFindWhatAnEarlierActionHasClosed() {
        int fd = nullDevice(LibC.O_RDWR);
        int directory = open(folder, LibC.O_DIRECTORY);

        assertFails(Errno.EBADF, () -> start(new FileActions().addclose(fd).adddup2(fd, 1), null));
        assertFails(
                Errno.EBADF,
                () -> start(new FileActions().addclosefrom_np(3).adddup2(fd, 1), null));
        assertFails(
                Errno.EBADF,
                () -> start(new FileActions().addclose(directory).addfchdir_np(directory), null));
    }

    @Test
    void looksForARelativeProgramWhereTheActionsHaveLed() throws Exception {
        Files.copy(Probe.FILE, folder.resolve("tool"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String name : List.of("tool", "./tool")) {
            PidfdProcess process =
                    PosixSpawn.posix_spawn(
                            name,
                            new FileActions().addchdir_np(folder.toString()),
                            null,
                            List.of("tool", "--report-file", report.toString()),
                            Map.of());

            assertThat(process.waitFor()).isZero();
            assertThat(new ProbeReport(Files.readAllBytes(report)).text("exe"))
                    .isEqualTo(folder.resolve("tool").toString());
        }
    }

    @Test
    void failsWithTheErrorOfTheActionOrTheProgram() {
        FileActions none = new FileActions();
        assertFails(Errno.EBADF, () -> start(new FileActions().adddup2(UNUSED, 1), null));
        assertFails(Errno.ENOENT, () -> start(new FileActions().addopen(0, "/x/y", 0, 0), null));
        assertFails(Errno.ENOENT, () -> start(new FileActions().addchdir_np("/no/such"), null));
        assertFails(Errno.EBADF, () -> start(new FileActions().addfchdir_np(UNUSED), null));
        assertFails(
                Errno.ENOTDIR,
                () -> start(new FileActions().addfchdir_np(nullDevice(LibC.O_CLOEXEC)), null));
        assertFails(
                Errno.ENOENT,
                () -> PosixSpawn.posix_spawn("/no/such", none, null, List.of("x"), Map.of()));
        assertFails(
                Errno.EACCES,
                () -> PosixSpawn.posix_spawn("/etc/passwd", none, null, List.of("x"), Map.of()));
        assertFails(
                Errno.ENOEXEC,
                () -> {
                    Path script = Files.writeString(folder.resolve("script"), "exit 0\n");
                    assertThat(script.toFile().setExecutable(true)).isTrue();
                    PosixSpawn.posix_spawn(script.toString(), none, null, List.of("x"), Map.of());
                });
    }

    @Test
    void searchesAProgramInTheCallersPath() throws Exception {
        PidfdProcess process =
                PosixSpawn.posix_spawnp(
                        "true", null, null, List.of("true"), Map.of("PATH", "/no/such"));

        assertThat(process.waitFor()).isZero();
        // EACCES if PATH has a directory that we may not enter, as execvp(3) has it.
        assertThatThrownBy(
                        () ->
                                PosixSpawn.posix_spawnp(
                                        "no-such-program", null, null, List.of("x"), Map.of()))
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(e.errno()).isIn(Errno.ENOENT, Errno.EACCES));
    }

    // Attributes

    @Test
    void setsTheProcessGroup() throws Exception {
        ProbeReport leader = run(new Attributes().setpgroup(0));

        assertThat(leader.number("pgrp")).isEqualTo(leader.number("pid"));
        assertThat(leader.number("session")).isNotEqualTo(leader.number("pid"));
        assertThat(run(new Attributes()).number("pgrp")).isNotEqualTo(leader.number("pgrp"));
    }

    @Test
    void joinsAProcessGroup() throws Exception {
        int[] pipe = LibC.pipe();
        PidfdProcess leader =
                start(
                        new FileActions().adddup2(pipe[0], 0),
                        new Attributes().setpgroup(0),
                        "--wait-stdin");

        assertThat(run(new Attributes().setpgroup((int) leader.pid())).number("pgrp"))
                .isEqualTo((int) leader.pid());

        LibC.close(pipe[0]);
        LibC.close(pipe[1]);
        assertThat(leader.waitFor()).isZero();
        assertThatThrownBy(() -> start(null, new Attributes().setpgroup(4_000_000)))
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(e.errno()).isIn(Errno.EPERM, Errno.ESRCH));
    }

    @Test
    void setsTheSession() throws Exception {
        ProbeReport seen = run(new Attributes().setsid());

        assertThat(seen.number("session")).isEqualTo(seen.number("pid"));
        assertThat(seen.number("pgrp")).isEqualTo(seen.number("pid"));
    }

    @Test
    void setsTheSignalMask() throws Exception {
        ProbeReport seen =
                run(new Attributes().setsigmask(List.of(Signal.USR1, Signal.of(64), Signal.KILL)));

        assertThat(seen.signals("blocked"))
                .isEqualTo(1L << (Signal.USR1.number() - 1) | 1L << (64 - 1));
        assertThat(run(new Attributes().setsigmask(List.of())).signals("blocked")).isZero();
    }

    @Test
    void setsSignalDefaults() throws Exception {
        long usr1 = 1L << (Signal.USR1.number() - 1);
        var before = LibC.signal(Signal.USR1.number(), LibC.SIG_IGN);
        try {
            Attributes attributes = new Attributes().setsigdefault(List.of(Signal.USR1));

            assertThat(run(attributes).signals("ignored") & usr1).isZero();
        } finally {
            LibC.signal(Signal.USR1.number(), before);
        }
    }

    @Test
    void setsTheScheduler() throws Exception {
        String stat = cat("stat", new Attributes().setscheduler(SchedulingPolicy.BATCH, 0));

        assertThat(stat(stat, STAT_POLICY)).isEqualTo(SCHED_BATCH);
        assertFails(
                Errno.EINVAL,
                () -> cat("stat", new Attributes().setscheduler(SchedulingPolicy.BATCH, 1)));
    }

    @Test
    void setsARealTimeSchedulerAndItsPriority() throws Exception {
        assumeTrue(LibC.isRoot(), "real-time scheduling needs root");
        String stat =
                cat(
                        "stat",
                        new Attributes().setschedparam(3).setscheduler(SchedulingPolicy.FIFO, 7));

        assertThat(stat(stat, STAT_POLICY)).isEqualTo(SCHED_FIFO);
        assertThat(stat(stat, STAT_PRIORITY)).isEqualTo(7);
    }

    @Test
    void setsThePriorityWithinTheCallersPolicy() throws Exception {
        assumeTrue(LibC.isRoot(), "real-time scheduling needs root");
        String stat =
                OwnThread.call(
                        () -> {
                            LibC.check(
                                    "sched_setscheduler",
                                    LibC.sched_setscheduler(0, SCHED_FIFO, new int[] {2}));
                            return cat("stat", new Attributes().setschedparam(9));
                        });

        assertThat(stat(stat, STAT_POLICY)).isEqualTo(SCHED_FIFO);
        assertThat(stat(stat, STAT_PRIORITY)).isEqualTo(9);
        assertFails(Errno.EINVAL, () -> cat("stat", new Attributes().setschedparam(9)));
    }

    @Test
    void resetsTheEffectiveIds() throws Exception {
        assumeTrue(LibC.isRoot(), "a change of ids needs root");
        List<ProbeReport> seen =
                OwnThread.call(
                        () -> {
                            LibC.setIds(NOBODY, 0, 0);
                            PidfdProcess with = reporting(new Attributes().resetids(), "with");
                            PidfdProcess without = reporting(new Attributes(), "without");
                            assertThat(with.waitFor()).isZero();
                            assertThat(without.waitFor()).isZero();
                            return List.of(reportIn("with"), reportIn("without"));
                        });

        assertThat(seen.get(0).number("euid")).isEqualTo(NOBODY);
        assertThat(seen.get(0).number("egid")).isEqualTo(NOBODY);
        assertThat(seen.get(1).number("euid")).isZero();
        assertThat(seen.get(1).number("egid")).isZero();
    }

    /** Into a file that is opened before the ids change. */
    private PidfdProcess reporting(Attributes attributes, String name) throws Exception {
        int fd = LibC.open(Files.createFile(folder.resolve(name)), LibC.O_WRONLY);
        opened.add(fd);
        return start(new FileActions().adddup2(fd, 1), attributes, "--report", "1");
    }

    private ProbeReport reportIn(String name) throws IOException {
        return new ProbeReport(Files.readAllBytes(folder.resolve(name)));
    }

    /** As in C, where attributes are a set: whoever loses his privileges does so last. */
    @Test
    void setsAttributesInTheOrderOfTheManPageNotOfTheCalls() throws Exception {
        assumeTrue(LibC.isRoot(), "real-time scheduling and a change of ids need root");
        String stat =
                OwnThread.call(
                        () -> {
                            LibC.setIds(NOBODY, 0, 0);
                            return cat(
                                    "stat",
                                    new Attributes()
                                            .resetids()
                                            .setscheduler(SchedulingPolicy.FIFO, 7));
                        });

        assertThat(stat(stat, STAT_POLICY)).isEqualTo(SCHED_FIFO);
    }

    @Test
    void startsInACgroup() throws Exception {
        assumeTrue(
                Kernel.has(Kernel.CLONE_INTO_CGROUP), "the kernel cannot clone into a cgroup here");
        TestCgroup cgroup = new TestCgroup();
        Path group = cgroup.directory();
        try (cgroup) {
            String name = group.getFileName().toString();
            assertThat(cat("cgroup", new Attributes().setcgroup(group)).lines())
                    .anyMatch(line -> line.startsWith("0::") && line.endsWith("/" + name));
            assertThat(cat("cgroup", new Attributes())).doesNotContain(name);
        }
        assertFails(Errno.ENOENT, () -> cat("cgroup", new Attributes().setcgroup(group)));
    }

    // The terminal

    @Test
    void failsToBecomeForegroundWhereThereIsNoTerminal() {
        int fd = nullDevice(LibC.O_RDWR);

        assertFails(ENOTTY, () -> start(new FileActions().addtcsetpgrp_np(fd), null));
    }

    /** In a JVM of its own, which script(1) gives a controlling terminal. */
    @Test
    void becomesForegroundOfTheTerminal() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script(1) is not installed");
        Path stat = folder.resolve("stat");
        String java =
                String.join(
                        " ",
                        System.getProperty("java.home") + "/bin/java",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        "'" + System.getProperty("java.class.path") + "'",
                        "'" + OnTerminal.class.getName() + "'",
                        stat.toString());
        Process process =
                new ProcessBuilder("script", "-qec", java, "/dev/null")
                        .redirectErrorStream(true)
                        .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        String seen = Files.readString(stat);
        int pid = Integer.parseInt(seen.substring(0, seen.indexOf(' ')));
        assertThat(stat(seen, STAT_GROUP)).as("group").isEqualTo(pid);
        assertThat(stat(seen, STAT_FOREGROUND_GROUP)).as("foreground group").isEqualTo(pid);
    }

    /** Starts a cat in a group of its own and in the foreground, which shows its state. */
    static final class OnTerminal {
        private OnTerminal() {}

        public static void main(String[] args) throws Exception {
            PidfdProcess cat =
                    PosixSpawn.posix_spawnp(
                            "cat",
                            new FileActions().addtcsetpgrp_np(0).addopen(1, args[0], CREATE, 0600),
                            new Attributes().setpgroup(0),
                            List.of("cat", "/proc/self/stat"),
                            Map.of());
            System.exit(cat.waitFor());
        }
    }

    // The same child as from the C library

    /** The strategy POSIX_SPAWN is posix_spawn(3) itself. */
    @Test
    void makesTheSameChildAsTheCLibrary() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);
        ProbeReport ours =
                run(
                        new FileActions().adddup2(fd, 7).addclose(fd).addopen(0, "/dev/null", 0, 0),
                        new Attributes()
                                .setpgroup(0)
                                .setsigmask(List.of(Signal.USR1))
                                .setsigdefault(List.of(Signal.USR2))
                                .setscheduler(SchedulingPolicy.OTHER, 0));
        PidfdProcess process =
                PidfdProcess.builder(
                                Probe.PROGRAM, "--read-stdin", "--report-file", report.toString())
                        .arg0("probe")
                        .environment(Map.of("NAME", "value"))
                        .inheritIO()
                        .inheritDescriptors()
                        .inheritSignals()
                        .processGroup(0)
                        .scheduler(SchedulingPolicy.OTHER, 0)
                        .action(SpawnAction.sigmask(List.of(Signal.USR1)))
                        .action(SpawnAction.sigdefault(List.of(Signal.USR2)))
                        .action(SpawnAction.dup2(fd, 7))
                        .action(SpawnAction.closeRange(fd, fd))
                        .action(SpawnAction.open(OpenFlags.AT_FDCWD, "/dev/null", 0, 0, 0, 0))
                        .strategy(SpawnStrategy.POSIX_SPAWN)
                        .start();
        assertThat(process.waitFor()).isZero();
        ProbeReport theirs = new ProbeReport(Files.readAllBytes(report));

        // Signals 32 and 33 belong to the C library.
        assertThat(ours.signals("ignored") & ~(3L << 31))
                .isEqualTo(theirs.signals("ignored") & ~(3L << 31));
        for (String key : List.of("blocked", "handled", "umask", "cwd", "euid", "session")) {
            assertThat(ours.text(key)).as(key).isEqualTo(theirs.text(key));
        }
        assertThat(lasting(ours)).isEqualTo(lasting(theirs));
        assertThat(ours.arguments()).isEqualTo(theirs.arguments());
        assertThat(ours.rawEnvironment()).isEqualTo(theirs.rawEnvironment());
        assertThat(ours.number("pgrp")).isEqualTo(ours.number("pid"));
        assertThat(theirs.number("pgrp")).isEqualTo(theirs.number("pid"));
    }

    /**
     * Not what the JVM has open for a moment, without close-on-exec, to see how much it may use.
     */
    private static Map<Integer, ProbeReport.Descriptor> lasting(ProbeReport report) {
        Map<Integer, ProbeReport.Descriptor> lasting = new TreeMap<>(report.descriptors());
        lasting.values().removeIf(descriptor -> descriptor.target().matches("/(sys|proc)/.*"));
        return lasting;
    }

    // The proof

    /** Requirement R9: the builder can host posix_spawn. */
    @Test
    void r09UsesNothingButTheBuilder() throws Exception {
        Path source = Path.of("src/main/java/io/github/spawn4j/strict/PosixSpawn.java");
        List<String> lines = Files.readAllLines(source);

        assertThat(lines.stream().filter(line -> line.startsWith("import ")))
                .allMatch(
                        line ->
                                line.matches(
                                        "import (java\\.|org\\.jspecify\\.|io\\.github\\.spawn4j\\.(control\\.)?[A-Z]).*"),
                        "is of the JDK, of the everyday API or an annotation")
                .isNotEmpty();
        assertThat(Stream.of("internal", "RequestEncoder", "native ", "Spawn.spawn"))
                .noneMatch(word -> lines.stream().anyMatch(line -> line.contains(word)));
    }
}
