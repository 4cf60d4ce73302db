// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.internal.os.Pty;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProbeReport.Descriptor;
import io.github.spawn4j.testing.Programs;
import io.github.spawn4j.testing.TerminalWindow;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A process on a terminal: what it finds there, and what we see and type. */
@Timeout(60)
class TerminalTest {
    private static final int EPERM = 1;
    private static final int ENOENT = 2;
    private static final int EOPNOTSUPP = 95;

    private static final WindowSize SIZE = new WindowSize(24, 80);

    // Keys of the terminal's own: ^C, ^D, ^Z.
    private static final char INTERRUPT = 3;
    private static final char END = 4;
    private static final char SUSPEND = 26;
    private static final char BACKSPACE = 127;

    @TempDir Path folder;

    private static EmptyProcess probe(SpawnStrategy strategy, String... steps) {
        return Probe.with(strategy, steps).terminal(SIZE);
    }

    private static EmptyProcess shell(String script) {
        return PidfdProcess.builder("/bin/sh", "-c", script).terminal(SIZE);
    }

    /** All that is shown until the process has ended well, with the line ends of a file. */
    private static String shown(PidfdProcess process) throws Exception {
        byte[] shown = process.getInputStream().readAllBytes();
        String text = new String(shown, StandardCharsets.UTF_8).replace("\r\n", "\n");
        assertThat(process.waitFor()).as(text).isZero();
        return text;
    }

    private static ProbeReport report(EmptyProcess process) throws Exception {
        return new ProbeReport(shown(process.start()).getBytes(StandardCharsets.UTF_8));
    }

    private static void type(PidfdProcess process, String text) throws IOException {
        OutputStream keyboard = process.getOutputStream();
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    private static String device(int fd) throws IOException {
        return Files.getAttribute(Path.of("/proc/self/fd/" + fd), "unix:rdev").toString();
    }

    private static void assertFails(EmptyProcess process, String step, int errno, int index) {
        assertThatThrownBy(process::start)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.step()).isEqualTo(step);
                            assertThat(e.errno()).isEqualTo(errno);
                            assertThat(e.actionIndex()).isEqualTo(index);
                        });
    }

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

    // What we see and type

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

    // What is refused

    private static void assertRefused(EmptyProcess process, String... named) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        assertThatThrownBy(process::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(named);
        LeakCheck.assertOpenAsBefore(before);
    }

    @Test
    void refusesAStreamToATerminalThatThereIsNot() throws Exception {
        EmptyProcess process = PidfdProcess.builder(Probe.PROGRAM).stderr(Redirect.TERMINAL);

        assertRefused(process, "Redirect.TERMINAL", "terminal(size)");

        Probe.output(process.stderr(Redirect.PIPE)); // put right
    }

    @Test
    void refusesATerminalThatNoStreamLeadsTo() throws Exception {
        EmptyProcess process = PidfdProcess.builder("/bin/true").terminal(SIZE).inheritIO();

        assertRefused(process, "Redirect.TERMINAL", "terminal(size)");

        assertThat(process.stdin(Redirect.TERMINAL).start().waitFor()).isZero();
    }

    @Test
    void refusesAProcessGroupThatExists() throws Exception {
        assertRefused(
                probe(SpawnStrategy.CLONE3).processGroup(77), "terminal(size)", "processGroup(77)");
        assertRefused(
                Probe.with(SpawnStrategy.CLONE3).processGroup(77).terminal(SIZE),
                "processGroup(77)");
    }

    @ForEachExpressiveStrategy
    void grantsAGroupAndASessionThatItHasAnyway(SpawnStrategy strategy) throws Exception {
        ProbeReport report = report(probe(strategy).processGroup(0).newSession());

        assertThat(report.text("pgrp")).isEqualTo(report.text("pid"));
        assertThat(report.text("session")).isEqualTo(report.text("pid"));
    }

    @Test
    void refusesPosixSpawnWhichHasNoWordsForIt() throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();

        assertFails(
                probe(SpawnStrategy.POSIX_SPAWN),
                "posix_spawn cannot express terminal",
                EOPNOTSUPP,
                -1);

        LeakCheck.assertOpenAsBefore(before);
    }

    @ForEachExpressiveStrategy
    void leavesNothingIfTheProgramCannotBeExecuted(SpawnStrategy strategy) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        Path text = Files.writeString(folder.resolve("text"), "no program");
        text.toFile().setExecutable(true);

        assertFails(
                PidfdProcess.builder(text.toString()).strategy(strategy).terminal(SIZE),
                "exec",
                8,
                -1);
        assertFails(probe(strategy).action(SpawnAction.chdir("/no/such")), "chdir", ENOENT, 0);

        LeakCheck.assertOpenAsBefore(before);
    }

    @Test
    void hasNoWindowWithoutATerminal() throws Exception {
        PidfdProcess process = PidfdProcess.builder("/bin/true").start();

        assertThatThrownBy(process::windowSize).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> process.windowSize(SIZE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(
                        "process " + process.pid() + " was not started with terminal");
        process.waitFor();
    }

    // A terminal of the caller's own

    private interface TerminalUse {
        void with(Pty pty) throws Exception;
    }

    private static void withTerminal(TerminalUse use) throws Exception {
        try (Pty pty = Pty.open(30, 90)) {
            use.with(pty);
        }
    }

    @ForEachExpressiveStrategy
    void takesATerminalOfTheCaller(SpawnStrategy strategy) throws Exception {
        withTerminal(
                pty -> {
                    ProbeReport report =
                            Probe.report(
                                    Probe.with(strategy)
                                            .newSession()
                                            .stdin(Redirect.descriptor(pty.peer()))
                                            .action(SpawnAction.controllingTerminal(pty.peer())));

                    String pid = report.text("pid");
                    String device = device(pty.peer());
                    assertThat(report.text("controlling_terminal")).isEqualTo(device);
                    assertThat(report.text("tty.0"))
                            .isEqualTo(device + " " + pid + " " + pid + " 30x90");
                    assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
                });
    }

    @ForEachExpressiveStrategy
    void takesATerminalThatAnActionHasOpened(SpawnStrategy strategy) throws Exception {
        withTerminal(
                pty -> {
                    ProbeReport report =
                            Probe.report(
                                    Probe.with(strategy)
                                            .newSession()
                                            .action(SpawnAction.dup2(pty.peer(), 7))
                                            .action(SpawnAction.controllingTerminal(7))
                                            .action(SpawnAction.close(7)));

                    assertThat(report.text("controlling_terminal")).isEqualTo(device(pty.peer()));
                });
    }

    @ForEachExpressiveStrategy
    void takesNoTerminalWithoutASession(SpawnStrategy strategy) throws Exception {
        withTerminal(
                pty ->
                        assertFails(
                                Probe.with(strategy)
                                        .action(SpawnAction.sigdefault(List.of()))
                                        .action(SpawnAction.controllingTerminal(pty.peer())),
                                "ioctl(TIOCSCTTY)",
                                EPERM,
                                1));
    }

    @ForEachExpressiveStrategy
    void takesNothingButTerminals(SpawnStrategy strategy) {
        EmptyProcess process =
                Probe.with(strategy).newSession().action(SpawnAction.controllingTerminal(0));

        assertThatThrownBy(process::start)
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("action 0: ioctl(TIOCSCTTY) descriptor 0: ENOTTY");
    }

    @Test
    void refusesPosixSpawnWhichCannotTakeATerminal() throws Exception {
        withTerminal(
                pty ->
                        assertThatThrownBy(
                                        () ->
                                                Probe.with(SpawnStrategy.POSIX_SPAWN)
                                                        .newSession()
                                                        .action(
                                                                SpawnAction.controllingTerminal(
                                                                        pty.peer()))
                                                        .start())
                                .isInstanceOf(SpawnException.class)
                                .hasMessageContaining(
                                        "posix_spawn cannot express ioctl(TIOCSCTTY)"));
    }

    // Job control

    /**
     * Another group of the JVM's session: whoever reads in the background is stopped by SIGTTIN.
     */
    @Test
    void readsAtOnceInANewForegroundGroup() throws Exception {
        PidfdProcess jvm = jvmOnTerminal(OnTerminal.class);
        BufferedReader lines = jvm.inputReader();
        assertThat(lines.readLine()).isEqualTo("ready");

        StringBuilder typed = new StringBuilder();
        for (int i = 0; i < OnTerminal.STARTS; i++) {
            typed.append("line ").append(i).append('\n');
        }
        type(jvm, typed.toString());

        assertThat(lines.lines()).containsExactlyElementsOf(typed.toString().lines().toList());
        assertThat(jvm.waitFor()).isZero();
    }

    private static PidfdProcess jvmOnTerminal(Class<?> main) throws IOException {
        EmptyProcess jvm =
                PidfdProcess.builder(System.getProperty("java.home") + "/bin/java")
                        .args("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m");
        if (Runtime.version().feature() >= 22) {
            jvm.args("--enable-native-access=ALL-UNNAMED");
        }
        return jvm.args("-cp", System.getProperty("java.class.path"))
                .args("-Dspawn4j.native.bin=" + Probe.FILE.getParent())
                .args(main.getName())
                .terminal(SIZE)
                .start();
    }

    /**
     * In a JVM that leads the session of a terminal: starts one foreground reader after the other.
     */
    static final class OnTerminal {
        private static final List<SpawnStrategy> STRATEGIES =
                List.of(SpawnStrategy.FORK, SpawnStrategy.VFORK, SpawnStrategy.CLONE3);
        static final int STARTS = 30;

        private OnTerminal() {}

        public static void main(String[] args) throws Exception {
            run(PidfdProcess.builder("stty", "-echo"));
            run(PidfdProcess.builder("echo", "ready"));
            for (int i = 0; i < STARTS; i++) {
                SpawnStrategy strategy = STRATEGIES.get(i % STRATEGIES.size());
                run(
                        Probe.with(strategy, "--copy-line")
                                .processGroup(0)
                                .action(SpawnAction.tcsetpgrp(0)));
                // A child in our group gives the terminal back to it.
                run(
                        PidfdProcess.builder("/bin/true")
                                .processGroup((int) ProcessHandle.current().pid())
                                .action(SpawnAction.tcsetpgrp(0)));
            }
        }

        private static void run(EmptyProcess process) throws Exception {
            PidfdProcess started = process.inheritIO().start();
            if (!started.waitFor(20, TimeUnit.SECONDS)) {
                started.destroyForcibly();
                throw new AssertionError(process + " has not ended");
            }
            if (started.exitValue() != 0) {
                throw new AssertionError(process + " has ended with " + started.exitStatus());
            }
        }
    }

    /** Without being asked: a child that could not read would stop, and nobody would see why. */
    @Test
    void lendsTheForegroundToWhoReadsInAGroupOfItsOwn() throws Exception {
        PidfdProcess jvm = jvmOnTerminal(Lending.class);
        try {
            BufferedReader lines = jvm.inputReader();
            assertThat(lines.readLine()).isEqualTo("ready");
            for (int i = 0; i < Lending.READERS; i++) {
                type(jvm, "line " + i + "\n");
                assertThat(lines.readLine()).isEqualTo((i % 2 == 0 ? "" : "JVM: ") + "line " + i);
            }
            assertThat(lines.lines()).containsExactly("ours at the end");
            assertThat(jvm.waitFor()).isZero();
        } finally {
            jvm.destroyForcibly(); // it has stopped, if it was in the background
        }
    }

    /** In a JVM that leads the session of a terminal: children and the JVM read in turns. */
    static final class Lending {
        private static final List<SpawnStrategy> STRATEGIES =
                List.of(SpawnStrategy.FORK, SpawnStrategy.VFORK, SpawnStrategy.CLONE3);
        static final int READERS = 16;

        private Lending() {}

        public static void main(String[] args) throws Exception {
            PidfdProcess.builder("stty", "-echo").inheritIO().start().waitFor();
            System.out.println("ready");
            for (int i = 0; i < READERS; i += 2) {
                SpawnStrategy strategy = STRATEGIES.get(i / 2 % STRATEGIES.size());
                EmptyProcess reader = Probe.with(strategy, "--copy-line").inheritIO();
                switch (i / 2 % 3) {
                    case 0 -> OnTerminal.run(reader.processGroup(0));
                    case 1 -> OnTerminal.run(reader.teardown(Teardown.DEFAULT.ofGroup()));
                    default ->
                            reader.processGroup(0).run(RunOptions.timeout(Duration.ofSeconds(20)));
                }
                failToStart(strategy);
                StringBuilder line = new StringBuilder("JVM: ");
                int next;
                while ((next = System.in.read()) != '\n') {
                    line.append((char) next);
                }
                System.out.println(line);
            }
            leaveSomebodyElseInTheForeground();
        }

        /** After it has got the foreground. */
        private static void failToStart(SpawnStrategy strategy) throws Exception {
            try {
                Probe.with(strategy)
                        .inheritIO()
                        .processGroup(0)
                        .action(SpawnAction.chdir("/no/such/directory"))
                        .start();
                throw new AssertionError("has started");
            } catch (SpawnException e) {
                if (!e.step().equals("chdir")) {
                    throw e;
                }
            }
        }

        /** A child that ends without having it leaves it to the one that has. */
        private static void leaveSomebodyElseInTheForeground() throws Exception {
            PidfdProcess first =
                    Probe.with(SpawnStrategy.CLONE3, "--pause").inheritIO().processGroup(0).start();
            PidfdProcess second =
                    Probe.with(SpawnStrategy.CLONE3, "--pause").inheritIO().processGroup(0).start();
            second.destroyForcibly().waitFor();
            String group = foreground();
            if (!group.equals(Long.toString(first.pid()))) {
                throw new AssertionError("foreground " + group + ", not " + first.pid());
            }
            first.destroyForcibly().waitFor();
            boolean isOurs = foreground().equals(Long.toString(ProcessHandle.current().pid()));
            System.out.println(isOurs ? "ours at the end" : "in the background at the end");
        }

        /** Field 8 of proc(5)'s stat. */
        private static String foreground() throws IOException {
            return Files.readString(Path.of("/proc/self/stat"))
                    .replaceFirst(".*\\) ", "")
                    .split(" ")[5];
        }
    }

    @Test
    void letsAShellControlItsJobs() throws Exception {
        Programs.assumeInstalled("bash");
        EmptyProcess bash =
                PidfdProcess.builder("bash", "--norc", "--noprofile", "-i")
                        .env("PS1", "bash> ")
                        .env("TERM", "vt100");
        try (TerminalWindow window = TerminalWindow.open(bash, SIZE)) {
            window.awaitText("bash>");
            window.type("echo one; head -n 1 | tr a-z A-Z\n");
            window.awaitText("\none");
            window.type("hello\n");
            window.awaitText("\nHELLO");

            window.type("echo two; cat; echo exit $?\n");
            window.awaitText("\ntwo");
            window.type("copied\n");
            window.awaitText("\ncopied\ncopied");
            window.type(String.valueOf(INTERRUPT));
            window.awaitText("bash>\n\n");
            window.type("echo exit $?\n");
            window.awaitText("\nexit 130");

            window.type("echo three; cat\n");
            window.awaitText("\nthree");
            window.type("running\n");
            window.awaitText("\nrunning\nrunning");
            window.type(String.valueOf(SUSPEND));
            window.awaitText("Stopped");
            window.resize(new WindowSize(30, 100));
            window.type("stty size; fg\n");
            window.awaitText("\n30 100\ncat\n");
            window.type("again\n");
            window.awaitText("\nagain\nagain");
            window.type(String.valueOf(END));
            window.type("exit 3\n");
            assertThat(window.awaitExit()).isEqualTo(3);
        }
    }
}
