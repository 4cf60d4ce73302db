// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Terminals.SIZE;
import static io.github.spawn4j.testing.Terminals.type;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.Programs;
import io.github.spawn4j.testing.TerminalWindow;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has the foreground of a terminal: jobs of a shell, and children of a JVM on one. */
@Timeout(60)
class JobControlTest {
    // Keys of the terminal's own: ^C, ^D, ^Z.
    private static final char INTERRUPT = 3;
    private static final char END = 4;
    private static final char SUSPEND = 26;

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
