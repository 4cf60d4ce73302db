// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.control.Capability;
import io.github.spawn4j.control.IdMap;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Who the child is and what it may; the JVM stays who it is. */
@Timeout(60)
class IdentityTest {
    private static final int EPERM = 1;
    private static final int EINVAL = 22;
    private static final int EOPNOTSUPP = 95;
    private static final int NOBODY = 65534;

    @TempDir private Path folder;

    private static void assumeRoot() {
        assumeTrue(LibC.isRoot(), "only root may become somebody else");
    }

    @ParameterizedTest
    @EnumSource(
            value = SpawnStrategy.class,
            names = {"CLONE3", "FORK"})
    void becomesTheUserAndLosesAllThatRootHas(SpawnStrategy strategy) throws Exception {
        assumeRoot();
        Map<String, String> before = Jvm.state();

        ProbeReport report = Probe.report(Probe.with(strategy).user(NOBODY, NOBODY, 7, 8));

        assertThat(report.text("status.Uid").split("\t")).containsOnly("65534");
        assertThat(report.text("status.Gid").split("\t")).containsOnly("65534");
        assertThat(report.text("groups")).isEqualTo("7,8");
        assertThat(report.text("status.CapEff")).isEqualTo("0000000000000000");
        assertThat(report.text("status.CapPrm")).isEqualTo("0000000000000000");
        assertThat(Jvm.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(
            value = SpawnStrategy.class,
            names = {"CLONE3", "FORK"})
    void takesGroupsFromNobodyWhoIsNotNamed(SpawnStrategy strategy) throws Exception {
        assumeRoot();
        ProbeReport report =
                OwnThread.call(
                        () -> {
                            LibC.setGroups(4, 5);
                            return Probe.report(Probe.with(strategy).user(NOBODY, NOBODY));
                        });
        assertThat(report.text("groups")).isEmpty();
    }

    @Test
    void findsUsersAndGroupsByName() throws Exception {
        assumeRoot();
        ProbeReport report = Probe.report(PidfdProcess.builder(Probe.PROGRAM).user("nobody"));
        assertThat(report.text("uid") + " " + report.text("gid") + " " + report.text("groups"))
                .isEqualTo(id("-u") + " " + id("-g") + " " + id("-G").replace(' ', ','));

        report =
                Probe.report(
                        PidfdProcess.builder(Probe.PROGRAM)
                                .group("root")
                                .groups(List.of("root", "daemon")));
        assertThat(report.text("uid") + " " + report.text("gid") + " " + report.text("groups"))
                .isEqualTo("0 0 0,1");
    }

    /** What id(1) says of nobody. */
    private static String id(String option) throws Exception {
        return Probe.text(PidfdProcess.builder("id", option, "nobody")).strip();
    }

    @Test
    void leavesStreamsAndDirectoryToTheJvm() throws Exception {
        assumeRoot();
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, Set.of());
        EmptyProcess process =
                PidfdProcess.builder("true")
                        .user(NOBODY, NOBODY)
                        .directory(closed)
                        .stdout(Redirect.to(closed.resolve("out")));
        assertThat(process.start().waitFor()).isZero();
        assertThat(closed.resolve("out")).exists();
    }

    /** The kernel forgets it when ids change; what is checked is that it is told again. */
    @Test
    void stillDiesWithTheJvm() throws Exception {
        assumeRoot();
        ProbeReport report =
                Probe.report(
                        PidfdProcess.builder(Probe.PROGRAM)
                                .parentDeathSignal(Signal.TERM)
                                .user(NOBODY, NOBODY)
                                .capabilities());
        assertThat(report.text("pdeathsig")).isEqualTo("15");
        assertThat(report.text("uid")).isEqualTo("65534");
    }

    @Test
    void isRefusedWhereTheMemoryIsLent() {
        EmptyProcess process = Probe.with(SpawnStrategy.VFORK).user(NOBODY, NOBODY);
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e.step()).isEqualTo("vfork cannot express setgroups none");
        assertThat(e.errno()).isEqualTo(EOPNOTSUPP);
        assertThat(e).hasMessageContaining("the strategies CLONE3 and FORK can");
    }

    @Test
    void posixSpawnNamesOnlyStrategiesThatCanGiveAllOfIt() {
        SpawnException e = refusalOfPosixSpawn(process -> process.user(NOBODY, NOBODY));
        assertThat(e.step()).isEqualTo("posix_spawn cannot express setgroups none");
        assertThat(e).hasMessageContaining("the strategies CLONE3 and FORK can");

        e = refusalOfPosixSpawn(process -> process.user(NOBODY, NOBODY).umask(0));
        assertThat(e.step()).isEqualTo("posix_spawn cannot express umask 0000");
        assertThat(e).hasMessageContaining("the strategies CLONE3 and FORK can");

        e = refusalOfPosixSpawn(process -> process.group(0).terminal(new WindowSize(24, 80)));
        assertThat(e.step()).isEqualTo("posix_spawn cannot express terminal");
        assertThat(e).hasMessageContaining("the strategies CLONE3 and FORK can");
    }

    private static SpawnException refusalOfPosixSpawn(UnaryOperator<EmptyProcess> set) {
        EmptyProcess process = set.apply(Probe.with(SpawnStrategy.POSIX_SPAWN));
        return catchThrowableOfType(SpawnException.class, process::start);
    }

    @Test
    void startsColdFromATemplate() throws Exception {
        assumeRoot();
        try (SpawnTemplate template =
                SpawnTemplate.builder(Probe.PROGRAM)
                        .user(NOBODY, NOBODY)
                        .warm(KeptWarm.PATIENT)
                        .build()) {
            KeptWarm.settled(template);
            assertThat(Probe.report(template.prepare()).text("uid")).isEqualTo("65534");
            assertThat(template.statistics().warm()).isZero();
        }
    }

    @ForEachExpressiveStrategy
    void hasNoOtherCapabilitiesThanItIsLeft(SpawnStrategy strategy) throws Exception {
        assumeTrue(LibC.isRoot(), "only root has capabilities to be dropped");
        Map<String, String> before = Jvm.state();
        ProbeReport none = Probe.report(Probe.with(strategy).capabilities());
        assertThat(none.text("status.CapBnd")).isEqualTo("0000000000000000");
        assertThat(none.text("status.CapEff")).isEqualTo("0000000000000000");

        ProbeReport some =
                Probe.report(
                        Probe.with(strategy)
                                .capabilities(Capability.KILL, Capability.NET_BIND_SERVICE));
        assertThat(some.text("status.CapBnd")).isEqualTo("0000000000000420");
        assertThat(some.text("status.CapEff")).isEqualTo("0000000000000420");
        assertThat(Jvm.state()).isEqualTo(before);
    }

    @ForEachExpressiveStrategy
    void gainsNoPrivileges(SpawnStrategy strategy) throws Exception {
        Map<String, String> before = Jvm.state();
        ProbeReport report = Probe.report(Probe.with(strategy).noNewPrivileges());
        assertThat(report.text("status.NoNewPrivs")).isEqualTo("1");
        assertThat(Jvm.state()).isEqualTo(before);
        Jvm.asOrdinaryUser(
                () -> {
                    ProbeReport his = Probe.report(Probe.with(strategy).noNewPrivileges());
                    assertThat(his.text("status.NoNewPrivs")).isEqualTo("1");
                    return null;
                });
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                refusal("setgroups 5", process -> process.groups(5)),
                refusal("setgroups none", process -> process.user(0, 0)),
                refusal("setresgid 0", process -> process.group(0)),
                refusal(
                        "prctl(PR_CAPBSET_DROP) all but KILL",
                        process -> process.capabilities(Capability.KILL)));
    }

    private static Arguments refusal(String words, UnaryOperator<EmptyProcess> set) {
        return Arguments.of(words, set);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void failsByItsNameWithoutThePrivilege(String words, UnaryOperator<EmptyProcess> set)
            throws Exception {
        Jvm.asOrdinaryUser(
                () -> {
                    EmptyProcess process = set.apply(Probe.with(SpawnStrategy.CLONE3));
                    SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
                    assertThat(e).as("exception").isNotNull();
                    assertThat(e.errno()).isEqualTo(EPERM);
                    assertThat(words).startsWith(e.step());
                    assertThat(e).hasMessageContaining("(" + words + ": EPERM");
                    return null;
                });
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void hasIdsOfWhichEachBitCounts() throws Exception {
        assumeRoot();
        EmptyProcess process =
                PidfdProcess.builder(Probe.PROGRAM)
                        .inheritLimits()
                        .account((int) 3_000_000_000L, (int) 3_000_000_001L, (int) 3_000_000_002L);
        assertThat(process.attributes())
                .containsExactly(
                        "setgroups 3000000002", "setresgid 3000000001", "setresuid 3000000000");
        ProbeReport report = Probe.report(process);
        assertThat(report.text("status.Uid").split("\t")).containsOnly("3000000000");
        assertThat(report.text("status.Gid").split("\t")).containsOnly("3000000001");
        assertThat(report.text("groups")).isEqualTo("3000000002");
    }

    /** Of an id that a user namespace does not have, so that nothing before it fails. */
    @ParameterizedTest
    @EnumSource(
            value = SpawnStrategy.class,
            names = {"CLONE3", "FORK"})
    void namesTheIdThatThereIsNot(SpawnStrategy strategy) throws Exception {
        assumeRoot();
        IdMap map = IdMap.of(0, 100_000, 1000);
        EmptyProcess process = Probe.with(strategy).userNamespace(map, map).user(5000, 7);
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e.errno()).isEqualTo(EINVAL);
        assertThat(e).hasMessageContaining("(setresuid 5000: EINVAL");

        process = Probe.with(strategy).userNamespace(map, map).user(7, 5000);
        e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e).hasMessageContaining("(setresgid 5000: EINVAL");
    }

    @Test
    void refusesWhomNobodyKnows() {
        EmptyProcess process = PidfdProcess.builder("true");
        assertThatThrownBy(() -> process.user("no such user"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no user \"no such user\"");
        assertThatThrownBy(() -> process.group("no such group"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no group \"no such group\"");
        assertThatThrownBy(() -> process.user("a\nb")).hasMessageEndingWith("000ab\"");
        assertThatThrownBy(() -> process.user(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> process.user(0, -1)).hasMessageStartingWith("group -1 ");
        assertThatThrownBy(() -> process.user("a\0b")).isInstanceOf(IllegalArgumentException.class);
        assertThat(process.inheritLimits().attributes()).isEmpty();
    }
}
