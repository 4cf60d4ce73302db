package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The library in a JVM whose system calls a seccomp filter refuses, as that of a container does, or
 * answers with death. The same ladder is tested in C, in spawn_test.c, where no JVM and no thread
 * stand in the way.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class FilterTest {
    private static final String ALL = "FORK VFORK POSIX_SPAWN CLONE3";
    private static final String POSIX_SPAWN_FAILS = "FORK VFORK CLONE3 -POSIX_SPAWN";

    /** glibc's own posix_spawn closes ranges without having asked what is allowed. */
    private static final String WITHOUT_POSIX_SPAWN = "FORK VFORK CLONE3";

    @ParameterizedTest
    @CsvSource({
        "clone3=ENOSYS, " + ALL,
        "clone3=EPERM, " + ALL,
        "clone3=EINVAL, " + ALL,
        "clone3=E2BIG, " + ALL,
        "close_range=ENOSYS, " + ALL,
        "close_range=EPERM, " + ALL,
        "openat2=ENOSYS, " + ALL,
        "openat2=EPERM, " + ALL,
        "faccessat2=ENOSYS, " + ALL,
        "faccessat2=EPERM, " + ALL,
        "execveat=ENOSYS, " + ALL,
        "pidfd_open=ENOSYS, " + POSIX_SPAWN_FAILS,
        "pidfd_open=EPERM, " + POSIX_SPAWN_FAILS,
        "pidfd_send_signal=ENOSYS, " + ALL,
        "pidfd_send_signal=EPERM, " + ALL,
    })
    void worksWhereCallIsRefused(String rule, String strategies) throws Exception {
        assumeJvmStarts(rule);

        assertThat(run(rule, strategies)).isEqualTo("OK");
    }

    @ParameterizedTest
    @CsvSource({
        "clone3=kill, " + ALL,
        "close_range=kill, " + WITHOUT_POSIX_SPAWN,
        "openat2=kill, " + ALL,
        "faccessat2=kill, " + ALL,
        "execveat=kill, " + ALL,
        "pidfd_open=kill, " + POSIX_SPAWN_FAILS,
        "pidfd_send_signal=kill, " + ALL,
    })
    void survivesWhereCallKills(String rule, String strategies) throws Exception {
        assumeJvmStarts(rule);

        assertThat(run(rule, strategies)).isEqualTo("OK");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "kill"})
    void worksWithoutAnyNewCall(String answer) throws Exception {
        String rules =
                "close_range=ANSWER openat2=ANSWER faccessat2=ANSWER execveat=ANSWER"
                        .replace("ANSWER", answer);

        assertThat(run(rules + " clone3=ENOSYS", WITHOUT_POSIX_SPAWN)).isEqualTo("OK");
    }

    /**
     * Since 2.34 glibc creates threads by clone3, and takes no answer but ENOSYS as a hint to do it
     * otherwise. No JVM starts there, so that there is nothing to be tested in Java.
     */
    private static void assumeJvmStarts(String rule) throws IOException, InterruptedException {
        if (rule.startsWith("clone3=") && !rule.equals("clone3=ENOSYS")) {
            Process java =
                    new ProcessBuilder(
                                    Os.program("deny"),
                                    rule,
                                    "--",
                                    System.getProperty("java.home") + "/bin/java",
                                    "-XX:+SuppressFatalErrorMessage",
                                    "-version")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            assumeTrue(java.waitFor() == 0, "no JVM starts here with " + rule);
        }
    }

    private static String run(String rules, String strategies) throws Exception {
        String[] command = (Os.program("deny") + " " + rules + " --").split(" ");
        return SecondJvm.startedBy(command).run(EveryStrategy.class, strategies.split(" "));
    }
}
