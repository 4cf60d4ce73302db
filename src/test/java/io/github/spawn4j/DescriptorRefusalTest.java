// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Actions on descriptors that cannot be, and which are refused at once or by the child. */
@Timeout(60)
class DescriptorRefusalTest {
    private static final int EBADF = 9;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    @ForEachStrategy
    void refusesToMapADescriptorThatIsNotOpen(SpawnStrategy strategy) {
        int unused = OpenFile.unusedNumber();

        assertThatThrownBy(() -> Probe.with(strategy).action(SpawnAction.dup2(unused, 3)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(EBADF))
                .hasMessageContaining("descriptor " + unused);
    }

    @ForEachStrategy
    void refusesAStreamFromADescriptorThatIsNotOpen(SpawnStrategy strategy) {
        int unused = OpenFile.unusedNumber();

        assertThatThrownBy(() -> Probe.with(strategy).stdout(Redirect.descriptor(unused)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(EBADF))
                .hasMessageContaining("descriptor " + unused);
    }

    @ForEachStrategy
    void refusesToCloseWhatIsNotOpen(SpawnStrategy strategy) {
        int unused = OpenFile.unusedNumber();

        assertThatThrownBy(
                        () ->
                                Probe.with(strategy)
                                        .action(SpawnAction.close(0))
                                        .action(SpawnAction.close(unused))
                                        .start())
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(EBADF);
                            assertThat(e.actionIndex()).isEqualTo(1);
                            assertThat(e.step()).isEqualTo("close");
                        })
                .hasMessageContaining("descriptor " + unused);
    }

    @ForEachStrategy
    void refusesToCloseTwice(SpawnStrategy strategy) {
        assertThatThrownBy(
                        () ->
                                Probe.with(strategy)
                                        .action(SpawnAction.close(2))
                                        .action(SpawnAction.close(2))
                                        .start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(EBADF))
                .hasMessageContaining("descriptor 2");
    }

    @ForEachStrategy
    void takesTheNumbersThatTheLibraryReservesForClosed(SpawnStrategy strategy) throws Exception {
        SortedMap<Integer, String> ours = OpenFile.descriptors();
        int reserved =
                ours.tailMap(3).entrySet().stream()
                        .filter(entry -> entry.getValue().contains("spawn4j-reserved"))
                        .mapToInt(Map.Entry::getKey)
                        .min()
                        .orElseThrow();

        assertThatThrownBy(() -> Probe.with(strategy).action(SpawnAction.dup2(reserved, 3)).start())
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("descriptor " + reserved);
        assertThatThrownBy(() -> Probe.with(strategy).action(SpawnAction.close(reserved)).start())
                .isInstanceOf(SpawnException.class)
                .hasMessageContaining("descriptor " + reserved);
    }

    @ForEachExpressiveStrategy
    void refusesATargetAboveTheLimit(SpawnStrategy strategy) throws Exception {
        assertRefusesTargetAboveTheLimit(strategy); // a template opens its program once
        SortedMap<Integer, String> before = LeakCheck.descriptors();

        assertRefusesTargetAboveTheLimit(strategy);

        LeakCheck.assertOpenAsBefore(before);
    }

    private static void assertRefusesTargetAboveTheLimit(SpawnStrategy strategy) {
        assertThatThrownBy(
                        () ->
                                Probe.with(strategy)
                                        .action(SpawnAction.dup2(0, 1_900_000_000))
                                        .start())
                .isInstanceOfSatisfying(
                        SpawnException.class, e -> assertThat(e.errno()).isEqualTo(EBADF));
    }

    @ForEachStrategy
    void takes256Actions(SpawnStrategy strategy) throws Exception {
        EmptyProcess process = Probe.with(strategy);
        for (int i = 0; i < 256; i++) {
            process.action(SpawnAction.dup2(1, 3 + 2 * i));
        }

        assertThat(Probe.report(process).targetsAbove2()).hasSize(256);
    }

    @Test
    void refusesMoreThan256Actions() {
        EmptyProcess process = PidfdProcess.builder(Probe.PROGRAM);
        for (int i = 0; i < 256; i++) {
            process.action(SpawnAction.dup2(1, 3));
        }

        assertThatThrownBy(() -> process.action(SpawnAction.dup2(1, 3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256");
    }

    @Test
    void refusesNegativeNumbersAtOnce() {
        List<Callable<?>> wrong = new ArrayList<>();
        wrong.add(() -> SpawnAction.close(-2));
        wrong.add(() -> SpawnAction.dup2(-2, 3));
        wrong.add(() -> SpawnAction.dup2(1, -2));
        wrong.add(() -> SpawnAction.fchdir(-2));
        wrong.add(() -> SpawnAction.open(-2, "x", 3, 0, 0, 0));
        wrong.add(() -> SpawnAction.open(OpenFlags.AT_FDCWD, "x", -2, 0, 0, 0));
        wrong.add(() -> SpawnAction.closeRange(-2, 3));
        wrong.add(() -> SpawnAction.closeRange(3, -2));
        wrong.add(() -> Redirect.descriptor(-2));
        for (Callable<?> call : wrong) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("-2");
        }
        assertThatThrownBy(() -> SpawnAction.closeRange(5, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4")
                .hasMessageContaining("5");
    }
}
