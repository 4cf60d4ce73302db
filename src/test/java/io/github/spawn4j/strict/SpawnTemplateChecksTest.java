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
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.strict.StrictSpawnTemplate.Action;
import io.github.spawn4j.strict.StrictSpawnTemplate.CreateArgs;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnArgs;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnTemplateOpen;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnTemplateSigset;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.SpawnTemplateCases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Spawn templates to the letter: case X1, the rows of the proposal's tables of checks that no other
 * case covers.
 */
@Timeout(60)
class SpawnTemplateChecksTest extends SpawnTemplateCases {
    interface Attempt {
        void run(SpawnTemplateChecksTest test) throws Exception;
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
                        "C7 zeroed except filename",
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
}
