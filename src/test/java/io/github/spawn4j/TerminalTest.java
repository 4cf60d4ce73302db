// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Terminals.SIZE;
import static io.github.spawn4j.testing.Terminals.probe;
import static io.github.spawn4j.testing.Terminals.report;
import static io.github.spawn4j.testing.Terminals.shell;
import static io.github.spawn4j.testing.Terminals.shown;
import static io.github.spawn4j.testing.Terminals.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProbeReport.Descriptor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process on a terminal: what it finds there, where its streams lead, and how it ends. */
@Timeout(60)
class TerminalTest {
    @TempDir Path folder;

    // What the child finds

    @ForEachExpressiveStrategy
    void isTheStandardStreamsAndNothingElse(SpawnStrategy strategy) throws Exception {
        ProbeReport report = report(probe(strategy));

        String name = report.descriptors().get(0).target();
        assertThat(name).startsWith("/dev/pts/");
        Descriptor terminal = new Descriptor("chr", "rw", "-", name);
        assertThat(report.descriptors()).isEqualTo(Map.of(0, terminal, 1, terminal, 2, terminal));
    }

    @ForEachExpressiveStrategy
    void isTheControllingTerminalOfASessionWithTheChildInTheForeground(SpawnStrategy strategy)
            throws Exception {
        ProbeReport report = report(probe(strategy));

        String pid = report.text("pid");
        assertThat(report.text("session")).isEqualTo(pid);
        assertThat(report.text("pgrp")).isEqualTo(pid);
        String device = report.text("controlling_terminal");
        assertThat(device).isNotEqualTo("0");
        for (int fd = 0; fd < 3; fd++) {
            assertThat(report.text("tty." + fd))
                    .isEqualTo(device + " " + pid + " " + pid + " 24x80");
        }
    }

    @Test
    void isAnotherOneForEachProcessOfATemplate() throws Exception {
        try (SpawnTemplate template =
                SpawnTemplate.builder(Probe.PROGRAM).args("--report", "1").terminal(SIZE).build()) {
            PidfdProcess one = template.spawn("--pause");
            PidfdProcess two = template.spawn("--pause");
            String first = firstTerminal(one);
            String second = firstTerminal(two);
            one.destroyForcibly().waitFor();
            two.destroyForcibly().waitFor();

            assertThat(first).startsWith("tty.0=").isNotEqualTo(second);
        }
    }

    private static String firstTerminal(PidfdProcess process) throws IOException {
        BufferedReader lines = process.inputReader();
        String line;
        do {
            line = lines.readLine();
        } while (!line.startsWith("tty.0="));
        return line.split(" ")[0];
    }

    @ForEachExpressiveStrategy
    void tellsTheSizeOfTheWindowAndItsChanges(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = probe(strategy, "--window-sizes", "2").start();
        BufferedReader lines = process.inputReader();

        assertThat(lines.readLine()).isEqualTo("24x80");
        assertThat(process.windowSize()).isEqualTo(SIZE);

        process.windowSize(new WindowSize(1, 65535));
        assertThat(lines.readLine()).isEqualTo("1x65535");
        assertThat(process.windowSize()).isEqualTo(new WindowSize(1, 65535));

        process.windowSize(new WindowSize(65535, 1));
        assertThat(lines.readLine()).isEqualTo("65535x1");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void tellsTheSizeThatTheProcessHasSet() throws Exception {
        PidfdProcess process =
                shell("stty rows 5 cols 7 -echo; echo set; read x; stty cols 0; echo zero; read y")
                        .start();
        BufferedReader shown = process.inputReader();
        assertThat(shown.readLine()).isEqualTo("set");

        assertThat(process.windowSize()).isEqualTo(new WindowSize(5, 7));

        type(process, "\n");
        assertThat(shown.readLine()).isEqualTo("zero");
        assertThatThrownBy(process::windowSize)
                .isInstanceOf(IOException.class)
                .hasMessage("the window has no size: 5 x 0");
        type(process, "\n");
        assertThat(process.waitFor()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 80, rows 0", "-1, 80, rows -1", "24, 0, columns 0", "24, 65536, columns 65536"})
    void refusesWindowsThatCannotBe(int rows, int columns, String named) {
        assertThatThrownBy(() -> new WindowSize(rows, columns))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    // The end

    @Test
    void hangsUpWhenBothStreamsAreClosed() throws Exception {
        PidfdProcess process = probe(SpawnStrategy.CLONE3, "--say", "ready\n", "--pause").start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        process.getOutputStream().close();
        assertThat(process.windowSize()).as("one is still open").isEqualTo(SIZE);
        process.getInputStream().close();

        process.waitFor();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.HUP, false));
        assertThatThrownBy(process::windowSize)
                .isInstanceOf(IOException.class)
                .hasMessage("Terminal closed");
        assertThatThrownBy(() -> process.windowSize(SIZE))
                .isInstanceOf(IOException.class)
                .hasMessage("Terminal closed");
    }

    /** As an interactive shell does, which ignores SIGTERM. */
    @Test
    void destroysAlsoWhoIgnoresSigterm() throws Exception {
        String term = Integer.toString(Signal.TERM.number());
        PidfdProcess process =
                probe(SpawnStrategy.CLONE3, "--ignore", term, "--say", "ready\n", "--pause")
                        .start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        process.destroy();

        process.waitFor();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.HUP, false));
    }

    @Test
    void destroysWhileSomebodyTypes() throws Exception {
        PidfdProcess process = probe(SpawnStrategy.CLONE3, "--say", "ready\n", "--pause").start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        FutureTask<Throwable> typist =
                OwnThread.start(
                        () -> {
                            try {
                                type(process, "x\n".repeat(1 << 20));
                                return null;
                            } catch (IOException e) {
                                return e;
                            }
                        });

        process.destroyForcibly().waitFor();

        assertThat(OwnThread.join(typist))
                .isInstanceOf(IOException.class)
                .message()
                .isIn("Stream closed", "Broken pipe");
    }

    @Test
    void exitsWithoutWaitingForOthersOnTheTerminal() throws Exception {
        String hangup = Integer.toString(Signal.HUP.number());
        PidfdProcess process =
                probe(SpawnStrategy.CLONE3, "--ignore", hangup, "--fork-cat", "--say", "started\n")
                        .start();
        BufferedReader lines = process.inputReader();
        assertThat(lines.readLine()).isEqualTo("started");

        assertThat(process.waitFor()).isZero();

        try (OutputStream keyboard = process.getOutputStream()) {
            keyboard.write("still there\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(lines.lines())
                .as("the echo, then what was read")
                .containsExactly("still there", "still there");
    }

    /** Without anybody at the other side every poll says at once that it has been hung up. */
    @Test
    void failsToTypeWhereNobodyHasTheTerminal() throws Exception {
        PidfdProcess process =
                shell("exec < /dev/null > /dev/null 2>&1; exec \"" + Probe.PROGRAM + "\" --pause")
                        .start();
        assertThat(process.getInputStream().read()).as("the end of the output").isEqualTo(-1);

        assertThatThrownBy(() -> type(process, "x\n".repeat(1 << 20)))
                .isInstanceOf(IOException.class)
                .hasMessage("Broken pipe");

        assertThat(process.isAlive()).isTrue();
        process.destroyForcibly().waitFor();
    }

    // Redirects

    @ForEachExpressiveStrategy
    void leavesAStreamToAFile(SpawnStrategy strategy) throws Exception {
        Path file = folder.resolve("output");

        PidfdProcess process =
                probe(strategy, "--say", "out", "--say-error", "error")
                        .stdout(Redirect.to(file))
                        .start();

        assertThat(shown(process)).isEqualTo("error");
        assertThat(file).hasContent("out");
    }

    @ForEachExpressiveStrategy
    void leavesStandardErrorToAPipe(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                probe(strategy, "--say", "out", "--say-error", "error")
                        .stderr(Redirect.PIPE)
                        .start();

        assertThat(process.getErrorStream().readAllBytes()).asString().isEqualTo("error");
        assertThat(shown(process)).isEqualTo("out");
    }

    @ForEachExpressiveStrategy
    void leavesStandardOutputToAPipe(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                probe(strategy, "--say", "out", "--say-error", "error")
                        .stdout(Redirect.PIPE)
                        .start();

        assertThat(shown(process)).isEqualTo("out");
        assertThat(process.getErrorStream().readAllBytes()).asString().isEqualTo("error");
    }

    @Test
    void leavesBothOutputsToPipes() throws Exception {
        PidfdProcess process =
                probe(SpawnStrategy.CLONE3, "--copy-line", "--say-error", "error")
                        .stdout(Redirect.PIPE)
                        .stderr(Redirect.PIPE)
                        .start();

        type(process, "a line\n");

        assertThat(process.getErrorStream().readAllBytes()).asString().isEqualTo("error");
        assertThat(shown(process)).isEqualTo("a line\n");
    }

    /** As ssh asks for a password. */
    @Test
    void isReachedByItsNameWhateverTheStreamsAre() throws Exception {
        PidfdProcess process =
                shell(
                                "printf 'password: ' > /dev/tty; read word < /dev/tty; cat; echo \"[$word]\" > /dev/tty")
                        .stdin(
                                Redirect.from(
                                        Files.writeString(
                                                folder.resolve("input"), "from the file\n")))
                        .start();
        assertThat(process.getInputStream().readNBytes(10)).asString().isEqualTo("password: ");

        type(process, "secret\n");

        assertThat(shown(process)).isEqualTo("secret\nfrom the file\n[secret]\n");
    }

    @Test
    void hasNoErrorStreamOfItsOwn() throws Exception {
        PidfdProcess process = probe(SpawnStrategy.CLONE3, "--say", "x").start();

        assertThat(process.getErrorStream().read()).isEqualTo(-1);
        assertThat(shown(process)).isEqualTo("x");
    }
}
