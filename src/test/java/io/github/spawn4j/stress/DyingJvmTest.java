// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.SpawnStrategy;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A JVM takes those children with it that asked for it, and no others, however it ends and whatever
 * the child is about. That a child sees that its JVM has died before it could ask is tested in
 * attribute_test.c.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DyingJvmTest {
    @TempDir private Path folder;

    private static List<Long> pids(String kind, String output) {
        return output.lines()
                .filter(line -> line.startsWith(kind + " "))
                .map(line -> Long.parseLong(line.substring(kind.length() + 1)))
                .toList();
    }

    /** Nobody may be there to collect it. */
    private static boolean hasEnded(long pid) {
        char state = Os.state(pid);
        return state == 'X' || state == 'Z';
    }

    private static void awaitEnd(String kind, String output) {
        for (long pid : pids(kind, output)) {
            Os.await(kind + " child " + pid + " has ended", () -> hasEnded(pid));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"killed", "exits"})
    void takesAlongTheChildrenThatAskedForItAndNoOthers(String end) throws Exception {
        String output = SecondJvm.startedBy().run(DyingJvm.class, end);

        assertThat(output.contains("exit code 137")).isEqualTo(end.equals("killed"));
        assertThat(pids("mortal", output)).hasSize(9);
        assertThat(pids("immortal", output)).hasSize(3);
        awaitEnd("mortal", output);
        for (long pid : pids("immortal", output)) {
            assertThat(Os.state(pid)).as("state of child " + pid).isEqualTo('S');
            assertThat(Path.of("/proc/" + pid + "/comm")).hasContent("probe");
            assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        }
        awaitEnd("immortal", output);
    }

    static Stream<Arguments> strategiesAndSignals() {
        return DyingJvm.STRATEGIES.stream()
                .flatMap(
                        strategy ->
                                Stream.of("KILL", "TERM")
                                        .map(signal -> Arguments.of(strategy, signal)));
    }

    @ParameterizedTest
    @MethodSource("strategiesAndSignals")
    void takesAlongAChildThatHasNotComeToItsProgram(SpawnStrategy strategy, String signal)
            throws Exception {
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();

        String output =
                SecondJvm.startedBy()
                        .run(
                                DyingJvm.class,
                                "killed while a child waits",
                                strategy.name(),
                                signal,
                                fifo.toString());

        try {
            assertThat(output).endsWith("exit code 137");
            assertThat(pids("mortal", output)).hasSize(1);
            awaitEnd("mortal", output);
        } finally {
            // Both directions, which waits for nobody: lets go a child that has not ended.
            new RandomAccessFile(fifo.toFile(), "rw").close();
            Files.delete(fifo);
        }
    }

    @Test
    void namesTheCallThatTheKernelRefuses() throws Exception {
        String output =
                SecondJvm.startedBy(Os.program("deny"), "prctl=EPERM", "--")
                        .run(DyingJvm.class, "reports");

        assertThat(output.lines())
                .containsExactly(
                        "FORK: prctl(PR_SET_PDEATHSIG) 1",
                        "VFORK: prctl(PR_SET_PDEATHSIG) 1",
                        "CLONE3: prctl(PR_SET_PDEATHSIG) 1");
    }
}
