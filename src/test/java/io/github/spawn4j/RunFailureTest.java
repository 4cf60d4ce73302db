// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Runs.OPTIONS;
import static io.github.spawn4j.testing.Runs.failure;
import static io.github.spawn4j.testing.Runs.sh;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which exits are failures, and what is told of them. */
@Timeout(60)
class RunFailureTest {
    @Test
    void saysWhatAnUnexpectedExitWas() {
        CommandException failure = failure(sh("seq 1 30 >&2; exit 7"), OPTIONS.expectExit(0, 1));

        assertThat(failure.reason()).isEqualTo(CommandException.Reason.EXIT);
        assertThat(failure.result().exitValue()).isEqualTo(7);
        assertThat(failure.stderrTail()).startsWith("11\n12").endsWith("29\n30");
        assertThat(failure)
                .hasMessageStartingWith(
                        "\"sh\" with 2 arguments ended with exit code 7; its standard error:\n11\n");
    }

    @Test
    void showsNoArgumentsAndNoControlCharacters() {
        EmptyProcess login =
                sh("printf 'a\\tb\\033[2J\\n' >&2; exit 1").args("login", "--password=secret");
        assertThat(login).hasToString("\"sh\" with 4 arguments");

        CommandException failure = failure(login, OPTIONS.expectExit(0));

        assertThat(failure)
                .hasMessage(
                        "\"sh\" with 4 arguments ended with exit code 1; its standard error:\n"
                                + "a\tb\\u001b[2J");
        assertThat(failure.result().toString())
                .isEqualTo("\"sh\" with 4 arguments: " + failure.result().exitStatus());
        assertThat(failure.result().stage()).hasToString(failure.result().toString());
        assertThat(failure.result().stage().command()).contains("--password=secret");
        assertThat(failure.stderrTail()).isEqualTo("a\tb\u001b[2J");
    }

    /** A listener may quote what it was given. */
    @Test
    void showsNoControlCharactersOfWhatAListenerSays() {
        RunOptions options =
                OPTIONS.stdout(
                        Capture.keepTail(100)
                                .lines(
                                        line -> {
                                            throw new IllegalStateException("bad: " + line);
                                        }));

        assertThat(failure(sh("printf 'a\\033[2J\\n'"), options))
                .hasMessageContaining("IllegalStateException: bad: a\\u001b[2J");
    }

    @Test
    void refusesSecretsWithoutShowingThem() {
        assertThatThrownBy(() -> sh("true").args("--password=secret\0"))
                .hasMessageContaining("argument 3 contains NUL at index 17")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> sh("true").env("PASSWORD", "secret\0"))
                .hasMessageContaining("environment variable PASSWORD contains NUL at index 6")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(
                        () ->
                                Pipeline.of(sh("secret").stdout(Redirect.INHERIT), sh("secret"))
                                        .run(OPTIONS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> sh("secret").inheritIO().run(OPTIONS.stdin("text")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void showsTheEndOfTheOutputWhereErrorsAreMerged() {
        assertThat(
                        failure(
                                sh("echo cause >&2; exit 7").stderr(Redirect.STDOUT),
                                OPTIONS.expectExit(0)))
                .hasMessageEndingWith("ended with exit code 7; its output:\ncause");
    }

    @Test
    void takesAnyExitButZeroForAFailureUnlessToldOtherwise() throws Exception {
        RunOptions options = RunOptions.timeout(ofSeconds(50));

        assertThat(sh("exit 0").run(options).isSuccess()).isTrue();
        CommandException e = failure(sh("echo cause >&2; exit 3"), options);
        assertThat(e.reason()).isEqualTo(CommandException.Reason.EXIT);
        assertThat(e.result().exitValue()).isEqualTo(3);
        assertThat(e).hasMessageContaining("exit code 3").hasMessageContaining("cause");
        assertThat(failure(sh("kill $$"), options).reason())
                .isEqualTo(CommandException.Reason.EXIT);
        assertThat(sh("exit 3").run(options.anyExit()).exitValue()).isEqualTo(3);
        assertThat(sh("kill $$").run(options.anyExit()).exitValue()).isEqualTo(128 + 15);
    }

    @Test
    void takesOnlyTheExpectedExits() throws Exception {
        assertThat(sh("exit 1").run(OPTIONS.expectExit(0, 1)).exitValue()).isEqualTo(1);
        assertThat(sh("kill -9 $$").run(OPTIONS).exitStatus())
                .isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
        assertThat(failure(sh("kill -9 $$"), OPTIONS.expectExit(137)))
                .hasMessageContaining("ended with SIGKILL");
    }

    @Test
    void failsLikeAStartIfThereIsNoProgram() throws Exception {
        EmptyProcess missing = PidfdProcess.builder("/no/such/program");
        assertThatExceptionOfType(SpawnException.class).isThrownBy(() -> missing.run(OPTIONS));
        assertThatIllegalStateException().isThrownBy(() -> missing.run(OPTIONS));

        CompletableFuture<CommandResult> run =
                PidfdProcess.builder("/no/such/program").runAsync(OPTIONS);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(run::get)
                .withCauseInstanceOf(SpawnException.class);
    }

    @Test
    void theFutureFailsWithTheSameException() {
        RunningCommand run = sh("exit 1").runAsync(RunOptions.timeout(ofSeconds(50)));

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(run::get)
                .withCauseInstanceOf(CommandException.class);
    }

    @Test
    void refusesWrongOptions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RunOptions.timeout(ofMillis(-1)))
                .withMessage("timeout PT-0.001S is negative");
        assertThatIllegalArgumentException().isThrownBy(() -> OPTIONS.linger(ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> OPTIONS.expectExit());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.expectExit(0, 256))
                .withMessage("exit code 256 is not in 0 to 255");
        assertThatIllegalArgumentException().isThrownBy(() -> Capture.keepTail(-1));
    }
}
