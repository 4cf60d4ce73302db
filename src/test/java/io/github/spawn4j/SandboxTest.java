// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.CommandException.Reason;
import io.github.spawn4j.Sandbox.Limit;
import io.github.spawn4j.Sandbox.Mechanism;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.control.FileAccess;
import io.github.spawn4j.internal.os.Confinement;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.TestCgroup;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program in a sandbox is limited, or is not started; by what is told. For root and for an
 * ordinary user.
 */
@Timeout(60)
class SandboxTest {
    private static final int EOPNOTSUPP = 95;
    private static final RunOptions IN_TIME = RunOptions.timeout(ofSeconds(30)).anyExit();

    @TempDir private Path folder;
    private Path scratch;

    @BeforeEach
    void makeScratch() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        scratch = Files.createDirectory(folder.resolve("scratch"));
        Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static void forEveryUser(Callable<Void> test) throws Exception {
        Map<String, String> before = Jvm.state();
        test.call();
        assertThat(Jvm.state()).isEqualTo(before);
        Jvm.asOrdinaryUser(test);
    }

    private static CommandException failure(EmptyProcess process, RunOptions options) {
        CommandException e =
                catchThrowableOfType(CommandException.class, () -> process.run(options));
        assertThat(e).as("exception").isNotNull();
        return e;
    }

    /** Before Linux 6.9 no signal reaches a group without its leader; they end by themselves. */
    private static CommandResult runLeavingSome(EmptyProcess process) throws Exception {
        try {
            return process.run(IN_TIME);
        } catch (CommandException e) {
            if (e.reason() == Reason.SURVIVOR && !Kernel.has(Kernel.PIDFD_GROUP_SIGNAL)) {
                return e.result();
            }
            throw e;
        }
    }

    /** The cgroups of sandboxes that are there. */
    private static List<String> cgroups() throws Exception {
        try (Cgroup cgroup = Cgroup.create();
                Stream<Path> beside = Files.list(cgroup.directory().getParent())) {
            String prefix = "spawn4j-" + ProcessHandle.current().pid() + "-";
            return beside.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(prefix))
                    .filter(name -> !name.equals(cgroup.directory().getFileName().toString()))
                    .toList();
        }
    }

    // Files

    @Test
    void changesFilesOfItsDirectoryOnly() throws Exception {
        assumeTrue(
                Confinement.has(Confinement.LANDLOCK)
                        || Confinement.has(Confinement.MOUNT_NAMESPACE | Confinement.MOUNT_SETATTR),
                "neither Landlock nor mount namespaces");
        forEveryUser(
                () -> {
                    CommandResult result =
                            sh("pwd; echo $TMPDIR; echo a > file; ! echo b > ../outside; rm file")
                                    .sandbox(Sandbox.of(scratch))
                                    .stderr(Redirect.DISCARD)
                                    .run(IN_TIME.expectExit(0));
                    assertThat(result.stdout().text()).isEqualTo((scratch + "\n").repeat(2));
                    assertThat(folder.resolve("outside")).doesNotExist();
                    assertThat(result.stage().enforcement().get(Limit.FILES))
                            .isEqualTo(
                                    Confinement.has(Confinement.LANDLOCK)
                                            ? Mechanism.LANDLOCK
                                            : Mechanism.NAMESPACE);
                    return null;
                });
    }

    @Test
    void readsOnlyTheFilesThatItIsGiven() throws Exception {
        assumeTrue(Confinement.has(Confinement.LANDLOCK), "Landlock of Linux 6.2 is not there");
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        FileAccess access = FileAccess.NONE.devices();
        for (String directory : List.of("/usr", "/bin", "/lib", "/lib64", "/etc")) {
            if (Files.exists(Path.of(directory))) {
                access = access.readOnly(Path.of(directory));
            }
        }
        FileAccess libraries = access;
        forEveryUser(
                () -> {
                    CommandResult result =
                            PidfdProcess.builder("cat", secret.toString())
                                    .sandbox(Sandbox.of(scratch).files(libraries))
                                    .run(IN_TIME);
                    assertThat(result.exitValue()).isEqualTo(1);
                    assertThat(result.stdout().text()).isEmpty();
                    return null;
                });
    }

    // Network

    @Test
    void reachesNoNetwork() throws Exception {
        assumeTrue(
                Confinement.has(Confinement.NETWORK_NAMESPACE), "network namespaces are forbidden");
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String connect = "exec 3<> /dev/tcp/127.0.0.1/" + server.getLocalPort();
            forEveryUser(
                    () -> {
                        CommandResult result =
                                PidfdProcess.builder("bash", "-c", connect)
                                        .sandbox(Sandbox.of(scratch).noNetwork())
                                        .run(IN_TIME);
                        assertThat(result.exitValue()).isEqualTo(1);
                        assertThat(result.stderr().text()).contains("unreachable");
                        assertThat(result.stage().enforcement())
                                .containsEntry(Limit.NETWORK, Mechanism.NAMESPACE);
                        return null;
                    });
        }
    }

    // Memory and processes

    @Test
    void getsNoMoreMemory() throws Exception {
        forEveryUser(
                () -> {
                    CommandResult result =
                            PidfdProcess.builder("tail", "/dev/zero")
                                    .sandbox(Sandbox.of(scratch).memory(64 << 20))
                                    .run(IN_TIME);
                    Mechanism mechanism = result.stage().enforcement().get(Limit.MEMORY);
                    if (mechanism == Mechanism.CGROUP) {
                        assertThat(result.exitStatus()).isEqualTo(new ExitStatus.OutOfMemory());
                    } else {
                        assertThat(mechanism).isEqualTo(Mechanism.RLIMIT);
                        assertThat(result.stderr().text()).contains("memory exhausted");
                    }
                    return null;
                });
    }

    @Test
    void startsNoMoreProcesses() throws Exception {
        forEveryUser(
                () -> {
                    EmptyProcess process =
                            sh("for i in 1 2 3 4 5 6 7 8 9; do sleep 5 & done")
                                    .sandbox(Sandbox.of(scratch).processes(5));
                    try {
                        CommandResult result = runLeavingSome(process);
                        assertThat(result.stderr().text()).containsIgnoringCase("fork");
                        assertThat(result.stage().enforcement().get(Limit.PROCESSES))
                                .isIn(Mechanism.CGROUP, Mechanism.RLIMIT);
                    } catch (SpawnException e) {
                        assertThat(e.step()).isEqualTo("sandbox");
                        assertThat(e).hasMessageContaining("(sandbox processes 5: EOPNOTSUPP; ");
                        assertThat(LibC.isRoot() || !Confinement.countsProcesses()).isTrue();
                    }
                    return null;
                });
    }

    @Test
    void countsTheProcessesOfAnOrdinaryUserInAUserNamespace() throws Exception {
        Jvm.asOrdinaryUser(
                () -> {
                    assumeTrue(Confinement.countsProcesses(), "user namespaces are forbidden");
                    assumeTrue(!LibC.isRoot() || !TestCgroup.has("pids"), "a cgroup does it");
                    CommandResult result =
                            runLeavingSome(
                                    sh("sleep 5 & sleep 5 & sleep 5 & sleep 5 &")
                                            .sandbox(Sandbox.of(scratch).processes(3)));
                    assertThat(result.stderr().text()).containsIgnoringCase("fork");
                    assertThat(result.stage().enforcement())
                            .containsEntry(Limit.PROCESSES, Mechanism.RLIMIT);
                    return null;
                });
    }

    // Time

    @Test
    void isTornDownWhenItsTimeIsUp() throws Exception {
        CommandException e =
                failure(
                        sh("sleep 600 & sleep 600")
                                .sandbox(Sandbox.of(scratch).time(ofMillis(200))),
                        RunOptions.noTimeout());
        assertThat(e.reason()).isEqualTo(Reason.TIMEOUT);
        assertThat(e.result().duration()).isLessThan(ofSeconds(20));
        assertThat(e.result().stage().enforcement()).containsEntry(Limit.TIME, Mechanism.LIBRARY);

        PidfdProcess started =
                sh("exec sleep 600").sandbox(Sandbox.of(scratch).time(ofMillis(100))).start();
        assertThat(started.waitFor()).isEqualTo(128 + 15);
        assertThat(started.enforcement()).containsEntry(Limit.TIME, Mechanism.LIBRARY);
    }

    @Test
    void anEarlierTimeoutCounts() {
        Sandbox sandbox = Sandbox.of(scratch).time(ofMinutes(5));
        assertThat(Enclosure.shorter(ofSeconds(1), sandbox)).isEqualTo(ofSeconds(1));
        assertThat(Enclosure.shorter(null, sandbox)).isEqualTo(ofMinutes(5));
        assertThat(Enclosure.shorter(Duration.ofHours(1), sandbox)).isEqualTo(ofMinutes(5));
        assertThat(Enclosure.shorter(null, Sandbox.of(scratch))).isNull();
    }

    @Test
    void isEndedWhenItsCpuTimeIsSpent() throws Exception {
        CommandResult result =
                sh("while :; do :; done")
                        .sandbox(Sandbox.of(scratch).cpuTime(ofMillis(300)))
                        .run(IN_TIME);
        assertThat(result.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.XCPU, false));
        assertThat(result.stage().enforcement().get(Limit.CPU_TIME))
                .isIn(Mechanism.CGROUP, Mechanism.RLIMIT);
    }

    /** Each by itself has time left. */
    @Test
    void allItsProcessesTogetherHaveSoMuchCpuTime() throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        CommandResult result =
                sh("for i in 1 2 3 4 5 6 7 8 9; do \"$0\" --burn 300; done; echo no end")
                        .args(Probe.PROGRAM)
                        .sandbox(Sandbox.of(scratch).cpuTime(ofMillis(900)))
                        .run(IN_TIME);
        assertThat(result.stdout().text()).isEmpty();
        assertThat(result.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.XCPU, false));
        assertThat(result.stage().enforcement()).containsEntry(Limit.CPU_TIME, Mechanism.CGROUP);
    }

    // Output

    @Test
    void saysNoMoreWhateverIsKept() throws Exception {
        for (Capture capture :
                List.of(Capture.failBeyond(1 << 24), Capture.keepTail(100), Capture.keepHead(7))) {
            CommandException e =
                    failure(
                            PidfdProcess.builder("yes").sandbox(Sandbox.of(scratch).output(10_000)),
                            IN_TIME.stdout(capture));
            assertThat(e.reason()).isEqualTo(Reason.OUTPUT);
            assertThat(e).hasMessageContaining("10000 bytes to its standard output");
        }
        CommandResult result =
                PidfdProcess.builder("head", "-c", "10000", "/dev/zero")
                        .sandbox(Sandbox.of(scratch).output(10_000))
                        .run(IN_TIME);
        assertThat(result.stdout().bytes()).hasSize(10_000);
    }

    // What cannot be

    private static SpawnException refusal(EmptyProcess process) {
        return catchThrowableOfType(SpawnException.class, process::start);
    }

    @Test
    void refusesWhatCannotBeEnforced() throws Exception {
        Sandbox sandbox = Sandbox.of(scratch).output(100);
        SpawnException e = refusal(sh(":").sandbox(sandbox));
        assertThat(e.step()).isEqualTo("sandbox");
        assertThat(e.errno()).isEqualTo(EOPNOTSUPP);
        assertThat(e).hasMessageContaining("(sandbox output 100 bytes: EOPNOTSUPP; whoever");

        Path file = scratch.resolve("out");
        assertThatThrownBy(() -> sh(":").sandbox(sandbox).stdout(Redirect.to(file)).run(IN_TIME))
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("it leads elsewhere");
        assertThat(file).doesNotExist();

        PidfdProcess process = sh(":").sandbox(sandbox.bestEffort(Limit.OUTPUT)).start();
        assertThat(process.waitFor()).isZero();
        assertThat(process.enforcement()).containsEntry(Limit.OUTPUT, Mechanism.NONE);
    }

    @Test
    void refusesACgroupBesideItsOwn() throws Exception {
        EmptyProcess process = sh(":").sandbox(Sandbox.of(scratch)).cgroup(folder);
        assertThatThrownBy(process::start).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(process::start)
                .as("it is not started any more")
                .hasMessage("the start has failed");
    }

    @Test
    void failsWithoutItsDirectory() throws Exception {
        SpawnException e = refusal(sh(":").sandbox(Sandbox.of(folder.resolve("missing"))));
        assertThat(e.step()).isEqualTo("chdir");
    }

    @Test
    void refusesFiguresThatAreNone() {
        Sandbox sandbox = Sandbox.of(scratch);
        assertThatIllegalArgumentException().isThrownBy(() -> sandbox.memory(0));
        assertThatIllegalArgumentException().isThrownBy(() -> sandbox.time(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> sandbox.cpuTime(ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> sandbox.processes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> sandbox.output(0));
    }

    // Its end

    @Test
    void leavesNobodyAndNoCgroup() throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        Sandbox sandbox = Sandbox.of(scratch).cpuTime(ofMinutes(1));
        CommandResult result =
                sh("setsid sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1; done' & exec head -n0")
                        .sandbox(sandbox)
                        .run(IN_TIME.linger(ofMillis(500)));
        for (String daemon : result.stdout().text().lines().toList()) {
            assertThat(ProcStatus.runs(Long.parseLong(daemon))).isFalse();
        }
        assertThat(cgroups()).isEmpty();

        PidfdProcess process =
                sh("setsid sh -c 'echo $$; sleep 600' & read end").sandbox(sandbox).start();
        long daemon = Long.parseLong(process.inputReader().readLine());
        assertThat(cgroups()).hasSize(1);
        process.getOutputStream().close();
        process.waitFor();
        process.getInputStream().close();
        process.getErrorStream().close();
        Eventually.isTrue("the daemon has gone with it", () -> !ProcStatus.runs(daemon));
        Eventually.isTrue("and the cgroup", () -> cgroups().isEmpty());
    }

    @Test
    void leavesNoCgroupWhereItFails() throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        Sandbox sandbox = Sandbox.of(scratch).cpuTime(ofMinutes(1));
        assertThat(refusal(PidfdProcess.builder("/no/such").sandbox(sandbox))).isNotNull();
        assertThat(refusal(sh(":").sandbox(sandbox.output(1)))).isNotNull();
        assertThat(cgroups()).isEmpty();
    }

    @Test
    void belongsToEachProcessOfATemplate() throws Exception {
        Sandbox sandbox = Sandbox.of(scratch).cpuTime(ofMinutes(1));
        try (SpawnTemplate template = SpawnTemplate.builder("pwd").sandbox(sandbox).build()) {
            for (int i = 0; i < 2; i++) {
                CommandResult result = template.run(IN_TIME);
                assertThat(result.stdout().text()).isEqualTo(scratch + "\n");
                assertThat(result.stage().enforcement()).containsKey(Limit.CPU_TIME);
            }
        }
    }

    @Test
    void isAmongTheAttributes() {
        EmptyProcess process =
                sh(":").sandbox(
                                Sandbox.of(scratch)
                                        .memory(1 << 20)
                                        .time(ofSeconds(2))
                                        .processes(3)
                                        .files(FileAccess.NONE.readOnly(Path.of("/usr")))
                                        .noNetwork())
                        .inheritLimits()
                        .nice(3);
        assertThat(process.attributes())
                .containsExactly(
                        "sandbox of \""
                                + scratch
                                + "\": time PT2S, memory 1048576 bytes, processes 3,"
                                + " files read-only \"/usr\", no network",
                        "setpriority 3");
        assertThat(Sandbox.of(scratch).files(FileAccess.NONE))
                .hasToString("sandbox of \"" + scratch + "\": files none");
    }
}
