// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The library in a JVM whose system calls a seccomp filter refuses, as that of a container does, or
 * answers with death: everything works, or is refused by an exception that names the call, and
 * {@code doctor} says so. The same ladder is tested in C, in spawn_filter_test.c, where no JVM and
 * no thread stand in the way.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class FilterTest {
    private static final Path FILTERS = Path.of("src/test/resources/filters").toAbsolutePath();

    /** A call that the library makes, and what is refused where it is not allowed. */
    private enum Call {
        CLONE3("clone3"),
        CLONE_PIDFD("clone:0&0x1000=0x1000", "FORK,VFORK:CLONE_PIDFD"),
        CLOSE_RANGE("close_range"),
        PIDFD_OPEN("pidfd_open", "POSIX_SPAWN:pidfd_open"),
        PIDFD_SEND_SIGNAL("pidfd_send_signal"),
        PIDFD_SIGNAL_PROCESS_GROUP("pidfd_send_signal:3=4"),
        WAITID_PIDFD("waitid:0=3", "FORK,VFORK,POSIX_SPAWN,CLONE3:waitid"),
        OPENAT2("openat2"),
        FACCESSAT2("faccessat2"),
        STATX("statx"),
        MEMFD_CREATE("memfd_create"),
        EXECVEAT("execveat", "DENY_WRITE:execveat"),
        SCHED_SETATTR("sched_setattr"),
        SCHED_GETATTR("sched_getattr"),
        SPLICE("splice"),
        CAPGET("capget"),
        PTRACE("ptrace", "DENY_WRITE:ptrace");

        private final String rule;
        private final List<String> refused;

        Call(String rule, String... refused) {
            this.rule = rule;
            this.refused = List.of(refused);
        }

        List<String> refused(String answer) {
            // glibc's own posix_spawn closes ranges without having asked what is allowed.
            return this == CLOSE_RANGE && !answer.startsWith("E")
                    ? List.of("POSIX_SPAWN:close_range")
                    : refused;
        }
    }

    /** Nothing that the JDK uses itself, and nothing without which a strategy fails. */
    private static final Set<Call> OPTIONAL =
            EnumSet.complementOf(
                    EnumSet.of(
                            Call.CLONE3,
                            Call.CLONE_PIDFD,
                            Call.WAITID_PIDFD,
                            Call.PIDFD_OPEN,
                            Call.STATX));

    private static final String ANSWERS = "ENOSYS EPERM kill thread trap";

    static Stream<Arguments> everyAnswerToEveryCall() {
        return Stream.of(Call.values())
                .flatMap(
                        call ->
                                Stream.of(ANSWERS.split(" "))
                                        .map(answer -> Arguments.of(call, answer)));
    }

    /** The most telling of them. */
    static Stream<Arguments> anAnswerToEveryCall() {
        Stream<Arguments> deaths = Stream.of(Call.values()).map(call -> Arguments.of(call, "kill"));
        return Stream.concat(
                deaths,
                Stream.of(
                        Arguments.of(Call.CLONE3, "ENOSYS"),
                        Arguments.of(Call.CLONE_PIDFD, "EPERM"),
                        Arguments.of(Call.CLOSE_RANGE, "EPERM"),
                        Arguments.of(Call.PIDFD_OPEN, "ENOSYS"),
                        Arguments.of(Call.PIDFD_SEND_SIGNAL, "EPERM"),
                        Arguments.of(Call.PIDFD_SIGNAL_PROCESS_GROUP, "EPERM"),
                        Arguments.of(Call.WAITID_PIDFD, "EPERM"),
                        Arguments.of(Call.EXECVEAT, "ENOSYS"),
                        Arguments.of(Call.SCHED_SETATTR, "thread"),
                        Arguments.of(Call.PTRACE, "EPERM")));
    }

    @ParameterizedTest
    @MethodSource("anAnswerToEveryCall")
    void worksOrNamesTheCall(Call call, String answer) throws Exception {
        assertWorks(List.of(call.rule + "=" + answer), call.refused(answer));
    }

    @ParameterizedTest
    @MethodSource("everyAnswerToEveryCall")
    @EnabledIfSystemProperty(
            named = "spawn4j.filters",
            matches = "all",
            disabledReason = "eighty JVMs, with -Dspawn4j.filters=all")
    void worksOrNamesTheCallWhateverTheAnswer(Call call, String answer) throws Exception {
        worksOrNamesTheCall(call, answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM", "thread", "trap"})
    void worksWithoutAnyThatItCanDoWithout(String answer) throws Exception {
        List<String> rules = new ArrayList<>(List.of("clone3=ENOSYS"));
        List<String> refused = new ArrayList<>();
        for (Call call : OPTIONAL) {
            rules.add(call.rule + "=" + answer);
            refused.addAll(call.refused(answer));
        }

        assertWorks(rules, refused);
    }

    /** As clone3 would give it as well, of whose flags no filter knows. */
    @ParameterizedTest
    @ValueSource(strings = {"EPERM", "kill"})
    void namesThePidfdThatNoCloneGives(String answer) throws Exception {
        assertWorks(
                List.of("clone3=ENOSYS", Call.CLONE_PIDFD.rule + "=" + answer),
                List.of("FORK,VFORK,CLONE3:CLONE_PIDFD"));
    }

    /** The filters of src/test/resources/filters; the first rule that fits counts. */
    @ParameterizedTest
    @CsvSource({
        "docker, ''",
        "docker-2019 docker, POSIX_SPAWN:pidfd_open",
        "system-service, DENY_WRITE:ptrace",
    })
    void worksUnderTheFilterOf(String names, String refused) throws Exception {
        List<String> rules =
                Stream.of(names.split(" ")).map(name -> "@" + FILTERS.resolve(name)).toList();

        assertWorks(rules, refused.isEmpty() ? List.of() : List.of(refused));
    }

    /** glibc's own posix_spawn looks there for what to close, where it may not close ranges. */
    @ParameterizedTest
    @CsvSource({
        "close_range=allow, ''",
        "close_range=ENOSYS, POSIX_SPAWN:close_range",
        "close_range=kill, POSIX_SPAWN:close_range",
    })
    void worksWithoutProc(String rule, String refused) throws Exception {
        String[] hide = {
            "unshare", "--mount", "sh", "-c", "mount -t tmpfs none /proc && exec \"$@\"", "sh"
        };
        assumeTrue(succeeds(hide, "true"), "/proc cannot be hidden here");
        SecondJvm jvm = SecondJvm.startedBy(concat(hide, deny(List.of(rule))));
        // Without /proc the java launcher does not find its own libraries.
        jvm.env("LD_LIBRARY_PATH", System.getProperty("java.home") + "/lib");

        assertWorks(jvm, refused.isEmpty() ? List.of() : List.of(refused));
    }

    private static boolean succeeds(String[] prefix, String program) throws Exception {
        return new ProcessBuilder(concat(prefix, program)).start().waitFor() == 0;
    }

    private static String[] concat(String[] beginning, String... end) {
        return Stream.concat(Stream.of(beginning), Stream.of(end)).toArray(String[]::new);
    }

    private static void assertWorks(List<String> rules, List<String> refused) throws Exception {
        assertWorks(SecondJvm.startedBy(deny(rules)), refused);
    }

    private static void assertWorks(SecondJvm jvm, List<String> refused) throws Exception {
        String output =
                jvm.option("-Xmx64m")
                        .option("-XX:ErrorFile=/dev/null")
                        .option("-Dorg.slf4j.simpleLogger.defaultLogLevel=off")
                        .run(UnderFilter.class, refused.toArray(String[]::new));

        // Where it is deny that has failed, nothing is assumed.
        assumeTrue(
                output.startsWith(UnderFilter.JDK_WORKS) || output.contains("deny: "),
                "the JDK itself does not live here: " + output);
        assertThat(output).isEqualTo(UnderFilter.JDK_WORKS + "\n" + UnderFilter.OK);
    }

    private static String[] deny(List<String> rules) {
        List<String> command = new ArrayList<>(List.of(Os.program("deny")));
        command.addAll(rules);
        command.add("--");
        return command.toArray(String[]::new);
    }
}
