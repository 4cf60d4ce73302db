// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Terminals.probe;
import static io.github.spawn4j.testing.Terminals.shell;
import static io.github.spawn4j.testing.Terminals.shown;
import static io.github.spawn4j.testing.Terminals.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What we see and type on the terminal of a process. */
@Timeout(60)
class TerminalTypingTest {
    // Keys of the terminal's own: ^C and what erases.
    private static final char INTERRUPT = 3;
    private static final char BACKSPACE = 127;

    @TempDir Path folder;

    @ForEachExpressiveStrategy
    void losesNothingOfWhatIsWrittenBeforeTheExit(SpawnStrategy strategy) throws Exception {
        String shown = shown(probe(strategy, "--write-stdout", "1048576").start());

        assertThat(shown).hasSize(1 << 20).endsWith("16383\n");
    }

    /** What a terminal holds: as much as fits for sure. */
    @Test
    void losesNothingIfItIsReadOnlyAfterTheExit() throws Exception {
        PidfdProcess process =
                shell("stty -opost; exec \"" + Probe.PROGRAM + "\" --write-stdout 8192").start();
        assertThat(process.waitFor()).isZero();

        assertThat(process.getInputStream().available()).isEqualTo(8192);
        assertThat(shown(process)).hasSize(8192).endsWith("127\n");
    }

    /** Which the kernel cannot do without us, as it can from a pipe. */
    @Test
    void transfersToAFile() throws Exception {
        Path file = folder.resolve("shown");
        PidfdProcess process = probe(SpawnStrategy.CLONE3, "--write-stdout", "102400").start();

        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            assertThat(process.getInputStream().transferTo(out)).isEqualTo(102_400 + 1600);
        }

        assertThat(Files.readAllLines(file)).hasSize(1600).endsWith("0".repeat(59) + "1599");
        assertThat(process.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a line\n", "begun", "a line\nand begun", "by the Enter key\r"})
    void endsTheInputOfWhoReadsLines(String typed) throws Exception {
        PidfdProcess process =
                shell(
                                "stty -echo; echo ready; exec \""
                                        + Probe.PROGRAM
                                        + "\" --read-stdin --report 1")
                        .start();
        BufferedReader lines = process.inputReader();
        assertThat(lines.readLine()).isEqualTo("ready");

        try (OutputStream keyboard = process.getOutputStream()) {
            keyboard.write(typed.getBytes(StandardCharsets.UTF_8));
        }

        assertThat(lines.lines())
                .contains("stdin.count=" + typed.length())
                .contains("stdin=" + typed.replaceAll("[\r\n]", "\\\\x0a"));
        assertThat(process.waitFor()).isZero();
    }

    /** The reader is slower, so there is no room at first for what says the end. */
    @Test
    void endsAlsoMuchInput() throws Exception {
        PidfdProcess process =
                shell("stty -echo; echo ready; read first; echo $first; wc -c").start();
        BufferedReader lines = process.inputReader();
        assertThat(lines.readLine()).isEqualTo("ready");
        String typed = ("x".repeat(99) + "\n").repeat(10_000);
        FutureTask<Void> typist =
                OwnThread.start(
                        () -> {
                            try (OutputStream keyboard = process.getOutputStream()) {
                                keyboard.write("first\n".getBytes(StandardCharsets.UTF_8));
                                keyboard.write(typed.getBytes(StandardCharsets.UTF_8));
                            }
                            return null;
                        });

        assertThat(lines.readLine()).isEqualTo("first");
        assertThat(lines.readLine().strip()).isEqualTo("1000000");
        assertThat(process.waitFor()).isZero();
        OwnThread.join(typist);
    }

    /** The child reads what has been typed, if anything has, after the stream has been closed. */
    @Test
    void typesNoEndToWhoReadsKeys() throws Exception {
        Path closed = LibC.fifo(folder.resolve("closed"));
        PidfdProcess process =
                shell("stty raw -echo min 0; echo ready; cat " + closed + "; head -c 1 | od -t u1")
                        .start();
        BufferedReader lines = process.inputReader();
        assertThat(lines.readLine()).isEqualTo("ready");

        process.getOutputStream().close();
        Files.writeString(closed, "");

        assertThat(lines.readLine()).as("a dump of nothing").isEqualTo("0000000");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void erasesAWholeCharacterByBackspace() throws Exception {
        PidfdProcess process =
                shell("stty -echo; echo ready; read -r line; printf %s $line | od -An -tx1")
                        .start();
        BufferedReader shown = process.inputReader(StandardCharsets.UTF_8);
        assertThat(shown.readLine()).isEqualTo("ready");

        type(process, "a\u00e9" + BACKSPACE + "b\n");

        assertThat(shown.readLine().strip()).isEqualTo("61 62");
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void interruptsTheForegroundByItsKey() throws Exception {
        PidfdProcess process = probe(SpawnStrategy.CLONE3, "--say", "ready\n", "--pause").start();
        assertThat(process.inputReader().readLine()).isEqualTo("ready");

        type(process, String.valueOf(INTERRUPT));

        process.waitFor();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.INT, false));
    }

    @Test
    void servesVirtualThreads() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with JDK 21");
        PidfdProcess process = shell("stty -echo; echo ready; cat").start();
        FutureTask<String> reader = new FutureTask<>(() -> shown(process));
        String typed = ("x".repeat(99) + "\n").repeat(1_000);
        FutureTask<Void> writer =
                new FutureTask<>(
                        () -> {
                            try (OutputStream keyboard = process.getOutputStream()) {
                                keyboard.write(typed.getBytes(StandardCharsets.UTF_8));
                            }
                            return null;
                        });
        assertThat(new String(process.getInputStream().readNBytes(7), StandardCharsets.UTF_8))
                .isEqualTo("ready\r\n");

        startVirtual(reader);
        startVirtual(writer);

        assertThat(OwnThread.join(reader)).isEqualTo(typed);
        OwnThread.join(writer);
    }

    private static void startVirtual(Runnable task) throws Exception {
        Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
    }
}
