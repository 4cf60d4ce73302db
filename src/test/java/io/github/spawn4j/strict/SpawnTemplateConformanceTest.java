// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_CLOSE;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_CLOSE_RANGE;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_DUP2;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_FCHDIR;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_OPEN;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_SIGDEFAULT;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_SIGMASK;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_CREATE_CLOEXEC;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_SPAWN_INHERIT_FDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Pointer;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.strict.StrictSpawnTemplate.Action;
import io.github.spawn4j.strict.StrictSpawnTemplate.CreateArgs;
import io.github.spawn4j.strict.StrictSpawnTemplate.Option;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnArgs;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnTemplateOpen;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnTemplateSigset;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.opentest4j.TestAbortedException;

/**
 * Spawn templates to the letter: the cases K1 to K17 of the proposal's own tests, and X1 to X14,
 * which it lacks. {@code docs/proposal.md} says where a case had to be replaced.
 */
@Timeout(60)
class SpawnTemplateConformanceTest {
    private static final int USR1 = Signal.USR1.number();
    private static final int AT_FDCWD = OpenFlags.AT_FDCWD;

    /** A number that no process here has open. */
    private static final int UNUSED = 9876;

    @TempDir Path folder;

    private final List<Integer> opened = new ArrayList<>();
    private Path mounted;

    @BeforeEach
    void letOthersIn() throws IOException {
        folder = folder.toRealPath();
        setMode(folder, "rwxrwxrwx");
    }

    @AfterEach
    void closeWhatWasOpened() {
        opened.forEach(LibC::close);
        if (mounted != null) {
            LibC.check("umount", LibC.umount2(mounted.toString(), LibC.MNT_DETACH));
        }
    }

    // What the cases are made of

    private static CreateArgs path(Object filename) {
        CreateArgs args = new CreateArgs();
        args.execfd = -1;
        args.filename = filename.toString();
        return args;
    }

    private static CreateArgs descriptor(int fd) {
        CreateArgs args = new CreateArgs();
        args.execfd = fd;
        return args;
    }

    private static StrictSpawnTemplate create(CreateArgs args, Option... options)
            throws SpawnException {
        return StrictSpawnTemplate.spawn_template_create(args, options);
    }

    private static StrictSpawnTemplate probe() throws SpawnException {
        return create(path(Probe.PROGRAM));
    }

    private static SpawnArgs args(Action... actions) {
        SpawnArgs args = new SpawnArgs();
        args.pidfd = new int[1];
        args.argv = new String[] {"probe", "--exit", "0"};
        args.envp = new String[] {"PATH=/usr/bin:/bin"};
        args.actions = actions;
        args.actions_len = actions.length;
        return args;
    }

    private static SpawnArgs inheriting(SpawnArgs args) {
        args.flags = SPAWN_TEMPLATE_SPAWN_INHERIT_FDS;
        return args;
    }

    private static Action close(int fd) {
        return new Action(SPAWN_TEMPLATE_ACTION_CLOSE, 0, fd, 0, null);
    }

    private static Action dup2(int fd, int newfd) {
        return new Action(SPAWN_TEMPLATE_ACTION_DUP2, 0, fd, newfd, null);
    }

    private static Action fchdir(int fd) {
        return new Action(SPAWN_TEMPLATE_ACTION_FCHDIR, 0, fd, 0, null);
    }

    private static Action open(Object path, int newfd) {
        return openAt(AT_FDCWD, path, newfd);
    }

    private static Action openAt(int directory, Object path, int newfd) {
        SpawnTemplateOpen open = new SpawnTemplateOpen(path.toString(), 0, 0, 0);
        return new Action(SPAWN_TEMPLATE_ACTION_OPEN, 0, directory, newfd, open);
    }

    private static Action closeRange(int first, int last) {
        return new Action(SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 0, first, last, null);
    }

    private static Action signals(int type, long set, long size) {
        return new Action(type, 0, 0, 0, new SpawnTemplateSigset(set, size));
    }

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    private int remember(int fd) {
        opened.add(fd);
        return fd;
    }

    /** A descriptor of /dev/null. */
    private int nullDevice(int flags) {
        return remember(LibC.open(Path.of("/dev/null"), flags));
    }

    private int[] pipe() {
        int[] ends = LibC.pipe();
        remember(ends[1]);
        return ends;
    }

    private void closeNow(int fd) {
        opened.remove((Integer) fd);
        LibC.close(fd);
    }

    private static void setMode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private Path file(String name, byte[] content, String mode) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        setMode(file, mode);
        return file;
    }

    /** A program of our own that can be changed. */
    private Path copy(String name) throws IOException {
        return file(name, Files.readAllBytes(Probe.FILE), "rwxr-xr-x");
    }

    private static int status(StrictSpawnTemplate template, SpawnArgs args) throws Exception {
        PidfdProcess process = template.spawn_template_spawn(args);
        process.waitFor();
        assertThat(process.exitStatus()).isInstanceOf(ExitStatus.Exited.class);
        return process.exitValue();
    }

    private static int status(SpawnArgs args) throws Exception {
        try (StrictSpawnTemplate template = probe()) {
            return status(template, args);
        }
    }

    /** What a probe sees that takes these steps first. */
    private ProbeReport report(StrictSpawnTemplate template, SpawnArgs args, String... steps)
            throws Exception {
        Path report = folder.resolve("report");
        List<String> argv = new ArrayList<>(List.of("probe"));
        argv.addAll(Arrays.asList(steps));
        argv.addAll(List.of("--report-file", report.toString()));
        args.argv = argv.toArray(new String[0]);
        assertThat(status(template, args)).as("exit status").isZero();
        return new ProbeReport(Files.readAllBytes(report));
    }

    private ProbeReport report(SpawnArgs args, String... steps) throws Exception {
        try (StrictSpawnTemplate template = probe()) {
            return report(template, args, steps);
        }
    }

    private static void assertFails(int errno, ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        if (thrown instanceof TestAbortedException skipped) {
            throw skipped;
        }
        assertThat(thrown)
                .as("expected %s", Errno.name(errno))
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno)));
    }

    private static void assertNoChild() {
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    private static void assumeRoot(String what) {
        assumeTrue(LibC.isRoot(), what + " needs root");
    }

    // The kselftest

    @Test
    void k01SpawnsWithoutActions() throws Exception {
        try (StrictSpawnTemplate template = create(path("/bin/true"))) {
            assertThat(status(template, args())).isZero();
        }
    }

    @Test
    void k02RefusesARelativePath() {
        assertFails(Errno.EINVAL, () -> create(path("true")));
    }

    @Test
    void k03RefusesADescriptorWithoutExecutePermission() throws Exception {
        Path file = file("file", Files.readAllBytes(Probe.FILE), "rw-------");
        int fd = remember(LibC.open(file, LibC.O_RDWR | LibC.O_CLOEXEC));

        assertFails(Errno.EACCES, () -> create(descriptor(fd)));
    }

    @Test
    void k04ClosesDescriptorsByDefault() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        assertThat(report(args()).descriptors()).containsOnlyKeys(0, 1, 2).doesNotContainKey(fd);
    }

    /** With a descriptor that would survive: a close-on-exec one proves nothing. */
    @Test
    void k05ClosesARangeToTheTop() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        assertThat(report(inheriting(args())).descriptors()).containsKey(fd);
        assertThat(report(inheriting(args(closeRange(fd, -1)))).descriptors())
                .doesNotContainKey(fd);
    }

    @Test
    void k06DuplicatesOntoStandardStreams() throws Exception {
        int[] output = pipe();
        int[] error = pipe();
        SpawnArgs args = args(dup2(output[1], 1), dup2(error[1], 2));
        args.argv = new String[] {"probe", "--say", "to stdout", "--say-error", "to stderr"};

        assertThat(status(args)).isZero();

        closeNow(output[1]);
        closeNow(error[1]);
        assertThat(LibC.readAll(output[0])).isEqualTo("to stdout");
        assertThat(LibC.readAll(error[0])).isEqualTo("to stderr");
    }

    @Test
    void k07OpensStandardInput() throws Exception {
        Path input = file("input", "known text".getBytes(StandardCharsets.US_ASCII), "rw-r--r--");

        assertThat(report(args(open(input, 0)), "--read-stdin").text("stdin"))
                .isEqualTo("known text");
    }

    @Test
    void k08ChangesTheDirectory() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        int fd = remember(LibC.open(directory, LibC.O_DIRECTORY | LibC.O_CLOEXEC));

        assertThat(report(args(fchdir(fd))).text("cwd")).isEqualTo(directory.toString());
    }

    @Test
    void k09ReplacesTheSignalMask() throws Exception {
        long blockedHere = bit(Signal.USR2.number());
        long set = bit(USR1) | bit(Signal.KILL.number()) | bit(Signal.STOP.number());
        ProbeReport report =
                OwnThread.call(
                        () -> {
                            LibC.pthread_sigmask(LibC.SIG_BLOCK, sigset(blockedHere), null);
                            return report(args(signals(SPAWN_TEMPLATE_ACTION_SIGMASK, set, 8)));
                        });

        assertThat(report.signals("blocked")).isEqualTo(bit(USR1));
    }

    /** As glibc has it, of 128 bytes. */
    private static long[] sigset(long set) {
        return new long[] {set, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    }

    @Test
    void k10GivesAnIgnoredSignalItsDefault() throws Exception {
        Pointer before = LibC.signal(USR1, LibC.SIG_IGN);
        try {
            Action reset = signals(SPAWN_TEMPLATE_ACTION_SIGDEFAULT, bit(USR1) | bit(64), 8);

            assertThat(report(args()).signals("ignored") & bit(USR1)).isNotZero();
            assertThat(report(args(reset)).signals("ignored") & bit(USR1)).isZero();
        } finally {
            LibC.signal(USR1, before);
        }
    }

    @Test
    void k11InheritsDescriptorsOnRequest() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        assertThat(report(inheriting(args())).descriptors()).containsKey(fd);
    }

    @Test
    void k12TellsTheExitByPidfdAfterTheTemplateIsClosed() throws Exception {
        int[] input = pipe();
        SpawnArgs args = args(dup2(input[0], 0));
        args.argv = new String[] {"probe", "--wait-stdin"};
        StrictSpawnTemplate template = probe();
        PidfdProcess process = template.spawn_template_spawn(args);
        template.close();

        assertThat(args.pidfd[0]).isEqualTo(process.pidfd());
        assertThat(LibC.fdInfo(args.pidfd[0], "Pid")).isEqualTo(Long.toString(process.pid()));
        assertThat(Integer.parseInt(LibC.fdInfo(args.pidfd[0], "flags"), 8) & LibC.O_CLOEXEC)
                .as("close-on-exec")
                .isNotZero();
        closeNow(input[1]);
        LibC.close(input[0]);
        process.waitFor();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(0));
    }

    @Test
    void k13RefusesActionsAtCreation() {
        CreateArgs args = path(Probe.PROGRAM);
        args.actions = new Action[] {close(3)};
        args.actions_len = 1;

        assertFails(Errno.EINVAL, () -> create(args));
    }

    @Test
    void k14RefusesAScript() throws Exception {
        Path script =
                file("script", "#!/bin/sh\n".getBytes(StandardCharsets.US_ASCII), "rwx------");

        assertFails(Errno.ENOEXEC, () -> create(path(script)));
    }

    @Test
    void k15DeniesWritesWhileATemplateIsOpen() throws Exception {
        Path program = copy("program");
        try (StrictSpawnTemplate template = denying(path(program))) {
            try (StrictSpawnTemplate second = denying(path(program))) {
                assertThat(errnoOfWriting(program)).isEqualTo(Errno.ETXTBSY);
                assertThat(status(second, args())).isZero();
            }
            assertThat(errnoOfWriting(program))
                    .as("still denied by the first")
                    .isEqualTo(Errno.ETXTBSY);
            assertThat(status(template, args())).isZero();
        }
        assertThat(errnoOfWriting(program)).as("after both are closed").isZero();
        assertNoChild();
    }

    @Test
    void k15LetsAFileBeReplacedWhileItDeniesWrites() throws Exception {
        Path program = copy("program");
        try (StrictSpawnTemplate template = denying(path(program))) {
            Files.move(copy("other"), program, StandardCopyOption.REPLACE_EXISTING);

            assertFails(Errno.ESTALE, () -> template.spawn_template_spawn(args()));
        }
    }

    @Test
    void k15DoesNotDenyWritesUnlessAsked() throws Exception {
        Path program = copy("program");
        try (StrictSpawnTemplate template = create(path(program))) {
            assertThat(errnoOfWriting(program)).isZero();
            assertFails(Errno.ESTALE, () -> template.spawn_template_spawn(args()));
        }
    }

    private static StrictSpawnTemplate denying(CreateArgs args) throws SpawnException {
        try {
            return create(args, Option.DENY_WRITE);
        } catch (SpawnException e) {
            assumeTrue(e.errno() != Errno.EPERM, "tracing is forbidden here: " + e);
            throw e;
        }
    }

    /** Opens a file to write from its beginning; 0 if that is possible. */
    private static int errnoOfWriting(Path file) {
        int fd = LibC.open(file.toString(), LibC.O_WRONLY | OpenFlags.TRUNC, 0);
        if (fd < 0) {
            return LibC.errno();
        }
        LibC.close(fd);
        return 0;
    }

    @Test
    void k16FindsChangedMetadataStale() throws Exception {
        Path program = copy("program");
        try (StrictSpawnTemplate template = create(path(program))) {
            setMode(program, "rw-------");

            assertFails(Errno.ESTALE, () -> template.spawn_template_spawn(args()));
            assertNoChild();
        }
    }

    @Test
    void k17FindsAReplacedProgramStaleAndTakesTheNewOne() throws Exception {
        Path program = copy("program");
        Path update = copy("update");
        try (StrictSpawnTemplate template = create(path(program))) {
            assertThat(status(template, args())).isZero();
            Files.move(update, program, StandardCopyOption.REPLACE_EXISTING);

            assertFails(Errno.ESTALE, () -> template.spawn_template_spawn(args()));
        }
        try (StrictSpawnTemplate template = create(path(program))) {
            assertThat(status(template, args())).isZero();
        }
    }

    // X1: the rows of the proposal's tables that no other case covers

    interface Attempt {
        void run(SpawnTemplateConformanceTest test) throws Exception;
    }

    /** One row of a table: what is tried and how it fails. */
    record Row(String row, int errno, Attempt attempt) {
        @Override
        public String toString() {
            return row + ": " + Errno.name(errno);
        }
    }

    static Stream<Row> createRows() {
        return Stream.of(
                new Row("C1 size 71", Errno.EINVAL, t -> sized(path("/bin/true"), 71)),
                new Row("C1 size 0", Errno.EINVAL, t -> sized(path("/bin/true"), 0)),
                new Row("C2 size 4097", Errno.E2BIG, t -> sized(path("/bin/true"), 4097)),
                new Row("C3 no args", Errno.EFAULT, t -> create(null)),
                new Row("C3 tail not zero", Errno.E2BIG, t -> create(withTail(0, 1))),
                new Row("C4 unknown flag", Errno.EINVAL, t -> create(withFlags(2))),
                new Row("C4 highest flag", Errno.EINVAL, t -> create(withFlags(1L << 63))),
                new Row("C5 exec_flags", Errno.EINVAL, t -> create(withExecFlags())),
                new Row("C5 first reserved", Errno.EINVAL, t -> create(withReserved(0))),
                new Row("C5 last reserved", Errno.EINVAL, t -> create(withReserved(3))),
                new Row("C6 actions_len alone", Errno.EINVAL, t -> create(withActions(null, 1))),
                new Row(
                        "C6 actions of length 0",
                        Errno.EINVAL,
                        t -> create(withActions(new Action[0], 0))),
                new Row("C7 no source", Errno.EINVAL, t -> create(descriptor(-1))),
                new Row(
                        "C7 zeroed but for filename",
                        Errno.EINVAL,
                        t -> create(zeroed("/bin/true"))),
                new Row("C9 path too long", Errno.EINVAL, t -> create(path(longPath(4096)))),
                new Row("C9 longest path", Errno.ENOENT, t -> create(path(longPath(4095)))),
                new Row("C10 empty path", Errno.EINVAL, t -> create(path(""))),
                new Row("C10 ./ path", Errno.EINVAL, t -> create(path("./true"))),
                new Row("C11 missing", Errno.ENOENT, t -> create(path("/no/such/program"))),
                new Row("C11 below a file", Errno.ENOTDIR, t -> create(path("/bin/true/x"))),
                new Row("C11 endless link", ELOOP, t -> create(path(t.endlessLink()))),
                new Row("C11 closed directory", Errno.EACCES, t -> t.createInClosedDirectory()),
                new Row("C12 directory", Errno.EACCES, t -> create(path("/tmp"))),
                new Row("C12 device", Errno.EACCES, t -> create(path("/dev/null"))),
                new Row("C12 fifo", Errno.EACCES, t -> create(path(t.executableFifo()))),
                new Row("C12 not executable", Errno.EACCES, t -> create(path(t.plainFile()))),
                new Row("C12 mounted noexec", Errno.EACCES, t -> create(path(t.noexecProgram()))),
                new Row("C14 not open", Errno.EBADF, t -> create(descriptor(UNUSED))),
                new Row("C14 O_PATH", Errno.EBADF, t -> create(t.opened("/bin/true", LibC.O_PATH))),
                new Row("C15 directory", Errno.EACCES, t -> create(t.opened("/tmp", 0))),
                new Row("C15 device", Errno.EACCES, t -> create(t.opened("/dev/null", 0))),
                new Row("C15 pipe", Errno.EACCES, t -> create(descriptor(t.remember(t.pipe()[0])))),
                new Row(
                        "C15 not executable",
                        Errno.EACCES,
                        t -> create(t.opened(t.plainFile(), 0))),
                new Row(
                        "C15 mounted noexec",
                        Errno.EACCES,
                        t -> create(t.opened(t.noexecProgram(), 0))),
                new Row("C16 writable itself", Errno.ETXTBSY, t -> t.createFromWritable()),
                new Row("C17 empty", Errno.ENOEXEC, t -> create(path(t.cut(0)))),
                new Row("C17 header cut short", Errno.ENOEXEC, t -> create(path(t.cut(63)))),
                new Row("C17 header only", Errno.ENOEXEC, t -> create(path(t.cut(64)))),
                new Row("C17 wrong magic", Errno.ENOEXEC, t -> create(path(t.elf(0, 0x7e)))),
                new Row("C17 32 bits", Errno.ENOEXEC, t -> create(path(t.elf(4, 1)))),
                new Row("C17 object file", Errno.ENOEXEC, t -> create(path(t.elf(16, 1)))),
                new Row("C17 core file", Errno.ENOEXEC, t -> create(path(t.elf(16, 4)))),
                new Row("C17 foreign machine", Errno.ENOEXEC, t -> create(path(t.elf(18, 8)))),
                new Row("C17 size of headers", Errno.ENOEXEC, t -> create(path(t.elf(54, 55)))),
                new Row("C17 headers elsewhere", Errno.ENOEXEC, t -> create(path(t.elf(38, 1)))),
                new Row("C17 no headers", Errno.ENOEXEC, t -> create(path(t.elf(56, 0)))),
                new Row("C18 no descriptor left", Errno.EMFILE, t -> t.createWithoutDescriptors()));
    }

    private static final int ELOOP = 40;

    @ParameterizedTest
    @MethodSource("createRows")
    void x01ChecksWhatIsToBeCreated(Row row) {
        assertFails(row.errno(), () -> row.attempt().run(this));
    }

    private static void sized(CreateArgs args, long size) throws SpawnException {
        StrictSpawnTemplate.spawn_template_create(args, size).close();
    }

    private static CreateArgs withTail(int... bytes) {
        CreateArgs args = path(Probe.PROGRAM);
        args.tail = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            args.tail[i] = (byte) bytes[i];
        }
        return args;
    }

    private static CreateArgs withFlags(long flags) {
        CreateArgs args = path(Probe.PROGRAM);
        args.flags = flags;
        return args;
    }

    private static CreateArgs withExecFlags() {
        CreateArgs args = path(Probe.PROGRAM);
        args.exec_flags = 1;
        return args;
    }

    private static CreateArgs withReserved(int index) {
        CreateArgs args = path(Probe.PROGRAM);
        args.reserved[index] = 1;
        return args;
    }

    private static CreateArgs withActions(Action[] actions, long count) {
        CreateArgs args = path(Probe.PROGRAM);
        args.actions = actions;
        args.actions_len = count;
        return args;
    }

    /** As memset leaves it: descriptor 0 counts as given. */
    private static CreateArgs zeroed(String filename) {
        CreateArgs args = new CreateArgs();
        args.filename = filename;
        return args;
    }

    private static String longPath(int length) {
        StringBuilder path = new StringBuilder("/no/such");
        while (path.length() + 2 <= length) {
            path.append("/x");
        }
        return path + "/".repeat(length - path.length());
    }

    private Path endlessLink() throws IOException {
        Path link = folder.resolve("link");
        return Files.createSymbolicLink(link, link);
    }

    private void createInClosedDirectory() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("closed"));
        Path program = directory.resolve("program");
        Files.copy(Probe.FILE, program);
        setMode(directory, "---------");
        try {
            OwnThread.callUnprivileged(() -> create(path(program)));
        } finally {
            setMode(directory, "rwx------");
        }
    }

    private Path executableFifo() throws IOException {
        Path fifo = LibC.fifo(folder.resolve("fifo"));
        setMode(fifo, "rwxr-xr-x");
        return fifo;
    }

    private Path plainFile() throws IOException {
        return file("plain", Files.readAllBytes(Probe.FILE), "rw-r--r--");
    }

    private CreateArgs opened(Object file, int flags) {
        return descriptor(remember(LibC.open(Path.of(file.toString()), flags | LibC.O_CLOEXEC)));
    }

    /** A program in a file system from which none may be executed. */
    private Path noexecProgram() throws IOException {
        Path target = folder.resolve("noexec");
        if (!Files.exists(target)) {
            Files.createDirectory(target);
            int result = LibC.mount("none", target.toString(), "tmpfs", LibC.MS_NOEXEC, "size=4m");
            if (result != 0) {
                abort("a file system cannot be mounted here: " + Errno.name(LibC.errno()));
            }
            mounted = target;
        }
        Path program = target.resolve("program");
        Files.copy(Probe.FILE, program, StandardCopyOption.REPLACE_EXISTING);
        setMode(program, "rwxr-xr-x");
        return program;
    }

    private void createFromWritable() throws IOException {
        assumeTrue(Kernel.has(Kernel.EXECVE_CHECK), "writers are only found since Linux 6.14");
        create(opened(copy("program"), LibC.O_RDWR));
    }

    private Path cut(int size) throws IOException {
        return file("cut", Arrays.copyOf(Files.readAllBytes(Probe.FILE), size), "rwxr-xr-x");
    }

    /** A program with one byte of its ELF header changed. */
    private Path elf(int offset, int value) throws IOException {
        byte[] content = Files.readAllBytes(Probe.FILE);
        content[offset] = (byte) value;
        return file("elf", content, "rwxr-xr-x");
    }

    private void createWithoutDescriptors() throws Exception {
        CreateArgs args = path(Probe.PROGRAM);
        create(args).close(); // whatever is opened once
        long[] limit = new long[2];
        LibC.check("getrlimit", LibC.getrlimit(LibC.RLIMIT_NOFILE, limit));
        long[] none = {0, limit[1]};
        LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, none));
        try {
            create(args);
        } finally {
            LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NOFILE, limit));
        }
    }

    /** One check after the other is met: what is wrong with several fails as the first of them. */
    @Test
    void x01ChecksWhatIsToBeCreatedInTheGivenOrder() throws Exception {
        CreateArgs args = new CreateArgs();
        args.tail = new byte[] {1};
        args.flags = 2;
        args.exec_flags = 1;
        args.reserved[3] = 1;
        args.actions_len = 1;
        args.execfd = 0;
        args.filename = "relative";

        assertFails(Errno.EINVAL, () -> sized(null, 71));
        assertFails(Errno.E2BIG, () -> sized(null, 4097));
        assertFails(Errno.EFAULT, () -> sized(null, 73));
        assertFails(Errno.E2BIG, () -> create(args));
        args.tail[0] = 0;
        for (Runnable repair :
                List.<Runnable>of(
                        () -> args.flags = SPAWN_TEMPLATE_CREATE_CLOEXEC,
                        () -> args.exec_flags = 0,
                        () -> args.reserved[3] = 0,
                        () -> args.actions_len = 0,
                        () -> args.execfd = -1,
                        () -> args.filename = "/no/such")) {
            assertFails(Errno.EINVAL, () -> create(args));
            repair.run();
        }
        assertFails(Errno.ENOENT, () -> create(args));
        args.filename = plainFile().toString();
        int writer = remember(LibC.open(Path.of(args.filename), LibC.O_WRONLY | LibC.O_CLOEXEC));
        assertFails(Errno.EACCES, () -> create(args));
        setMode(Path.of(args.filename), "rwxr-xr-x");
        if (Kernel.has(Kernel.EXECVE_CHECK)) {
            assertFails(Errno.ETXTBSY, () -> create(args));
        }
        closeNow(writer);
        create(args).close();
    }

    @Test
    void x01TakesAZeroedStructForStandardInput() {
        assertThatThrownBy(() -> create(new CreateArgs()))
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(e.errno()).isIn(Errno.EACCES, Errno.EBADF));
    }

    @Test
    void x01TakesALargerStructWithAZeroTail() throws Exception {
        try (StrictSpawnTemplate template = create(withTail(0, 0, 0))) {
            SpawnArgs args = args();
            args.tail = new byte[4096 - 80];

            assertThat(status(template, args)).isZero();
        }
        sized(withTail(0, 0, 1), 74); // what lies behind the size does not count
    }

    @Test
    void x01TakesADescriptorAndPinsTheFile() throws Exception {
        Path program = copy("program");
        int fd = remember(LibC.open(program, LibC.O_CLOEXEC));
        try (StrictSpawnTemplate template = create(descriptor(fd))) {
            closeNow(fd);

            assertThat(report(template, args()).text("exe")).isEqualTo(program.toString());
        }
    }

    static Stream<Row> spawnRows() {
        Action good = close(1);
        return Stream.of(
                new Row("S1 size 79", Errno.EINVAL, t -> spawn(args(), 79)),
                new Row("S1 size 4097", Errno.E2BIG, t -> spawn(args(), 4097)),
                new Row("S2 template closed", Errno.EBADF, t -> spawnFromClosed()),
                new Row("S5 no args", Errno.EFAULT, t -> spawn(null)),
                new Row("S5 tail not zero", Errno.E2BIG, t -> spawn(withSpawnTail(0, 1))),
                new Row("S6 unknown flag", Errno.EINVAL, t -> spawn(withSpawnFlags(2))),
                new Row("S6 no pidfd", Errno.EINVAL, t -> spawn(withPidfd(null))),
                new Row("S6 pidfd of length 0", Errno.EINVAL, t -> spawn(withPidfd(new int[0]))),
                new Row("S6 first reserved", Errno.EINVAL, t -> spawn(withSpawnReserved(0))),
                new Row("S6 last reserved", Errno.EINVAL, t -> spawn(withSpawnReserved(3))),
                new Row("S7 actions_len -1", Errno.E2BIG, t -> spawn(counted(-1, good))),
                new Row("S8 no actions", Errno.EINVAL, t -> spawn(counted(1, (Action[]) null))),
                new Row("S9 fewer actions", Errno.EFAULT, t -> spawn(counted(2, good))),
                new Row("S9 null action", Errno.EFAULT, t -> spawn(args(good, null))),
                invalid("unknown type", 7, 0, 0, 0, null),
                invalid("negative type", -1, 0, 0, 0, null),
                invalid("CLOSE, fd", SPAWN_TEMPLATE_ACTION_CLOSE, 0, -1, 0, null),
                invalid("CLOSE, newfd", SPAWN_TEMPLATE_ACTION_CLOSE, 0, 1, 1, null),
                invalid("CLOSE, flags", SPAWN_TEMPLATE_ACTION_CLOSE, 1, 1, 0, null),
                invalid("CLOSE, arg", SPAWN_TEMPLATE_ACTION_CLOSE, 0, 1, 0, ""),
                invalid("DUP2, fd", SPAWN_TEMPLATE_ACTION_DUP2, 0, -1, 1, null),
                invalid("DUP2, newfd", SPAWN_TEMPLATE_ACTION_DUP2, 0, 1, -1, null),
                invalid("DUP2, flags", SPAWN_TEMPLATE_ACTION_DUP2, 04000, 1, 2, null),
                invalid("DUP2, arg", SPAWN_TEMPLATE_ACTION_DUP2, 0, 1, 2, ""),
                invalid("FCHDIR, fd", SPAWN_TEMPLATE_ACTION_FCHDIR, 0, -100, 0, null),
                invalid("FCHDIR, newfd", SPAWN_TEMPLATE_ACTION_FCHDIR, 0, 1, 1, null),
                invalid("FCHDIR, flags", SPAWN_TEMPLATE_ACTION_FCHDIR, 1, 1, 0, null),
                invalid("FCHDIR, arg", SPAWN_TEMPLATE_ACTION_FCHDIR, 0, 1, 0, ""),
                invalid("OPEN, fd", SPAWN_TEMPLATE_ACTION_OPEN, 0, -101, 1, OPEN),
                invalid("OPEN, newfd", SPAWN_TEMPLATE_ACTION_OPEN, 0, AT_FDCWD, -1, OPEN),
                invalid("OPEN, flags", SPAWN_TEMPLATE_ACTION_OPEN, 1, AT_FDCWD, 1, OPEN),
                invalid("OPEN, no arg", SPAWN_TEMPLATE_ACTION_OPEN, 0, AT_FDCWD, 1, null),
                invalid("CLOSE_RANGE, first", SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 0, -1, 3, null),
                invalid("CLOSE_RANGE, last", SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 0, 3, 2, null),
                invalid("CLOSE_RANGE, -2", SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 0, 3, -2, null),
                invalid("CLOSE_RANGE, flags", SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 1, 3, 4, null),
                invalid("CLOSE_RANGE, arg", SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 0, 3, 4, ""),
                invalid("SIGMASK, fd", SPAWN_TEMPLATE_ACTION_SIGMASK, 0, 1, 0, SIGNALS),
                invalid("SIGMASK, newfd", SPAWN_TEMPLATE_ACTION_SIGMASK, 0, 0, 1, SIGNALS),
                invalid("SIGMASK, flags", SPAWN_TEMPLATE_ACTION_SIGMASK, 1, 0, 0, SIGNALS),
                invalid("SIGMASK, no arg", SPAWN_TEMPLATE_ACTION_SIGMASK, 0, 0, 0, null),
                invalid("SIGDEFAULT, fd", SPAWN_TEMPLATE_ACTION_SIGDEFAULT, 0, 1, 0, SIGNALS),
                invalid("SIGDEFAULT, newfd", SPAWN_TEMPLATE_ACTION_SIGDEFAULT, 0, 0, 1, SIGNALS),
                invalid("SIGDEFAULT, flags", SPAWN_TEMPLATE_ACTION_SIGDEFAULT, 1, 0, 0, SIGNALS),
                invalid("SIGDEFAULT, no arg", SPAWN_TEMPLATE_ACTION_SIGDEFAULT, 0, 0, 0, null),
                new Row("S11 path is gone", Errno.ESTALE, t -> t.spawnDeleted()),
                new Row("S11 path is closed", Errno.ESTALE, t -> t.spawnBehindClosedDirectory()),
                new Row("S11 path is being written", Errno.ESTALE, t -> t.spawnBeingWritten()),
                new Row("S11 descriptor, rewritten", Errno.ESTALE, t -> t.spawnRewritten()),
                new Row("S12 too many processes", Errno.EAGAIN, t -> spawnWithoutProcesses()));
    }

    private static final SpawnTemplateOpen OPEN = new SpawnTemplateOpen("/dev/null", 0, 0, 0);
    private static final SpawnTemplateSigset SIGNALS = new SpawnTemplateSigset(0, 8);

    /** Row S10: an action that fails its static check, behind a good one. */
    private static Row invalid(String what, int type, int flags, int fd, int newfd, Object arg) {
        Action bad = new Action(type, flags, fd, newfd, arg);
        return new Row("S10 " + what, Errno.EINVAL, t -> spawn(args(close(1), bad)));
    }

    @ParameterizedTest
    @MethodSource("spawnRows")
    void x01ChecksWhatIsToBeSpawned(Row row) {
        assertFails(row.errno(), () -> row.attempt().run(this));
        assertNoChild();
    }

    private static void spawn(SpawnArgs args) throws SpawnException {
        try (StrictSpawnTemplate template = probe()) {
            template.spawn_template_spawn(args);
        }
    }

    private static void spawn(SpawnArgs args, long size) throws SpawnException {
        try (StrictSpawnTemplate template = probe()) {
            template.spawn_template_spawn(args, size);
        }
    }

    private static void spawnFromClosed() throws SpawnException {
        StrictSpawnTemplate template = probe();
        template.close();
        template.close();
        template.spawn_template_spawn(null);
    }

    private static SpawnArgs withSpawnTail(int... bytes) {
        SpawnArgs args = args();
        args.tail = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            args.tail[i] = (byte) bytes[i];
        }
        return args;
    }

    private static SpawnArgs withSpawnFlags(long flags) {
        SpawnArgs args = args();
        args.flags = flags;
        return args;
    }

    private static SpawnArgs withPidfd(int[] pidfd) {
        SpawnArgs args = args();
        args.pidfd = pidfd;
        return args;
    }

    private static SpawnArgs withSpawnReserved(int index) {
        SpawnArgs args = args();
        args.reserved[index] = 1;
        return args;
    }

    private static SpawnArgs counted(long count, Action... actions) {
        SpawnArgs args = args();
        args.actions = actions;
        args.actions_len = count;
        return args;
    }

    private void spawnDeleted() throws Exception {
        Path program = copy("program");
        try (StrictSpawnTemplate template = create(path(program))) {
            Files.delete(program);
            template.spawn_template_spawn(args());
        }
    }

    private void spawnBehindClosedDirectory() throws Exception {
        OwnThread.callUnprivileged(
                () -> {
                    Path directory = Files.createDirectory(folder.resolve("closed"));
                    Path program = Files.copy(Probe.FILE, directory.resolve("program"));
                    setMode(program, "rwxr-xr-x");
                    try (StrictSpawnTemplate template = create(path(program))) {
                        setMode(directory, "---------");
                        return template.spawn_template_spawn(args());
                    } finally {
                        setMode(directory, "rwx------");
                    }
                });
    }

    private void spawnBeingWritten() throws Exception {
        assumeTrue(Kernel.has(Kernel.EXECVE_CHECK), "writers are only found since Linux 6.14");
        Path program = copy("program");
        try (StrictSpawnTemplate template = create(path(program))) {
            remember(LibC.open(program, LibC.O_WRONLY | LibC.O_CLOEXEC));
            template.spawn_template_spawn(args());
        }
    }

    private void spawnRewritten() throws Exception {
        Path program = copy("program");
        int fd = remember(LibC.open(program, LibC.O_CLOEXEC));
        try (StrictSpawnTemplate template = create(descriptor(fd))) {
            closeNow(fd);
            Files.write(program, Files.readAllBytes(program));
            template.spawn_template_spawn(args());
        }
    }

    private static void spawnWithoutProcesses() throws Exception {
        OwnThread.callUnprivileged(
                () -> {
                    long[] limit = new long[2];
                    LibC.check("getrlimit", LibC.getrlimit(LibC.RLIMIT_NPROC, limit));
                    long[] none = {0, limit[1]};
                    try (StrictSpawnTemplate template = probe()) {
                        LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NPROC, none));
                        return template.spawn_template_spawn(args());
                    } finally {
                        LibC.check("setrlimit", LibC.setrlimit(LibC.RLIMIT_NPROC, limit));
                    }
                });
    }

    /** S1 to S11: each wrong thing hides those behind it. */
    @Test
    void x01ChecksWhatIsToBeSpawnedInTheGivenOrder() throws Exception {
        Path program = copy("program");
        StrictSpawnTemplate closed = probe();
        closed.close();
        assertFails(Errno.EINVAL, () -> closed.spawn_template_spawn(null, 79));
        assertFails(Errno.EBADF, () -> closed.spawn_template_spawn(null, 81));
        try (StrictSpawnTemplate template = create(path(program))) {
            setMode(program, "rw-------"); // so that it is stale
            SpawnArgs args = args(new Action[257]);
            args.tail = new byte[] {1};
            args.flags = 2;

            assertFails(Errno.E2BIG, () -> template.spawn_template_spawn(args));
            args.tail[0] = 0;
            assertFails(Errno.EINVAL, () -> template.spawn_template_spawn(args));
            args.flags = 0;
            assertFails(Errno.E2BIG, () -> template.spawn_template_spawn(args));
            args.actions_len = 2;
            args.actions[0] = close(-1);
            assertFails(Errno.EFAULT, () -> template.spawn_template_spawn(args));
            args.actions[1] = close(1);
            assertFails(Errno.EINVAL, () -> template.spawn_template_spawn(args));
            args.actions[0] = close(0);
            assertFails(Errno.ESTALE, () -> template.spawn_template_spawn(args));
        }
    }

    @Test
    void x01IgnoresActionsOfLengthZero() throws Exception {
        assertThat(status(counted(0, close(UNUSED)))).isZero();
    }

    @Test
    void x01GivesAProgramWithoutArgumentsAnEmptyName() throws Exception {
        Path report = folder.resolve("report");
        int fd =
                remember(
                        LibC.check(
                                "open",
                                LibC.open(
                                        report.toString(),
                                        LibC.O_WRONLY | OpenFlags.CREAT | LibC.O_CLOEXEC,
                                        0666)));
        SpawnArgs args = args(dup2(fd, 1));
        args.argv = null;
        args.envp = null;

        assertThat(status(args)).isZero();

        ProbeReport seen = new ProbeReport(Files.readAllBytes(report));
        assertThat(seen.arguments()).containsExactly("");
        assertThat(seen.environment()).isEmpty();
    }

    // The other cases that the kselftest lacks

    @Test
    void x02Takes256ActionsAndNoMore() throws Exception {
        Action[] actions = new Action[257];
        Arrays.fill(actions, dup2(1, 1));
        SpawnArgs args = args(actions);

        assertFails(Errno.E2BIG, () -> spawn(args));
        args.actions_len = 256;
        assertThat(status(args)).isZero();
        actions[255] = close(UNUSED);
        assertThat(status(args)).as("the last one counts").isEqualTo(1);
    }

    @Test
    void x03TakesActionsInOrder() throws Exception {
        Path directory = Files.createDirectory(folder.resolve("directory"));
        Files.writeString(directory.resolve("input"), "relative");
        int fd = remember(LibC.open(directory, LibC.O_DIRECTORY | LibC.O_CLOEXEC));

        assertThat(report(args(fchdir(fd), open("input", 0)), "--read-stdin").text("stdin"))
                .isEqualTo("relative");
        assertThat(status(args(open("input", 0), fchdir(fd)))).isEqualTo(127);
        assertThat(report(args(openAt(fd, "input", 0)), "--read-stdin").text("stdin"))
                .isEqualTo("relative");
        assertThat(status(args(close(fd), fchdir(fd)))).as("closed before").isEqualTo(1);
    }

    @Test
    void x04DoesNotClearCloseOnExecOfADescriptorDuplicatedOntoItself() throws Exception {
        int leaving = nullDevice(LibC.O_RDWR | LibC.O_CLOEXEC);
        int staying = nullDevice(LibC.O_RDWR);
        Action withFlag =
                new Action(SPAWN_TEMPLATE_ACTION_DUP2, LibC.O_CLOEXEC, staying, staying, null);

        assertThat(
                        report(inheriting(args(dup2(leaving, leaving), dup2(staying, staying))))
                                .descriptors())
                .doesNotContainKey(leaving)
                .containsKey(staying);
        assertThat(status(args(withFlag))).as("EINVAL").isEqualTo(1);
        assertThat(status(args(dup2(UNUSED, UNUSED)))).as("EBADF").isEqualTo(1);
    }

    @Test
    void x04SetsCloseOnExecOfADuplicate() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);
        Action withFlag = new Action(SPAWN_TEMPLATE_ACTION_DUP2, LibC.O_CLOEXEC, fd, UNUSED, null);

        assertThat(report(inheriting(args(dup2(fd, UNUSED)))).descriptors()).containsKey(UNUSED);
        assertThat(report(inheriting(args(withFlag))).descriptors()).doesNotContainKey(UNUSED);
    }

    @Test
    void x05FailsToCloseADescriptorThatIsNotOpen() throws Exception {
        assertThat(status(args(close(UNUSED)))).isEqualTo(1);
        int reserved =
                OpenFile.descriptors().entrySet().stream()
                        .filter(entry -> entry.getValue().startsWith("/memfd:spawn4j-reserved"))
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElseThrow();
        assertThat(status(args(close(reserved)))).as("held by the library").isEqualTo(1);
        assertThat(status(args(dup2(1, reserved), close(reserved)))).isZero();
        assertThat(status(args(close(0), close(0)))).as("twice").isEqualTo(1);
    }

    @Test
    void x05ClosesADescriptorThatIsOpen() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);

        assertThat(status(args(close(fd)))).isZero();
        assertThat(report(inheriting(args(close(fd)))).descriptors()).doesNotContainKey(fd);
    }

    @Test
    void x06ExitsWith127WhereAFileIsMissing() throws Exception {
        assertThat(status(args(open("/no/such", 0)))).isEqualTo(127);
    }

    @Test
    void x06ExitsWith126WhereAFileMayNotBeRead() throws Exception {
        Path file = file("secret", new byte[0], "---------");

        assertThat(OwnThread.callUnprivileged(() -> status(args(open(file, 0))))).isEqualTo(126);
    }

    @Test
    void x06ExitsWith127WhereTheInterpreterIsMissing() throws Exception {
        byte[] content = Files.readAllBytes(Probe.FILE);
        content[interpreter(content) + 1] = '_';
        Path program = file("program", content, "rwxr-xr-x");
        try (StrictSpawnTemplate template = create(path(program))) {
            assertThat(status(template, args())).isEqualTo(127);
        }
    }

    /** Where the path of the dynamic linker stands. */
    private static int interpreter(byte[] elf) {
        ByteBuffer bytes = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int at = (int) bytes.getLong(32);
        while (bytes.getInt(at) != 3) { // PT_INTERP
            at += 56;
        }
        return (int) bytes.getLong(at + 8);
    }

    @Test
    void x06ExitsWith1WhateverElseGoesWrong() throws Exception {
        SpawnArgs longArgument = args();
        longArgument.argv = new String[] {"x".repeat(200_000)};
        Action badHow =
                new Action(
                        SPAWN_TEMPLATE_ACTION_OPEN,
                        0,
                        AT_FDCWD,
                        0,
                        new SpawnTemplateOpen("/dev/null", 1L << 40, 0, 0));
        Action noPath =
                new Action(
                        SPAWN_TEMPLATE_ACTION_OPEN,
                        0,
                        AT_FDCWD,
                        0,
                        new SpawnTemplateOpen(null, 0, 0, 0));

        assertThat(status(longArgument)).as("E2BIG").isEqualTo(1);
        assertThat(status(args(badHow))).as("EINVAL").isEqualTo(1);
        assertThat(status(args(noPath))).as("EFAULT").isEqualTo(1);
        assertThat(status(args(openAt(-1, "x", 0)))).as("EBADF").isEqualTo(1);
        assertThat(status(args(openAt(-99, "x", 0)))).as("EBADF").isEqualTo(1);
        assertThat(status(args(fchdir(nullDevice(0))))).as("ENOTDIR").isEqualTo(1);
        assertThat(status(args(dup2(1, Integer.MAX_VALUE)))).as("EBADF").isEqualTo(1);
    }

    @Test
    void x06OpensBeneathTheDirectoryOnlyIfAskedTo() throws Exception {
        int fd = remember(LibC.open(folder, LibC.O_DIRECTORY | LibC.O_CLOEXEC));
        Action beneath =
                new Action(
                        SPAWN_TEMPLATE_ACTION_OPEN,
                        0,
                        fd,
                        0,
                        new SpawnTemplateOpen("../../etc/passwd", 0, 0, 8));

        assertThat(status(args(beneath))).as("EXDEV").isEqualTo(1);
    }

    @Test
    void x07ClosesAlsoWhatAnActionHasPutAbove2() throws Exception {
        int fd = nullDevice(LibC.O_RDWR | LibC.O_CLOEXEC);

        assertThat(report(args(dup2(fd, 7))).descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(report(args(open("/dev/null", 7))).descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(report(inheriting(args(dup2(fd, 7)))).descriptors()).containsKey(7);
        assertThat(report(inheriting(args(dup2(fd, 7), closeRange(8, -1)))).descriptors())
                .doesNotContainKey(8)
                .containsKey(7);
    }

    @Test
    void x07SetsCloseOnExecOfARangeAndUnshares() throws Exception {
        int fd = nullDevice(LibC.O_RDWR);
        Action cloexec = new Action(SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 4, fd, fd, null);
        Action unshare = new Action(SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 2, fd, fd, null);

        assertThat(report(inheriting(args(cloexec))).descriptors()).doesNotContainKey(fd);
        assertThat(report(inheriting(args(unshare))).descriptors()).doesNotContainKey(fd);
        assertThat(status(inheriting(args(cloexec, dup2(fd, 1))))).as("still open").isZero();
        assertThat(LibC.isOpen(fd)).as("here").isTrue();
    }

    /**
     * A template is no descriptor, so it cannot be sent, and a forked copy of a JVM runs no Java.
     * What a forked child would be refused for is tested in C.
     */
    @Test
    void x08KnowsAForkedChildForSomebodyElse() throws Exception {
        Path test = Probe.FILE.resolveSibling("../test/authority_test").toRealPath();

        assertThat(Probe.text(PidfdProcess.builder(test.toString())))
                .contains("differs_in_a_forked_child", "differs_by_more_than_the_pid");
    }

    @Test
    void x09RefusesAThreadWhoseIdsHaveChanged() throws Exception {
        assumeRoot("a change of ids");
        try (StrictSpawnTemplate template = probe()) {
            OwnThread.call(
                    () -> {
                        assertThat(status(template, args())).as("before").isZero();
                        LibC.setIds(-1, 65534, -1);
                        assertFails(Errno.EACCES, () -> template.spawn_template_spawn(args()));
                        assertFails(Errno.EACCES, () -> template.spawn_template_spawn(null));
                        LibC.setIds(-1, 0, -1);
                        return null;
                    });
            assertThat(OwnThread.call(() -> status(template, args())))
                    .as("from another thread")
                    .isZero();
        }
        assertNoChild();
    }

    @Test
    void x10FindsAProgramStaleThatHasGotAHardLink() throws Exception {
        Path program = copy("program");
        int fd = remember(LibC.open(program, LibC.O_CLOEXEC));
        try (StrictSpawnTemplate byPath = create(path(program));
                StrictSpawnTemplate byDescriptor = create(descriptor(fd))) {
            assertThat(status(byPath, args())).isZero();
            assertThat(status(byDescriptor, args())).isZero();
            Path link = Files.createLink(folder.resolve("link"), program);
            Files.delete(link);

            assertFails(Errno.ESTALE, () -> byPath.spawn_template_spawn(args()));
            assertFails(Errno.ESTALE, () -> byDescriptor.spawn_template_spawn(args()));
        }
    }

    @Test
    void x11FinishesASpawnWhoseTemplateIsClosedMeanwhile() throws Exception {
        Path fifo = LibC.fifo(folder.resolve("fifo"));
        StrictSpawnTemplate template = probe();
        FutureTask<Integer> spawn = OwnThread.start(() -> status(template, args(open(fifo, 0))));
        OwnThread.await(
                "the child waits for a writer",
                () -> ProcessHandle.current().children().findAny().isPresent());

        template.close();
        LibC.close(LibC.open(fifo, LibC.O_WRONLY | LibC.O_CLOEXEC));

        assertThat(OwnThread.join(spawn)).isZero();
        assertFails(Errno.EBADF, () -> template.spawn_template_spawn(args()));
    }

    @Test
    void x11LetsSeveralThreadsUseOneTemplate() throws Exception {
        try (StrictSpawnTemplate template = probe()) {
            List<FutureTask<Integer>> threads = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                threads.add(
                        OwnThread.start(
                                () -> {
                                    int sum = 0;
                                    for (int code = 1; code <= 25; code++) {
                                        SpawnArgs args = args();
                                        args.argv[2] = Integer.toString(code);
                                        sum += status(template, args);
                                    }
                                    return sum;
                                }));
            }
            for (FutureTask<Integer> thread : threads) {
                assertThat(OwnThread.join(thread)).isEqualTo(325);
            }
        }
    }

    /** Linux refuses new threads (EAGAIN) while one that shares their directory is in exec. */
    @Test
    void x11LetsOtherThreadsStartThreadsMeanwhile() throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        try (StrictSpawnTemplate template = probe()) {
            FutureTask<Integer> spawns =
                    OwnThread.start(
                            () -> {
                                int failed = 0;
                                while (!ended.get()) {
                                    failed += status(template, args());
                                    probe().close();
                                }
                                return failed;
                            });
            try {
                for (int i = 0; i < 2000; i++) {
                    OwnThread.call(() -> null);
                }
            } catch (OutOfMemoryError e) {
                throw new AssertionError("a thread could not be started", e);
            } finally {
                ended.set(true);
            }
            assertThat(OwnThread.join(spawns)).isZero();
        }
    }

    @Test
    void x12RefusesAProgramThatIsBeingWritten() throws Exception {
        assumeTrue(Kernel.has(Kernel.EXECVE_CHECK), "writers are only found since Linux 6.14");
        Path program = copy("program");
        int writer = remember(LibC.open(program, LibC.O_WRONLY | LibC.O_CLOEXEC));
        int reader = remember(LibC.open(program, LibC.O_CLOEXEC));

        assertFails(Errno.ETXTBSY, () -> create(path(program)));
        assertFails(Errno.ETXTBSY, () -> create(descriptor(reader)));

        closeNow(writer);
        create(path(program)).close();
    }

    @Test
    void x13TakesAProgramThatMayBeExecutedButNotRead() throws Exception {
        Path program = copy("program");
        setMode(program, "--x--x--x");

        int status =
                OwnThread.callUnprivileged(
                        () -> {
                            assertThat(LibC.open(program.toString(), 0, 0)).as("open").isNegative();
                            try (StrictSpawnTemplate template = create(path(program))) {
                                return status(template, args());
                            }
                        });

        assertThat(status).isZero();
    }

    @Test
    void x14RefusesASignalSetOfAnotherSizeInTheChild() throws Exception {
        for (int type :
                new int[] {SPAWN_TEMPLATE_ACTION_SIGMASK, SPAWN_TEMPLATE_ACTION_SIGDEFAULT}) {
            assertThat(status(args(signals(type, bit(USR1), 8)))).isZero();
            assertThat(status(args(signals(type, bit(USR1), 4)))).isEqualTo(1);
            assertThat(status(args(signals(type, bit(USR1), 128)))).isEqualTo(1);
        }
    }
}
