// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_CLOSE;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_CLOSE_RANGE;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_DUP2;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_FCHDIR;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_ACTION_OPEN;
import static io.github.spawn4j.strict.StrictSpawnTemplate.SPAWN_TEMPLATE_SPAWN_INHERIT_FDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.strict.StrictSpawnTemplate;
import io.github.spawn4j.strict.StrictSpawnTemplate.Action;
import io.github.spawn4j.strict.StrictSpawnTemplate.CreateArgs;
import io.github.spawn4j.strict.StrictSpawnTemplate.Option;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnArgs;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnTemplateOpen;
import io.github.spawn4j.strict.StrictSpawnTemplate.SpawnTemplateSigset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * What the cases of spawn templates are made of: descriptions, actions, files, and children that
 * report.
 */
public abstract class SpawnTemplateCases {
    protected static final int USR1 = Signal.USR1.number();
    protected static final int AT_FDCWD = OpenFlags.AT_FDCWD;

    /** A number that no process here has open. */
    protected static final int UNUSED = 9876;

    @TempDir protected Path folder;

    protected final List<Integer> opened = new ArrayList<>();
    protected Path mounted;

    @BeforeEach
    protected void letOthersIn() throws IOException {
        folder = folder.toRealPath();
        setMode(folder, "rwxrwxrwx");
    }

    @AfterEach
    protected void closeWhatWasOpened() {
        opened.forEach(LibC::close);
        if (mounted != null) {
            LibC.check("umount", LibC.umount2(mounted.toString(), LibC.MNT_DETACH));
        }
    }

    protected static CreateArgs path(Object filename) {
        CreateArgs args = new CreateArgs();
        args.execfd = -1;
        args.filename = filename.toString();
        return args;
    }

    protected static CreateArgs descriptor(int fd) {
        CreateArgs args = new CreateArgs();
        args.execfd = fd;
        return args;
    }

    protected static StrictSpawnTemplate create(CreateArgs args, Option... options)
            throws SpawnException {
        return StrictSpawnTemplate.spawn_template_create(args, options);
    }

    protected static StrictSpawnTemplate probe() throws SpawnException {
        return create(path(Probe.PROGRAM));
    }

    protected static SpawnArgs args(Action... actions) {
        SpawnArgs args = new SpawnArgs();
        args.pidfd = new int[1];
        args.argv = new String[] {"probe", "--exit", "0"};
        args.envp = new String[] {"PATH=/usr/bin:/bin"};
        args.actions = actions;
        args.actions_len = actions.length;
        return args;
    }

    protected static SpawnArgs inheriting(SpawnArgs args) {
        args.flags = SPAWN_TEMPLATE_SPAWN_INHERIT_FDS;
        return args;
    }

    protected static Action close(int fd) {
        return new Action(SPAWN_TEMPLATE_ACTION_CLOSE, 0, fd, 0, null);
    }

    protected static Action dup2(int fd, int newfd) {
        return new Action(SPAWN_TEMPLATE_ACTION_DUP2, 0, fd, newfd, null);
    }

    protected static Action fchdir(int fd) {
        return new Action(SPAWN_TEMPLATE_ACTION_FCHDIR, 0, fd, 0, null);
    }

    protected static Action open(Object path, int newfd) {
        return openAt(AT_FDCWD, path, newfd);
    }

    protected static Action openAt(int directory, Object path, int newfd) {
        SpawnTemplateOpen open = new SpawnTemplateOpen(path.toString(), 0, 0, 0);
        return new Action(SPAWN_TEMPLATE_ACTION_OPEN, 0, directory, newfd, open);
    }

    protected static Action closeRange(int first, int last) {
        return new Action(SPAWN_TEMPLATE_ACTION_CLOSE_RANGE, 0, first, last, null);
    }

    protected static Action signals(int type, long set, long size) {
        return new Action(type, 0, 0, 0, new SpawnTemplateSigset(set, size));
    }

    protected static long bit(int signal) {
        return 1L << (signal - 1);
    }

    protected int remember(int fd) {
        opened.add(fd);
        return fd;
    }

    /** A descriptor of /dev/null. */
    protected int nullDevice(int flags) {
        return remember(LibC.open(Path.of("/dev/null"), flags));
    }

    protected int[] pipe() {
        int[] ends = LibC.pipe();
        remember(ends[1]);
        return ends;
    }

    protected void closeNow(int fd) {
        opened.remove((Integer) fd);
        LibC.close(fd);
    }

    protected static void setMode(Path file, String mode) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    protected Path file(String name, byte[] content, String mode) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        setMode(file, mode);
        return file;
    }

    /** A program of our own that can be changed. */
    protected Path copy(String name) throws IOException {
        return file(name, Files.readAllBytes(Probe.FILE), "rwxr-xr-x");
    }

    protected static void spawn(SpawnArgs args) throws SpawnException {
        try (StrictSpawnTemplate template = probe()) {
            template.spawn_template_spawn(args);
        }
    }

    protected static int status(StrictSpawnTemplate template, SpawnArgs args) throws Exception {
        PidfdProcess process = template.spawn_template_spawn(args);
        process.waitFor();
        assertThat(process.exitStatus()).isInstanceOf(ExitStatus.Exited.class);
        return process.exitValue();
    }

    protected static int status(SpawnArgs args) throws Exception {
        try (StrictSpawnTemplate template = probe()) {
            return status(template, args);
        }
    }

    /** What a probe sees that takes these steps first. */
    protected ProbeReport report(StrictSpawnTemplate template, SpawnArgs args, String... steps)
            throws Exception {
        Path report = folder.resolve("report");
        List<String> argv = new ArrayList<>(List.of("probe"));
        argv.addAll(Arrays.asList(steps));
        argv.addAll(List.of("--report-file", report.toString()));
        args.argv = argv.toArray(new String[0]);
        assertThat(status(template, args)).as("exit status").isZero();
        return new ProbeReport(Files.readAllBytes(report));
    }

    protected ProbeReport report(SpawnArgs args, String... steps) throws Exception {
        try (StrictSpawnTemplate template = probe()) {
            return report(template, args, steps);
        }
    }

    protected static void assertFails(int errno, ThrowingCallable call) {
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

    protected static void assertNoChild() {
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    protected static void assumeRoot(String what) {
        assumeTrue(LibC.isRoot(), what + " needs root");
    }
}
