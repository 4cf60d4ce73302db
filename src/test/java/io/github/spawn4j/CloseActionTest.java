// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Actions.open;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that a child closes before its program begins. */
@Timeout(60)
class CloseActionTest {
    private static final int EBADF = 9;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    @ForEachStrategy
    void closesAStandardStream(SpawnStrategy strategy) throws Exception {
        ProbeReport report = Probe.report(Probe.with(strategy).action(SpawnAction.close(0)));

        assertThat(report.descriptors()).containsOnlyKeys(1, 2);
    }

    @ForEachStrategy
    void closesWhatAnEarlierActionHasMade(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(file.number(), 5))
                                    .action(SpawnAction.dup2(5, 6))
                                    .action(SpawnAction.close(5)));

            assertThat(report.targetsAbove2()).isEqualTo(Map.of(6, file.target()));
        }
    }

    @ForEachStrategy
    void closesADescriptorOfTheJvm(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            ProbeReport report =
                    Probe.report(Probe.with(strategy).action(SpawnAction.close(file.number())));

            assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
            file.content().write(1); // only the child's is closed
        }
    }

    @ForEachStrategy
    void closesALowDescriptorOfTheJvm(SpawnStrategy strategy) throws Exception {
        Map.Entry<Integer, String> low = OpenFile.anyLow();

        ProbeReport report =
                Probe.report(Probe.with(strategy).action(SpawnAction.close(low.getKey())));

        assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(OpenFile.descriptors()).contains(low);
    }

    @ForEachStrategy
    void closesARangeWithWhatEarlierActionsHaveMadeThere(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            EmptyProcess process = Probe.with(strategy);
            for (int number : new int[] {3, 10, 20, 30, 64, 90}) {
                process.action(SpawnAction.dup2(file.number(), number));
            }
            process.action(SpawnAction.closeRange(10, 20)).action(SpawnAction.closeRange(64, 64));
            process.action(SpawnAction.dup2(3, 15));

            assertThat(Probe.report(process).targetsAbove2().keySet())
                    .containsExactly(3, 15, 30, 90);
        }
    }

    @ForEachStrategy
    void closesARangeWithoutEnd(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(file.number(), 5))
                                    .action(SpawnAction.dup2(file.number(), 500))
                                    .action(SpawnAction.closeRange(2, -1))
                                    .action(open(Path.of("/dev/null"), 4)));

            assertThat(report.descriptors()).containsOnlyKeys(0, 1, 4);
            assertThat(file.content().length()).isZero();
        }
    }

    @ForEachStrategy
    void findsADescriptorClosedThatLiesInAClosedRange(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            assertThatThrownBy(
                            () ->
                                    Probe.with(strategy)
                                            .action(SpawnAction.closeRange(3, -1))
                                            .action(SpawnAction.dup2(file.number(), 3))
                                            .start())
                    .isInstanceOfSatisfying(
                            SpawnException.class, e -> assertThat(e.errno()).isEqualTo(EBADF));
        }
    }
}
