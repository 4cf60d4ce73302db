// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.control.IdMap;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Numbers of processes, ids, mounts and a root of a child's own. For root and an ordinary user. */
@Timeout(60)
class NamespacesTest {
    private static final int ENOENT = 2;
    private static final int EPERM = 1;
    private static final int ENOSYS = 38;

    @TempDir private Path folder;

    @BeforeEach
    void letEverybodyIn() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static EmptyProcess sh(SpawnStrategy strategy, String script, Object... args) {
        EmptyProcess process = PidfdProcess.builder("/bin/sh", "-c", script, "sh");
        for (Object arg : args) {
            process.args(arg.toString());
        }
        return process.strategy(strategy).stderr(Redirect.STDOUT).inheritLimits();
    }

    /** Each test as we are, and as an ordinary user; the JVM is what it was. */
    private static void forEveryUser(Callable<Void> test) throws Exception {
        Callable<Void> unchanged =
                () -> {
                    Map<String, String> before = Jvm.state();
                    test.call();
                    assertThat(Jvm.state()).isEqualTo(before);
                    return null;
                };
        unchanged.call();
        Jvm.asOrdinaryUser(unchanged);
    }

    // Processes

    @ForEachExpressiveStrategy
    void isTheFirstProcess(SpawnStrategy strategy) throws Exception {
        forEveryUser(
                () -> {
                    EmptyProcess process = sh(strategy, "echo $$; id -u").namespaces(Namespace.PID);
                    assertThat(process.attributes()).containsExactly("clone(CLONE_NEWPID)");
                    String user = Probe.text(PidfdProcess.builder("id", "-u"));
                    assertThat(Probe.text(process)).isEqualTo("1\n" + user);
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void endsAllOfItsPidNamespace(SpawnStrategy strategy) throws Exception {
        forEveryUser(
                () -> {
                    PidfdProcess process =
                            sh(strategy, "setsid sleep 600 & echo started; read end")
                                    .namespaces(Namespace.PID)
                                    .start();
                    assertThat(process.inputReader().readLine()).isEqualTo("started");
                    List<ProcessHandle> descendants = process.descendants().toList();
                    assertThat(descendants).isNotEmpty();
                    process.getOutputStream().close();
                    process.waitFor();
                    Eventually.isTrue(
                            "the daemon is killed",
                            () -> descendants.stream().noneMatch(ProcessHandle::isAlive));
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void stillDiesWithTheJvmWhereItHasNoNumberForIt(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .namespaces(Namespace.PID, Namespace.IPC)
                                .parentDeathSignal(Signal.TERM));
        assertThat(report.text("pdeathsig")).isEqualTo("15");
    }

    /** As docs/attributes.md has it: the program itself mounts it, and only for itself. */
    @Test
    void canMountAProcOfItsOwn() throws Exception {
        assumeTrue(LibC.isRoot(), "an ordinary user may not where parts of /proc are covered");
        String mounts = Files.readString(Path.of("/proc/self/mountinfo"));
        String prefix = "mount --make-rslave / && mount -t proc proc /proc && exec \"$@\"";
        EmptyProcess process =
                PidfdProcess.builder("sh", "-c", prefix, "sh", "sh", "-c", "echo /proc/[0-9]*")
                        .namespaces(Namespace.PID, Namespace.MOUNT)
                        .stderr(Redirect.STDOUT);
        assertThat(Probe.text(process)).isEqualTo("/proc/1\n");
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).isEqualTo(mounts);
    }

    // Ids

    @ForEachExpressiveStrategy
    void isRootInItsOwnNamespace(SpawnStrategy strategy) throws Exception {
        forEveryUser(
                () -> {
                    long user =
                            Long.parseLong(Probe.text(PidfdProcess.builder("id", "-u")).strip());
                    long group =
                            Long.parseLong(Probe.text(PidfdProcess.builder("id", "-g")).strip());
                    EmptyProcess process =
                            sh(strategy, "id -u; id -g; cat /proc/self/uid_map")
                                    .userNamespace(IdMap.of(0, user, 1), IdMap.of(0, group, 1));
                    assertThat(process.attributes())
                            .containsExactly(
                                    "user namespace of users 0 %d 1, groups 0 %d 1"
                                            .formatted(user, group));
                    assertThat(Probe.text(process).split("\\s+"))
                            .containsExactly("0", "0", "0", Long.toString(user), "1");
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void hasIdsThatStandForOthers(SpawnStrategy strategy) throws Exception {
        assumeTrue(LibC.isRoot(), "to map the ids of others needs CAP_SETUID");
        Map<String, String> before = Jvm.state();
        IdMap map = IdMap.of(0, 100_000, 1000).plus(1000, 0, 1);
        EmptyProcess process = sh(strategy, "id -u; id -g; tr -s ' ' < /proc/self/uid_map");
        String text = Probe.text(process.userNamespace(map, map).namespaces(Namespace.NETWORK));
        assertThat(text).isEqualTo("1000\n1000\n 0 100000 1000\n 1000 0 1\n");
        assertThat(Jvm.state()).isEqualTo(before);
    }

    @Test
    void becomesSomebodyWhomItsMapsName() throws Exception {
        assumeTrue(LibC.isRoot(), "to map the ids of others needs CAP_SETUID");
        IdMap map = IdMap.of(0, 100_000, 1000);
        EmptyProcess process = sh(SpawnStrategy.CLONE3, "id -u; cat /proc/$$/loginuid > /dev/null");
        PidfdProcess started =
                process.userNamespace(map, map).user(7, 7).stdin(Redirect.PIPE).start();
        assertThat(started.inputReader().readLine()).isEqualTo("7");
    }

    @ForEachExpressiveStrategy
    void mapsNobodyElseWithoutThePrivilege(SpawnStrategy strategy) throws Exception {
        Jvm.asOrdinaryUser(
                () -> {
                    EmptyProcess process =
                            sh(strategy, ":").userNamespace(IdMap.of(0, 0, 10), IdMap.OWN);
                    SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
                    assertThat(e.step()).isEqualTo("user namespace");
                    assertThat(e.errno()).isEqualTo(EPERM);
                    assertThat(e)
                            .hasMessageContaining(
                                    "(user namespace of users 0 0 10, groups as they are: EPERM");
                    return null;
                });
    }

    @Test
    void refusesIdsThatThereAreNot() {
        assertThatThrownBy(() -> IdMap.of(-1, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdMap.of(0, 0, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> IdMap.of(0, 1L << 32, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(IdMap.of(0, 0, 0xffff_ffffL)).hasToString("0 0 4294967295\n");
    }

    // Root and mounts

    /** A root with a shell is this machine's own, seen from another directory. */
    private EmptyProcess inRoot(SpawnStrategy strategy, Path root) {
        return PidfdProcess.builder(Probe.FILE.getFileName().toString(), "--say", "here")
                .env("PATH", "/")
                .strategy(strategy)
                .chroot(root);
    }

    private Path root() throws Exception {
        Path root = Files.createDirectories(folder.resolve("root"));
        Path program = root.resolve(Probe.FILE.getFileName());
        if (!Files.exists(program)) {
            Files.copy(Probe.program("noop"), program);
            program.toFile().setExecutable(true, false);
        }
        return root;
    }

    @ForEachExpressiveStrategy
    void hasARootOfItsOwn(SpawnStrategy strategy) throws Exception {
        Path root = root();
        forEveryUser(
                () -> {
                    assertThat(inRoot(strategy, root).start().waitFor()).isZero();
                    EmptyProcess outside = sh(strategy, ":").chroot(root);
                    SpawnException e = catchThrowableOfType(SpawnException.class, outside::start);
                    assertThat(e.step()).as("there is no shell in there").isEqualTo("exec");
                    assertThat(e.errno()).isEqualTo(ENOENT);
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void namesTheRootThatIsNotThere(SpawnStrategy strategy) throws Exception {
        Path missing = folder.resolve("missing");
        forEveryUser(
                () -> {
                    EmptyProcess process = sh(strategy, ":").chroot(missing);
                    SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
                    assertThat(e.step()).isEqualTo("chroot");
                    assertThat(e.errno()).isEqualTo(ENOENT);
                    assertThat(e).hasMessageContaining("(chroot \"" + missing + "\": ENOENT");
                    return null;
                });
    }

    /** A directory outside of the root is a way out. */
    @ForEachExpressiveStrategy
    void doesNotStayOutsideOfItsRoot(SpawnStrategy strategy) throws Exception {
        Path usr = Path.of("/usr");
        boolean isRoot = Files.exists(usr.resolve("bin/sh")) && Files.exists(usr.resolve("lib64"));
        assumeTrue(isRoot, "/usr is no root with a shell");
        forEveryUser(
                () -> {
                    EmptyProcess outside = sh(strategy, "pwd").directory(folder).chroot(usr);
                    assertThat(Probe.text(outside)).isEqualTo("/\n");
                    EmptyProcess inside =
                            sh(strategy, "pwd").directory(usr.resolve("bin")).chroot(usr);
                    assertThat(Probe.text(inside)).isEqualTo("/bin\n");
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void changesFilesOnlyWhereItIsMountedSo(SpawnStrategy strategy) throws Exception {
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.setPosixFilePermissions(inside, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path outside = folder.resolve("outside");
        String script =
                "echo a > \"$1/file\" && echo b > relative && ! echo c > \"$2\" && rm relative"
                        + " \"$1/file\" && echo d > /dev/null";
        forEveryUser(
                () -> {
                    EmptyProcess process = sh(strategy, script, inside, outside).directory(inside);
                    process.readOnlyMountsExcept(inside);
                    assertThat(process.attributes())
                            .containsExactly(
                                    "unshare MOUNT",
                                    "mount_setattr read-only but \"" + inside + "\"");
                    PidfdProcess started = process.stdout(Redirect.DISCARD).start();
                    assertThat(started.waitFor()).isZero();
                    assertThat(outside).doesNotExist();
                    return null;
                });
    }

    // Lifetime

    @Test
    void isKilledWithItsPidfdWhereTheKernelCanDoThat() throws Exception {
        EmptyProcess process = PidfdProcess.builder("sleep", "600").noNewPrivileges().autokill();
        assertThat(process.attributes()).contains("clone3(CLONE_PIDFD_AUTOKILL)");
        if (Kernel.has(Kernel.AUTOKILL)) {
            PidfdProcess started = process.start();
            started.signal(Signal.TERM);
            assertThat(started.waitFor()).isEqualTo(128 + 15);
            return;
        }
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e.step()).isEqualTo("clone3(CLONE_PIDFD_AUTOKILL)");
        assertThat(e.errno()).isEqualTo(ENOSYS);
    }
}
