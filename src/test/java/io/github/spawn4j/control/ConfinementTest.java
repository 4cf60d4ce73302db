// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a child cannot reach: files, calls, the network, /tmp. For root and an ordinary user. */
@Timeout(60)
class ConfinementTest {
    private static final int ENOENT = 2;
    private static final int EINVAL = 22;

    private static final int SYS_LANDLOCK_CREATE_RULESET = 444;
    private static final int SYS_UNAME = System.getProperty("os.arch").equals("amd64") ? 63 : 160;

    /** Landlock of Linux 6.2. */
    private static final int LEAST_LANDLOCK = 3;

    @TempDir private Path folder;
    private Path inside;
    private Path outside;

    @BeforeEach
    void makeFolders() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        inside = Files.createDirectory(folder.resolve("inside"));
        outside = Files.createDirectory(folder.resolve("outside"));
        for (Path directory : List.of(inside, outside)) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        }
    }

    private static void assumeLandlock() {
        long version = LibC.syscall(SYS_LANDLOCK_CREATE_RULESET, 0, 0, 1);
        assumeTrue(version >= LEAST_LANDLOCK, "Landlock of Linux 6.2 is not there");
    }

    /** Each test as we are, and as an ordinary user; the JVM is what it was. */
    private static void forEveryUser(Callable<Void> test) throws Exception {
        Map<String, String> before = Jvm.state();
        test.call();
        assertThat(Jvm.state()).isEqualTo(before);
        Jvm.asOrdinaryUser(
                () -> {
                    Map<String, String> his = Jvm.state();
                    test.call();
                    assertThat(Jvm.state()).isEqualTo(his);
                    return null;
                });
    }

    private static EmptyProcess sh(SpawnStrategy strategy, String script, Path... args) {
        return PidfdProcess.builder("sh", "-c", script)
                .args("sh")
                .args(Arrays.stream(args).map(Path::toString).toList())
                .strategy(strategy)
                .stderr(Redirect.STDOUT);
    }

    @ForEachExpressiveStrategy
    void writesOnlyWhereItMay(SpawnStrategy strategy) throws Exception {
        assumeLandlock();
        String script =
                "echo 1 > \"$1/file\" && mv \"$1/file\" \"$1/kept\" && cat \"$1/kept\" > /dev/null"
                        + " && ! echo 2 > \"$2/file\" && ! mkdir \"$2/folder\" && ls / > /dev/null"
                        + " && ! mv \"$1/kept\" \"$2/kept\" && rm \"$1/kept\"";
        forEveryUser(
                () -> {
                    EmptyProcess process = sh(strategy, script, inside, outside);
                    process.stdout(Redirect.DISCARD).readOnlyExcept(inside);
                    assertThat(process.start().waitFor()).isZero();
                    assertThat(outside).isEmptyDirectory();
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void readsOnlyWhatItMay(SpawnStrategy strategy) throws Exception {
        assumeLandlock();
        Path secret = Files.writeString(outside.resolve("secret"), "secret");
        Path open = Files.writeString(inside.resolve("open"), "open");
        FileAccess access = FileAccess.NONE.readOnly(Path.of("/usr"), inside).devices();
        FileAccess libraries = access;
        for (String directory : List.of("/bin", "/lib", "/lib64", "/etc")) {
            if (Files.exists(Path.of(directory))) {
                libraries = libraries.readOnly(Path.of(directory));
            }
        }
        FileAccess all = libraries;
        forEveryUser(
                () -> {
                    String script = "cat \"$1\"; ! cat \"$2\" 2> /dev/null; ! echo > \"$1\"";
                    EmptyProcess process = sh(strategy, script, open, secret);
                    String text = Probe.text(process.fileAccess(all));
                    assertThat(text).startsWith("open").doesNotContain("secret");
                    return null;
                });
        assertThat(open).hasContent("open");
    }

    @ForEachExpressiveStrategy
    void namesThePathThatIsNotThere(SpawnStrategy strategy) throws Exception {
        assumeLandlock();
        Path missing = folder.resolve("missing");
        forEveryUser(
                () -> {
                    EmptyProcess process = Probe.with(strategy).readOnlyExcept(missing);
                    SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
                    assertThat(e.step()).isEqualTo("landlock");
                    assertThat(e.errno()).isEqualTo(ENOENT);
                    assertThat(e).hasMessageContaining("read-write \"" + missing + "\"");
                    return null;
                });
    }

    @Test
    void doesNotExecuteWhatItMayNotRead() throws Exception {
        assumeLandlock();
        EmptyProcess process =
                PidfdProcess.builder(Probe.PROGRAM).fileAccess(FileAccess.NONE.devices());
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e.step()).isEqualTo("exec");
    }

    /** An instruction of BPF as the kernel has it. */
    private static void put(ByteBuffer program, int code, int jt, int jf, int k) {
        program.putShort((short) code).put((byte) jt).put((byte) jf).putInt(k);
    }

    /** Refuses uname(2) with EPERM. */
    private static byte[] withoutUname() {
        ByteBuffer program = ByteBuffer.allocate(4 * 8).order(ByteOrder.nativeOrder());
        put(program, 0x20, 0, 0, 0); // BPF_LD | BPF_W | BPF_ABS: the call's number
        put(program, 0x15, 0, 1, SYS_UNAME); // BPF_JMP | BPF_JEQ | BPF_K
        put(program, 0x06, 0, 0, 0x00050001); // BPF_RET: SECCOMP_RET_ERRNO | EPERM
        put(program, 0x06, 0, 0, 0x7fff0000); // BPF_RET: SECCOMP_RET_ALLOW
        return program.array();
    }

    @ForEachExpressiveStrategy
    void makesOnlyTheCallsThatItMay(SpawnStrategy strategy) throws Exception {
        forEveryUser(
                () -> {
                    ProbeReport report = Probe.report(Probe.with(strategy).seccomp(withoutUname()));
                    assertThat(report.text("status.Seccomp")).isEqualTo("2");
                    assertThat(report.text("status.NoNewPrivs")).isEqualTo("1");
                    assertThat(sh(strategy, "! uname").seccomp(withoutUname()).start().waitFor())
                            .isZero();
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void namesTheFilterThatTheKernelFindsWrong(SpawnStrategy strategy) throws Exception {
        forEveryUser(
                () -> {
                    EmptyProcess process = Probe.with(strategy).seccomp(new byte[16]);
                    SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
                    assertThat(e.step()).isEqualTo("seccomp");
                    assertThat(e.errno()).isEqualTo(EINVAL);
                    assertThat(e).hasMessageContaining("(seccomp of 2 instructions: EINVAL");
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void hasNoNetwork(SpawnStrategy strategy) throws Exception {
        String script = "readlink /proc/self/ns/net; grep -c : /proc/net/dev; id -u; id -g";
        forEveryUser(
                () -> {
                    String us = Probe.text(sh(strategy, script));
                    List<String> it = Probe.text(sh(strategy, script).noNetwork()).lines().toList();
                    assertThat(it.get(0)).isNotEqualTo(us.lines().findFirst().orElseThrow());
                    assertThat(it.get(1)).as("devices").isEqualTo("1");
                    assertThat(it.subList(2, 4)).isEqualTo(us.lines().skip(2).toList());
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void hasNamespacesOfItsOwn(SpawnStrategy strategy) throws Exception {
        String script =
                "cd /proc/self/ns; for n in mnt cgroup uts ipc user net; do readlink $n; done";
        forEveryUser(
                () -> {
                    List<String> ours = Probe.text(sh(strategy, script)).lines().toList();
                    EmptyProcess all = sh(strategy, script).namespaces(Namespace.values());
                    assertThat(Probe.text(all).lines().toList())
                            .hasSameSizeAs(ours)
                            .doesNotContainAnyElementsOf(ours);
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void hasATmpOfItsOwn(SpawnStrategy strategy) throws Exception {
        Path mark = Path.of("/tmp/spawn4j-mark-" + ProcessHandle.current().pid());
        String script = "ls -A /tmp && echo x > \"$1\" && cat \"$1\"";
        forEveryUser(
                () -> {
                    assertThat(Probe.text(sh(strategy, script, mark).privateTmp()))
                            .isEqualTo("x\n");
                    assertThat(mark).doesNotExist();
                    return null;
                });
    }

    @Test
    void isConfinedInEveryWayAtOnce() throws Exception {
        assumeLandlock();
        forEveryUser(
                () -> {
                    String script = "umask; ulimit -n; grep Seccomp: /proc/self/status; ls -A /tmp";
                    EmptyProcess process =
                            sh(SpawnStrategy.CLONE3, script)
                                    .noNetwork()
                                    .privateTmp()
                                    .namespaces(Namespace.IPC, Namespace.UTS)
                                    .readOnlyExcept(Path.of("/tmp"))
                                    .seccomp(withoutUname())
                                    .limit(Resource.NOFILE, 64)
                                    .umask(0077)
                                    .parentDeathSignal(Signal.KILL);
                    assertThat(process.attributes())
                            .containsExactly(
                                    "umask 0077",
                                    "prctl(PR_SET_PDEATHSIG)",
                                    "unshare MOUNT,UTS,IPC,NETWORK",
                                    "mount tmpfs on \"/tmp\"",
                                    "prctl(PR_SET_NO_NEW_PRIVS)",
                                    "landlock read-only \"/\", read-write \"/tmp\", devices",
                                    "prlimit NOFILE 64:64",
                                    "seccomp of 4 instructions");
                    assertThat(Probe.text(process)).isEqualTo("0077\n64\nSeccomp:\t2\n");
                    return null;
                });
    }

    @Test
    void refusesAFilterThatCannotBeOne() {
        EmptyProcess process = PidfdProcess.builder("true");
        assertThatThrownBy(() -> process.seccomp(new byte[7]))
                .hasMessage("7 bytes are no number of instructions");
        assertThatThrownBy(() -> process.seccomp(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> process.seccomp(new byte[4097 * 8]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(process.inheritLimits().attributes()).isEmpty();
    }
}
