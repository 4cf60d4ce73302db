// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.control.Capability;
import io.github.spawn4j.control.IdMap;
import io.github.spawn4j.control.IoClass;
import io.github.spawn4j.control.MemoryPolicy;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.control.SchedulingPolicy;
import io.github.spawn4j.internal.os.Confinement;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.TestCgroup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All attributes of one child, except those that exclude each other: the leader of a session can be
 * in no other group, and {@code scheduler} has a priority.
 */
@Timeout(60)
class AllAttributesTest {
    /** One instruction: SECCOMP_RET_ALLOW. */
    private static byte[] filter() {
        ByteBuffer program = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        program.putShort((short) 0x06).putShort((short) 0).putInt(0x7fff0000);
        return program.array();
    }

    /** Those that everybody may have. */
    private static EmptyProcess common(EmptyProcess process) {
        process.readOnlyMountsExcept(Path.of("/tmp"));
        return process.newSession()
                .namespaces(Namespace.values())
                .umask(0027)
                .scheduler(SchedulingPolicy.BATCH, 0)
                .nice(7)
                .ioPriority(IoClass.BEST_EFFORT, 6)
                .cpuAffinity(0)
                .memoryPolicy(MemoryPolicy.BIND, 0)
                .oomScoreAdj(700)
                .timerSlack(Duration.ofMillis(2))
                .fixedAddresses()
                .resetIds()
                .parentDeathSignal(Signal.TERM)
                .chroot(Path.of("/"))
                .privateTmp()
                .readOnlyExcept(Path.of("/tmp"))
                .limit(Resource.CPU, 100, 200)
                .softLimit(Resource.NOFILE, 64)
                .seccomp(filter());
    }

    private static final String[] COMMON = {
        "setsid",
        "clone(CLONE_NEWPID)",
        "umask 0027",
        "sched_setscheduler BATCH 0",
        "setpriority 7",
        "ioprio_set BEST_EFFORT 6",
        "sched_setaffinity 0",
        "set_mempolicy BIND 0",
        "oom_score_adj 700",
        "prctl(PR_SET_TIMERSLACK) 2000000 ns",
        "personality ADDR_NO_RANDOMIZE",
        "setresuid",
        "prctl(PR_SET_PDEATHSIG)",
        "unshare MOUNT,CGROUP,UTS,IPC,USER,NETWORK",
        "mount_setattr read-only but \"/tmp\"",
        "chroot \"/\"",
        "mount tmpfs on \"/tmp\"",
        "prctl(PR_SET_NO_NEW_PRIVS)",
        "landlock read-only \"/\", read-write \"/tmp\", devices",
        "prlimit CPU 100:200",
        "prlimit NOFILE 64",
        "seccomp of 1 instructions"
    };

    private static void assertCommon(ProbeReport report) {
        assertThat(report.text("pid") + " " + report.text("session")).isEqualTo("1 1");
        assertThat(report.text("umask")).isEqualTo("0027");
        assertThat(report.text("policy")).isEqualTo("3 0");
        assertThat(report.text("nice")).isEqualTo("7");
        assertThat(report.text("ioprio")).isEqualTo("2 6");
        assertThat(report.text("status.Cpus_allowed_list")).isEqualTo("0");
        assertThat(report.text("mempolicy")).isEqualTo("2 1");
        assertThat(report.text("oom_score_adj")).isEqualTo("700");
        assertThat(report.text("timerslack")).isEqualTo("2000000");
        assertThat(report.text("personality")).isEqualTo("00040000");
        assertThat(report.text("pdeathsig")).isEqualTo("15");
        assertThat(report.text("status.NoNewPrivs")).isEqualTo("1");
        assertThat(report.text("status.Seccomp")).isEqualTo("2");
        assertThat(report.text("rlimit.0")).isEqualTo("100,200");
        assertThat(report.text("rlimit.nofile")).startsWith("64,");
    }

    private static void assumeMechanisms() {
        long all =
                Confinement.LANDLOCK
                        | Confinement.MOUNT_SETATTR
                        | Confinement.MOUNT_NAMESPACE
                        | Confinement.USER_NAMESPACE;
        assumeTrue(Confinement.has(all), "Landlock, mount_setattr or namespaces are missing");
    }

    /** The program is open ahead, as the child's /tmp, where it may lie, is another one. */
    private static SpawnTemplate template() throws Exception {
        return SpawnTemplate.builder(Probe.PROGRAM).build();
    }

    @ParameterizedTest
    @EnumSource(
            value = SpawnStrategy.class,
            names = {"CLONE3", "FORK"})
    void areThereForRoot(SpawnStrategy strategy) throws Exception {
        assumeTrue(LibC.isRoot(), "only root may have them all");
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        assumeMechanisms();
        Map<String, String> before = Jvm.state();
        IdMap map = IdMap.of(0, 100_000, 1000).plus(1000, 0, 1);
        try (TestCgroup cgroup = new TestCgroup();
                SpawnTemplate template = template()) {
            EmptyProcess process =
                    common(template.prepare().strategy(strategy))
                            .userNamespace(map, map)
                            .user(7, 7, 8)
                            .capabilities(Capability.KILL)
                            .cgroup(cgroup.directory());
            assertThat(process.attributes())
                    .containsAll(java.util.List.of(COMMON))
                    .contains(
                            "user namespace of users 0 100000 1000, 1000 0 1, groups 0 100000 1000,"
                                    + " 1000 0 1",
                            "prctl(PR_CAPBSET_DROP) all but KILL",
                            "setgroups 8",
                            "setresgid 7",
                            "setresuid 7",
                            "capset KILL")
                    .hasSize(COMMON.length + 6);
            ProbeReport report = Probe.report(process);

            assertCommon(report);
            assertThat(report.text("status.Uid").split("\t")).containsOnly("7");
            assertThat(report.text("status.Gid").split("\t")).containsOnly("7");
            assertThat(report.text("groups")).isEqualTo("8");
            assertThat(report.text("status.CapBnd")).isEqualTo("0000000000000020");
            assertThat(Jvm.state()).isEqualTo(before);
        }
    }

    @ForEachExpressiveStrategy
    void areThereForAnOrdinaryUser(SpawnStrategy strategy) throws Exception {
        assumeMechanisms();
        try (SpawnTemplate template = template()) {
            Jvm.asOrdinaryUser(
                    () -> {
                        Map<String, String> before = Jvm.state();
                        EmptyProcess process = common(template.prepare().strategy(strategy));
                        assertThat(process.attributes()).containsExactly(COMMON);
                        assertCommon(Probe.report(process));
                        assertThat(Jvm.state()).isEqualTo(before);
                        return null;
                    });
        }
    }

    @Test
    void areNamedInTheDocument() throws Exception {
        String document = java.nio.file.Files.readString(Path.of("docs/attributes.md"));
        assertThat(document)
                .contains(
                        "`newSession`",
                        "`processGroup`",
                        "`cgroup`",
                        "`umask`",
                        "`scheduler`",
                        "`schedulingPriority`",
                        "`nice`",
                        "`ioPriority`",
                        "`cpuAffinity`",
                        "`memoryPolicy`",
                        "`oomScoreAdj`",
                        "`timerSlack`",
                        "`fixedAddresses`",
                        "`resetIds`",
                        "`parentDeathSignal`",
                        "`namespaces`",
                        "`noNetwork`",
                        "`userNamespace`",
                        "`chroot`",
                        "`privateTmp`",
                        "`noNewPrivileges`",
                        "`fileAccess`",
                        "`readOnlyExcept`",
                        "`limit`",
                        "`softLimit`",
                        "`capabilities`",
                        "`groups`",
                        "`group`",
                        "`user`",
                        "`seccomp`",
                        "`autokill`",
                        "`mapFd`");
    }
}
