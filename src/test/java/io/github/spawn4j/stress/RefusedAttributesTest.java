package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An attribute that a filter refuses fails the start by its name, and nothing has run. */
@Timeout(60)
class RefusedAttributesTest {
    @Test
    void areNamed() throws Exception {
        String output =
                SecondJvm.startedBy(
                                Os.program("deny"),
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

    @Test
    void areNamedWhereAllButTheLastIsThere() throws Exception {
        String output =
                SecondJvm.startedBy(
                                Os.program("deny"),
                                "mount=EPERM",
                                "444=ENOSYS", // landlock_create_ruleset
                                "seccomp:0=1=EACCES",
                                "--")
                        .run(RefusedAttributes.class);
        assertThat(output.lines())
                .containsExactly(
                        "has exited with 0",
                        "mount tmpfs on \"/tmp\": EPERM",
                        "landlock read-only \"/\", read-write \"/\", devices: ENOSYS",
                        "seccomp of 1 instructions: EACCES",
                        "has exited with 0",
                        "has exited with 0",
                        "has exited with 0");
    }
}
