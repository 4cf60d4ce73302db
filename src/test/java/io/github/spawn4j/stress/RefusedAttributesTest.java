// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An attribute that a filter refuses fails the start by its name, and nothing has run. */
@Timeout(60)
class RefusedAttributesTest {
    /** Whose JVM it is: the kernel itself refuses an ordinary user more. */
    private enum Who {
        US {
            @Override
            SecondJvm jvm(String... rules) throws Exception {
                return SecondJvm.startedBy(filter(rules));
            }
        },
        ORDINARY_USER {
            @Override
            SecondJvm jvm(String... rules) throws Exception {
                return OtherUser.jvm(filter(rules));
            }
        };

        abstract SecondJvm jvm(String... rules) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void areNamed(Who who) throws Exception {
        String output =
                who.jvm(
                                "unshare=EPERM",
                                "mount=EPERM",
                                "444=ENOSYS", // landlock_create_ruleset
                                "seccomp:0=1=EACCES",
                                "prctl:0=38=EINVAL", // PR_SET_NO_NEW_PRIVS
                                "prctl:0=29=EPERM", // PR_SET_TIMERSLACK
                                "personality:0=0x40000=EPERM",
                                "--")
                        .run(RefusedAttributes.class);
        assertThat(output.lines())
                .containsExactly(
                        "unshare NETWORK: EPERM",
                        "unshare MOUNT: EPERM",
                        "prctl(PR_SET_NO_NEW_PRIVS): EINVAL",
                        "prctl(PR_SET_NO_NEW_PRIVS): EINVAL",
                        "prctl(PR_SET_NO_NEW_PRIVS): EINVAL",
                        "personality ADDR_NO_RANDOMIZE: EPERM",
                        "prctl(PR_SET_TIMERSLACK) 1000000 ns: EPERM");
    }

    @ParameterizedTest
    @EnumSource
    void areNamedWhereAllButTheLastIsThere(Who who) throws Exception {
        SecondJvm jvm =
                who.jvm(
                        "mount=EPERM",
                        "444=ENOSYS", // landlock_create_ruleset
                        "seccomp:0=1=EACCES",
                        "--");
        if (who == Who.ORDINARY_USER) {
            assumeTrue(
                    succeeds(OtherUser.command("unshare", "-r", "-n", "true")),
                    "an ordinary user may make no namespaces");
        }
        assertThat(jvm.run(RefusedAttributes.class).lines())
                .containsExactly(
                        "has exited with 0",
                        "mount tmpfs on \"/tmp\": EPERM",
                        "landlock read-only \"/\", read-write \"/\", devices: ENOSYS",
                        "seccomp of 1 instructions: EACCES",
                        "has exited with 0",
                        "has exited with 0",
                        "has exited with 0");
    }

    @ParameterizedTest
    @EnumSource
    void areNamedWithoutAnyRight(Who who) throws Exception {
        String output =
                who.jvm(
                                "setsid=EPERM",
                                "setpgid=EPERM",
                                "sched_setscheduler=EPERM",
                                "sched_setattr=EPERM",
                                "setpriority=EACCES",
                                "ioprio_set=EPERM",
                                "sched_setaffinity=EINVAL",
                                "set_mempolicy=ENOSYS",
                                "openat:2=0x80001=EACCES", // to write: /proc/self/oom_score_adj
                                "setresuid=EAGAIN",
                                "prctl:0=1=EINVAL", // PR_SET_PDEATHSIG
                                "unshare=EPERM",
                                "chroot=EPERM",
                                "clone3=ENOSYS", // whose flags no filter can see
                                "clone:0&0x20000000=0x20000000=EPERM", // CLONE_NEWPID
                                "setgroups=EPERM",
                                "prctl:0=24=EPERM", // PR_CAPBSET_DROP
                                "prlimit64:1=15=EPERM", // RLIMIT_RTTIME, which no JVM knows
                                "--")
                        .run(RefusedAttributes.class, "rights");
        assertThat(output.lines())
                .containsExactly(
                        "setsid: EPERM",
                        "setpgid 0: EPERM",
                        "sched_setscheduler BATCH 0: EPERM",
                        "setpriority 7: EACCES",
                        "ioprio_set IDLE 7: EPERM",
                        "sched_setaffinity 0: EINVAL",
                        "set_mempolicy LOCAL: ENOSYS",
                        "oom_score_adj 500: EACCES",
                        "setresuid: EAGAIN",
                        "prctl(PR_SET_PDEATHSIG): EINVAL",
                        "user namespace of users as they are, groups as they are: EPERM",
                        "unshare IPC: EPERM",
                        "chroot \"/\": EPERM",
                        "clone(CLONE_NEWPID): EPERM",
                        "setgroups none: EPERM",
                        "prctl(PR_CAPBSET_DROP) all but none: EPERM",
                        "sched_setscheduler BATCH 0: EPERM",
                        "prlimit RTTIME 5:5: EPERM",
                        "prlimit RTTIME 5: EPERM");
    }

    /** What comes before each says that it is done, and is not. */
    @ParameterizedTest
    @EnumSource
    void areNamedAtTheLastStep(Who who) throws Exception {
        String output =
                who.jvm(
                                "setgroups=0",
                                "setresgid:0=1=EPERM",
                                "setresgid=0",
                                "setresuid=EAGAIN",
                                "prctl:0=24=0", // PR_CAPBSET_DROP
                                "capset=EPERM",
                                "--")
                        .run(RefusedAttributes.class, "ids");
        assertThat(output.lines())
                .containsExactly("setresgid 1: EPERM", "setresuid 2: EAGAIN", "capset none: EPERM");
    }

    @Test
    void aPidNamespaceIsRefusedWhereThereMayBeNoMore() throws Exception {
        String limit = "echo 0 > /proc/sys/user/max_pid_namespaces";
        assumeTrue(
                succeeds("unshare", "-r", "sh", "-c", limit),
                "no user namespace, which has a limit of its own");
        String output =
                SecondJvm.startedBy("unshare", "-r", "sh", "-c", limit + " && exec \"$@\"", "sh")
                        .run(RefusedAttributes.class, "pids");
        assertThat(output).isEqualTo("clone(CLONE_NEWPID): ENOSPC");
    }

    private static boolean succeeds(String... command) throws Exception {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }

    private static String[] filter(String... rules) {
        return Stream.concat(Stream.of(Os.program("deny")), Stream.of(rules))
                .toArray(String[]::new);
    }

    // A sandbox takes what is there

    private static List<String> sandboxed(Path folder, String... rules) throws Exception {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        List<String> lines =
                SecondJvm.startedBy(filter(rules))
                        .run(RefusedAttributes.class, "sandbox", scratch.toString())
                        .lines()
                        .toList();
        assertThat(folder.resolve("outside")).doesNotExist();
        return lines;
    }

    @Test
    void aSandboxMountsAllReadOnlyWithoutLandlock(@TempDir Path folder) throws Exception {
        assertThat(sandboxed(folder, "444=ENOSYS", "--"))
                .first()
                .isEqualTo("has exited with 0 {FILES=NAMESPACE}");
    }

    @Test
    void aSandboxIsRefusedWhereNothingKeepsItClosed(@TempDir Path folder) throws Exception {
        assertThat(sandboxed(folder, "444=ENOSYS", "unshare=EPERM", "--"))
                .satisfiesExactly(
                        first -> assertThat(first).startsWith("sandbox files: EOPNOTSUPP; neither"),
                        second -> assertThat(second).startsWith("sandbox files: EOPNOTSUPP"),
                        third -> assertThat(third).startsWith("sandbox files: EOPNOTSUPP"),
                        fourth ->
                                assertThat(fourth)
                                        .startsWith("has exited with 0")
                                        .contains("FILES=NONE", "NETWORK=NONE"));
    }
}
