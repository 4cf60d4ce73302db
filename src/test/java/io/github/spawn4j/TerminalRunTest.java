package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Running a process on a terminal to its end. */
@Timeout(60)
class TerminalRunTest {
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(50));
    private static final WindowSize SIZE = new WindowSize(24, 80);

    @TempDir Path folder;

    private static EmptyProcess onTerminal(String program, String... args) {
        return PidfdProcess.builder(program, args).terminal(SIZE);
    }

    @Test
    void capturesWhatItShows() throws Exception {
        CommandResult result =
                onTerminal("sh", "-c", "stty size; echo error >&2; tput bold 2> /dev/null; exit 3")
                        .env("TERM", "xterm")
                        .run(OPTIONS);

        assertThat(result.stdout().lines()).startsWith("24 80", "error");
        assertThat(result.stderr().bytes()).isEmpty();
        assertThat(result.exitValue()).isEqualTo(3);
        assertThat(result.stdout().isCut()).isFalse();
    }

    @Test
    void losesNothingOfMuch() throws Exception {
        CommandResult result = onTerminal("seq", "1", "100000").run(OPTIONS);

        assertThat(result.stdout().lines()).hasSize(100_000).endsWith("99999", "100000");
    }

    /** Its echo comes first. */
    @Test
    void typesAnInputAndItsEnd() throws Exception {
        assertThat(onTerminal("cat").run(OPTIONS.stdin("a\nb\n")).stdout().lines())
                .containsSubsequence("a", "a")
                .contains("b");
        assertThat(onTerminal("cat").run(OPTIONS.stdin("no end of line")).stdout().text())
                .isEqualTo("no end of line".repeat(2));
        assertThat(onTerminal("wc", "-c").run(OPTIONS).stdout().text().strip()).isEqualTo("0");
    }

    @Test
    void typesAStreamAndItsEnd() throws Exception {
        byte[] typed = "a\nb\n".getBytes(StandardCharsets.US_ASCII);

        CommandResult result =
                onTerminal("wc", "-l").run(OPTIONS.stdin(new ByteArrayInputStream(typed)));

        assertThat(result.stdout().lines()).last().asString().isEqualTo("2");
    }

    @Test
    void keepsErrorsApartIfTheyArePiped() throws Exception {
        List<String> lines = new ArrayList<>();

        CommandResult result =
                onTerminal("sh", "-c", "echo out; echo error >&2")
                        .stderr(Redirect.PIPE)
                        .run(OPTIONS.stdout(Capture.keepTail(99).lines(lines::add)));

        assertThat(lines).containsExactly("out");
        assertThat(result.stderr().text()).isEqualTo("error\n");
    }

    @Test
    void showsErrorsOnTheTerminalIfOnlyOutputIsPiped() throws Exception {
        CommandResult result =
                onTerminal("sh", "-c", "echo out; echo error >&2")
                        .stdout(Redirect.PIPE)
                        .run(OPTIONS);

        assertThat(result.stdout().text()).isEqualTo("out\n");
        assertThat(result.stderr().text()).isEqualTo("error\r\n");
    }

    @Test
    void cannotTypeAFile() {
        assertThatIllegalStateException()
                .isThrownBy(() -> onTerminal("cat").run(OPTIONS.stdin(folder.resolve("file"))))
                .withMessageContaining("there is an input");
    }
}
