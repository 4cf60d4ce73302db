// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What no process can have is refused, by name, before anything is started. */
@Timeout(60)
class WrongInputTest {
    private Map<Integer, String> descriptorsBefore;

    @BeforeEach
    void countDescriptors() throws Exception {
        descriptorsBefore = LeakCheck.descriptors();
    }

    @AfterEach
    void startedNothing() throws Exception {
        assertThat(ProcessHandle.current().children()).isEmpty();
        LeakCheck.assertOpenAsBefore(descriptorsBefore);
    }

    private static void assertRefused(Consumer<EmptyProcess> setting, String... named) {
        EmptyProcess process = PidfdProcess.builder(Probe.PROGRAM);
        assertThatThrownBy(() -> setting.accept(process))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named)
                .hasMessageNotContaining("\0");
    }

    @Test
    void refusesNulInTheProgram() {
        assertThatThrownBy(() -> PidfdProcess.builder("pro\0gram"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("program contains NUL", "index 3", "pro\\u0000gram");
        assertThatThrownBy(() -> SpawnTemplate.builder("\0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("program contains NUL");
    }

    @Test
    void refusesNulInAnArgument() {
        assertRefused(p -> p.args("a", "b\0"), "argument 2 contains NUL", "index 1");
        assertRefused(p -> p.args(List.of("\0")), "argument 1 contains NUL");
        assertRefused(p -> p.args("a").args("b", "\0"), "argument 3 contains NUL");
        assertThatThrownBy(() -> PidfdProcess.builder("true", "\0"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument 1 contains NUL");
    }

    @Test
    void refusesNulInAVariable() {
        assertRefused(p -> p.env("A\0B", "x"), "name of environment variable contains NUL");
        assertRefused(p -> p.env("A", "x\0"), "environment variable A contains NUL");
        assertRefused(p -> p.environment(Map.of("A\0", "x")), "name of environment variable");
        assertRefused(p -> p.environment(Map.of("A", "\0")), "environment variable A");
        assertRefused(p -> p.unsetEnv("A\0"), "name of environment variable contains NUL");
    }

    @Test
    void refusesNamesThatNoVariableCanHave() {
        assertRefused(p -> p.env("A=B", "x"), "contains '='", "A=B");
        assertRefused(p -> p.env("=", "x"), "contains '='");
        assertRefused(p -> p.env("", "x"), "name of environment variable is empty");
        assertRefused(p -> p.unsetEnv("A=B"), "contains '='");
        assertRefused(p -> p.unsetEnv(""), "is empty");
        assertRefused(p -> p.environment(Map.of("A=B", "x")), "contains '='", "A=B");
    }

    @Test
    void refusesNulInADirectory() {
        // A Path cannot even be made of it; what ours can hold is tested through a template.
        assertThatThrownBy(() -> PidfdProcess.builder("true").directory(Path.of("a\0b")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Redirect.to(Path.of("a\0b")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SpawnAction.open(OpenFlags.AT_FDCWD, "a\0b", 3, 0, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("path to open contains NUL");
    }

    @Test
    void refusesWhatCannotBeEncoded() {
        String half = "\ud83d";

        assertRefused(p -> p.args(half), "argument 1 cannot be encoded");
        assertRefused(p -> p.env("A", half), "environment variable A cannot be encoded");
        assertThatThrownBy(() -> PidfdProcess.builder(half))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("program cannot be encoded");
    }

    @Test
    void refusesAnEmptyProgram() {
        assertThatThrownBy(() -> PidfdProcess.builder(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("program is empty");
        assertThatThrownBy(() -> SpawnTemplate.builder(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("program is empty");
        assertThatThrownBy(() -> EmptyProcess.from(new ProcessBuilder()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("command is empty");
        assertThatThrownBy(() -> EmptyProcess.from(new ProcessBuilder("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("program is empty");
    }

    @Test
    void refusesWhatIsWrongInAProcessBuilder() {
        assertThatThrownBy(() -> EmptyProcess.from(new ProcessBuilder("true", "a\0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("argument 1 contains NUL");
        assertThatThrownBy(() -> EmptyProcess.from(new ProcessBuilder("true", null)))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> EmptyProcess.from(new ProcessBuilder((String) null)))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("program");
    }

    @Test
    void refusesPathsOfOtherFileSystems() {
        Path foreign = Path.of(URI.create("jrt:/java.base/module-info.class"));
        EmptyProcess process = PidfdProcess.builder("true");
        for (ThrowingCallable door :
                List.<ThrowingCallable>of(
                        () -> Redirect.from(foreign),
                        () -> Redirect.to(foreign),
                        () -> Redirect.appendTo(foreign),
                        () -> RunOptions.noTimeout().stdin(foreign),
                        () -> process.directory(foreign),
                        () -> PidfdProcess.builder("true").cgroup(foreign).start())) {
            assertThatThrownBy(door)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("/java.base/module-info.class");
        }
    }

    @Test
    void refusesNamesThatHaveLostTheirBytes() {
        for (ThrowingCallable door :
                List.<ThrowingCallable>of(
                        () -> PidfdProcess.builder("lost\ufffd"),
                        () -> PidfdProcess.builder("true").searchInChild("/lost\ufffd"),
                        () -> SpawnTemplate.builder("lost\ufffd"),
                        () -> SpawnAction.chdir("lost\ufffd"),
                        () -> SpawnAction.open(OpenFlags.AT_FDCWD, "lost\ufffd", 3, 0, 0, 0))) {
            assertThatThrownBy(door)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("U+FFFD");
        }
    }

    @Test
    void refusesNull() {
        Map<String, String> nullValue = new HashMap<>();
        nullValue.put("A", null);
        EmptyProcess process = PidfdProcess.builder("true");

        assertNull(() -> PidfdProcess.builder((String) null), "program");
        assertNull(() -> PidfdProcess.builder((List<String>) null), "command");
        assertNull(() -> PidfdProcess.builder(Arrays.asList("a", null)), "argument 1");
        assertNull(() -> SpawnTemplate.builder((String) null), "program");
        assertNull(() -> SpawnTemplate.builder((List<String>) null), "command");
        assertNull(() -> process.args((String) null), "argument 1");
        assertNull(() -> process.args(Arrays.asList("a", null)), "argument 2");
        assertNull(() -> process.args((List<String>) null), "args");
        assertNull(() -> process.env(null, "x"), "name");
        assertNull(() -> process.env("A", null), "environment variable A");
        assertNull(() -> process.env(null), "variables");
        assertNull(() -> process.env(nullValue), "environment variable A");
        assertNull(() -> process.environment(nullValue), "environment variable A");
        assertNull(() -> process.environment(null), "variables");
        assertNull(() -> process.unsetEnv(null), "name");
        assertNull(() -> process.directory(null), "directory");
        assertNull(() -> process.stdin(null), "redirect");
        assertNull(() -> process.stdout(null), "redirect");
        assertNull(() -> process.stderr(null), "redirect");
        assertNull(() -> process.action(null), "action");
        assertNull(() -> process.strategy(null), "strategy");
        assertNull(() -> process.terminal(null), "size");
        assertNull(() -> Redirect.from(null), "file");
        assertNull(() -> Signal.of((String) null), "name");
    }

    private static void assertNull(ThrowingCallable call, String named) {
        assertThatThrownBy(call)
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining(named);
    }

    @Test
    void mergesStandardErrorOnly() {
        assertRefused(p -> p.stdin(Redirect.STDOUT), "only standard error");
        assertRefused(p -> p.stdout(Redirect.STDOUT), "only standard error");
    }

    @Test
    void refusesFlagsThatAreNone() {
        assertThatThrownBy(() -> SpawnAction.open(OpenFlags.AT_FDCWD, "x", 3, 1L << 40, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0x10000000000");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65, Integer.MAX_VALUE})
    void refusesNumbersThatAreNoSignals(int number) {
        assertThatThrownBy(() -> Signal.of(number))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(number));
    }

    @Test
    void refusesNamesThatAreNoSignals() {
        assertThatThrownBy(() -> Signal.of("SIGNONE"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("SIGNONE");
        assertThat(Signal.of("TERM")).isEqualTo(Signal.of("SIGTERM")).isEqualTo(Signal.TERM);
        assertThat(Signal.of(34)).hasToString("SIGRTMIN+0");
        assertThat(Signal.of(33)).hasToString("SIG33");
    }

    @Test
    void staysUsableAfterARefusal() throws Exception {
        EmptyProcess process = PidfdProcess.builder(Probe.PROGRAM);
        assertThatThrownBy(() -> process.args("a", "\0")).isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> process.env("A", "\0")).isInstanceOf(RuntimeException.class);

        ProbeReport report = Probe.report(process.args("b"));

        assertThat(report.arguments()).containsExactly(Probe.PROGRAM, "b");
        assertThat(report.environment()).doesNotContainKey("A");
    }
}
