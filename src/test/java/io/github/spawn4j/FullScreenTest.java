// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Programs;
import io.github.spawn4j.testing.TerminalWindow;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real programs that fill a terminal, or colour what they write to one: what a user then sees. */
@Timeout(60)
class FullScreenTest {
    private static final WindowSize SIZE = new WindowSize(24, 80);
    private static final String ESCAPE = "\033";

    @TempDir Path folder;

    private static EmptyProcess program(String name, String... args) {
        Programs.assumeInstalled(name);
        return PidfdProcess.builder(name, args).env("TERM", "screen").env("LC_ALL", "C");
    }

    private Path numbered(int lines) throws Exception {
        String text =
                IntStream.rangeClosed(1, lines)
                        .mapToObj(i -> "this is line " + i + "\n")
                        .collect(Collectors.joining());
        return Files.writeString(folder.resolve("numbered"), text);
    }

    @Test
    void editsAFileWithVim() throws Exception {
        Path file = Files.writeString(folder.resolve("notes"), "first line\n");
        EmptyProcess vim = program("vim", "-N", "-u", "NONE", "-i", "NONE", "-n", file.toString());

        try (TerminalWindow window = TerminalWindow.open(vim, SIZE)) {
            window.awaitText("first line\n~\n");
            window.type("osecond line");
            window.awaitText("first line\nsecond line\n~\n");
            window.awaitText("-- INSERT --");
            window.type(ESCAPE);
            window.awaitNoText("-- INSERT --");

            window.type(":set lines? columns?\r");
            window.awaitText("lines=24");
            window.awaitText("columns=80");
            window.type("\r");
            window.awaitNoText("Press ENTER");
            window.resize(new WindowSize(40, 120));
            window.awaitText("second line\n" + "~\n".repeat(37));
            window.type(":set lines? columns?\r");
            window.awaitText("lines=40");
            window.awaitText("columns=120");
            window.type("\r:wq\r");
            assertThat(window.awaitExit()).isZero();
        }

        assertThat(file).hasContent("first line\nsecond line\n");
    }

    @Test
    void pagesAndSearchesWithLess() throws Exception {
        EmptyProcess less = program("less", numbered(200).toString()).unsetEnv("LESS");

        try (TerminalWindow window = TerminalWindow.open(less, SIZE)) {
            window.awaitText("this is line 23\n");
            assertThat(window.text()).startsWith("this is line 1\n").doesNotContain("line 24");

            window.type(" ");
            window.awaitText("this is line 46\n");
            assertThat(window.text()).startsWith("this is line 24\n");

            window.type("/line 150\r");
            window.awaitText("this is line 172\n");
            assertThat(window.text()).startsWith("this is line 150\n");

            window.resize(new WindowSize(30, 80));
            window.awaitText("this is line 178\n");

            window.type("q");
            assertThat(window.awaitExit()).isZero();
        }
    }

    @Test
    void watchesProcessesWithTop() throws Exception {
        EmptyProcess top = program("top").env("HOME", folder.toString());

        try (TerminalWindow window = TerminalWindow.open(top, new WindowSize(24, 40))) {
            window.awaitText("top - ");
            window.awaitText("Tasks: ");
            window.awaitText("PID USER");
            assertThat(window.text())
                    .as("too narrow for the last column")
                    .doesNotContain("COMMAND");

            window.resize(new WindowSize(30, 120));
            window.awaitText("COMMAND");

            window.type("q");
            assertThat(window.awaitExit()).isZero();
        }
    }

    /** A terminal on a terminal, each with its own window. */
    @Test
    void pagesInTmux() throws Exception {
        Programs.assumeInstalled("less");
        String socket = folder.resolve("socket").toString();
        EmptyProcess tmux =
                program("tmux", "-S", socket, "-f", "/dev/null")
                        .args("new-session", "less " + numbered(200))
                        .unsetEnv("TMUX")
                        .unsetEnv("LESS");

        try (TerminalWindow window = TerminalWindow.open(tmux, SIZE)) {
            window.awaitText("this is line 22\n");
            window.awaitText("\n[0] 0:");
            assertThat(window.text()).startsWith("this is line 1\n");

            window.resize(new WindowSize(30, 100));
            window.awaitText("this is line 28\n");

            window.type("q");
            window.awaitText("[exited]");
            assertThat(window.awaitExit()).isZero();
        } finally {
            // The server, which is nobody's child: gone by now, unless the test has failed.
            program("tmux", "-S", socket, "kill-server").stderr(Redirect.DISCARD).start().waitFor();
        }
    }

    // Colours

    private static String shown(EmptyProcess process) throws Exception {
        PidfdProcess started = process.start();
        String shown = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        started.waitFor();
        return shown;
    }

    @Test
    void coloursAListing() throws Exception {
        Files.createDirectory(folder.resolve("directory"));
        EmptyProcess onTerminal = program("ls", "--color=auto", folder.toString()).terminal(SIZE);
        EmptyProcess onPipe = program("ls", "--color=auto", folder.toString());

        assertThat(shown(onTerminal)).contains(ESCAPE + "[01;34mdirectory" + ESCAPE + "[0m");
        assertThat(shown(onPipe)).isEqualTo("directory\n");
    }

    @Test
    void coloursTheComplaintsOfABuild() throws Exception {
        Path source =
                Files.writeString(folder.resolve("wrong.c"), "int main(void) { return x; }\n");
        String[] args = {"-fdiagnostics-color=auto", "-fsyntax-only", source.toString()};
        EmptyProcess onTerminal = program("gcc", args).unsetEnv("GCC_COLORS").terminal(SIZE);
        EmptyProcess onPipe = program("gcc", args).unsetEnv("GCC_COLORS").stderr(Redirect.STDOUT);

        assertThat(shown(onTerminal)).contains(ESCAPE + "[01;31m", "error: ", "undeclared");
        assertThat(shown(onPipe)).contains("error: 'x' undeclared").doesNotContain(ESCAPE);
    }
}
