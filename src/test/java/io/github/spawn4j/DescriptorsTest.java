// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProbeReport.Descriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which descriptors a child has, and which of ours it has at which number. */
@Timeout(180)
class DescriptorsTest {
    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    // What a child has if nothing is said

    @ForEachStrategy
    void givesThreeBlockingStreamsAndNothingElse(SpawnStrategy strategy) throws Exception {
        SortedMap<Integer, Descriptor> seen = Probe.report(Probe.with(strategy)).descriptors();

        assertThat(seen).containsOnlyKeys(0, 1, 2);
        assertThat(seen.values()).extracting(Descriptor::kind).containsOnly("pipe");
        assertThat(seen.values()).extracting(Descriptor::flags).containsOnly("-");
        assertThat(seen.values()).extracting(Descriptor::access).containsExactly("r", "w", "w");
        assertThat(seen.values()).extracting(Descriptor::target).doesNotHaveDuplicates();
    }

    @ForEachStrategy
    void hidesTheFilesThatTheJvmHasOpen(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 300);
        try {
            assertThat(files.get(0).survivesExec()).as("would survive exec").isTrue();

            assertThat(Probe.report(Probe.with(strategy)).descriptors()).containsOnlyKeys(0, 1, 2);
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachStrategy
    void givesDiscardedStreamsAsOneDeviceForReadingAndWriting(SpawnStrategy strategy)
            throws Exception {
        EmptyProcess process =
                Probe.with(strategy)
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.DISCARD);

        ProbeReport report = Probe.reportThroughFile(process, folder.resolve("report"));

        assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(report.descriptors().values())
                .extracting(Descriptor::target)
                .containsOnly("/dev/null");
        assertThat(report.descriptors().values()).extracting(Descriptor::flags).containsOnly("-");
    }

    // dup2

    @ForEachStrategy
    void mapsADescriptorToNumbersBelowAndAboveTheReservedOnes(SpawnStrategy strategy)
            throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            EmptyProcess process = Probe.with(strategy);
            Map<Integer, String> expected = new TreeMap<>();
            for (int number : new int[] {3, 7, 62, 63, 64, 65, 100, 500}) {
                process.action(SpawnAction.dup2(file.number(), number));
                expected.put(number, file.target());
            }

            ProbeReport report = Probe.report(process);

            assertThat(report.targetsAbove2()).isEqualTo(expected);
            assertThat(report.descriptors().values())
                    .extracting(Descriptor::flags)
                    .containsOnly("-");
        }
    }

    @ForEachStrategy
    void mapsADescriptorToItsOwnNumber(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(file.number(), file.number())));

            assertThat(report.targetsAbove2()).isEqualTo(Map.of(file.number(), file.target()));
            assertThat(report.descriptors().get(file.number()).flags()).isEqualTo("-");
        }
    }

    @ForEachStrategy
    void mapsALowDescriptorOfTheJvmToItsOwnNumber(SpawnStrategy strategy) throws Exception {
        // Opened before the library reserved the rest: something of the JDK's.
        Map.Entry<Integer, String> low = OpenFile.anyLow();

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy).action(SpawnAction.dup2(low.getKey(), low.getKey())));

        assertThat(report.targetsAbove2()).isEqualTo(Map.of(low.getKey(), low.getValue()));
    }

    @ForEachStrategy
    void mapsALowDescriptorOfTheJvmElsewhere(SpawnStrategy strategy) throws Exception {
        Map.Entry<Integer, String> low = OpenFile.anyLow();

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(SpawnAction.dup2(low.getKey(), low.getKey() + 1))
                                .action(SpawnAction.dup2(low.getKey(), 70)));

        assertThat(report.targetsAbove2())
                .isEqualTo(Map.of(low.getKey() + 1, low.getValue(), 70, low.getValue()));
    }

    @ForEachStrategy
    void swapsTwoDescriptors(SpawnStrategy strategy) throws Exception {
        try (OpenFile one = OpenFile.file(file("one", ""));
                OpenFile two = OpenFile.file(file("two", ""))) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(one.number(), 300))
                                    .action(SpawnAction.dup2(two.number(), one.number()))
                                    .action(SpawnAction.dup2(300, two.number()))
                                    .action(SpawnAction.close(300)));

            assertThat(report.targetsAbove2())
                    .isEqualTo(Map.of(one.number(), two.target(), two.number(), one.target()));
        }
    }

    @ForEachStrategy
    void readsSourcesBeforeTheyAreOverwrittenByEarlierTargets(SpawnStrategy strategy)
            throws Exception {
        try (OpenFile one = OpenFile.file(file("one", ""));
                OpenFile two = OpenFile.file(file("two", ""))) {
            // 5 -> 4, then 4 -> 6: the second sees what the first has done.
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(one.number(), two.number()))
                                    .action(SpawnAction.dup2(two.number(), 6)));

            assertThat(report.targetsAbove2())
                    .isEqualTo(Map.of(6, one.target(), two.number(), one.target()));
        }
    }

    @ForEachStrategy
    void mapsStandardStreamsToOtherNumbers(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(SpawnAction.dup2(1, 5))
                                .action(SpawnAction.dup2(0, 1000))
                                .action(SpawnAction.dup2(5, 2)));

        String input = report.descriptors().get(0).target();
        String output = report.descriptors().get(1).target();
        assertThat(report.targetsAbove2()).isEqualTo(Map.of(5, output, 1000, input));
        assertThat(report.descriptors().get(2).target()).isEqualTo(output);
    }

    @ForEachStrategy
    void mapsMoreDescriptorsThanItReserves(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 100);
        try {
            EmptyProcess process = Probe.with(strategy);
            Map<Integer, String> expected = new TreeMap<>();
            for (int i = 0; i < files.size(); i++) {
                process.action(SpawnAction.dup2(files.get(i).number(), 1000 + i));
                expected.put(1000 + i, files.get(i).target());
            }

            assertThat(Probe.report(process).targetsAbove2()).isEqualTo(expected);
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachStrategy
    void mapsEachOfManyDescriptorsToItsOwnNumber(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 100);
        try {
            EmptyProcess process = Probe.with(strategy);
            Map<Integer, String> expected = new TreeMap<>();
            for (OpenFile file : files) {
                process.action(SpawnAction.dup2(file.number(), file.number()));
                expected.put(file.number(), file.target());
            }

            assertThat(Probe.report(process).targetsAbove2()).isEqualTo(expected);
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachStrategy
    void fillsAllReservedNumbers(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 61);
        try {
            EmptyProcess process = Probe.with(strategy);
            Map<Integer, String> expected = new TreeMap<>();
            // Downwards: the places of those that are still to be read are hit first.
            for (int number = 63; number >= 3; number--) {
                OpenFile file = files.get(63 - number);
                process.action(SpawnAction.dup2(file.number(), number));
                expected.put(number, file.target());
            }

            assertThat(Probe.report(process).targetsAbove2()).isEqualTo(expected);
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachExpressiveStrategy
    void mapsManyDescriptorsAfterClosingAHighRange(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 70);
        try {
            EmptyProcess process =
                    Probe.with(strategy).action(SpawnAction.closeRange(1_000_000, -1));
            for (OpenFile file : files) {
                process.action(SpawnAction.dup2(file.number(), file.number()));
            }

            assertThat(Probe.report(process).targetsAbove2()).hasSize(files.size());
        } finally {
            OpenFile.closeAll(files);
        }
    }

    @ForEachStrategy
    void sharesTheFileOffsetOfAMappedDescriptor(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", "0123456789"))) {
            file.content().seek(4);

            String read =
                    Probe.text(
                            Probe.with(strategy, "--cat")
                                    .stdin(Redirect.descriptor(file.number())));

            assertThat(read).isEqualTo("456789");
            assertThat(file.content().getFilePointer()).isEqualTo(10);
        }
    }

    // Redirect.descriptor

    @ForEachStrategy
    void rotatesTheStandardStreamsOfTheJvm(SpawnStrategy strategy) throws Exception {
        SortedMap<Integer, String> ours = OpenFile.descriptors();
        EmptyProcess process =
                Probe.with(strategy)
                        .stdin(Redirect.descriptor(1))
                        .stdout(Redirect.descriptor(2))
                        .stderr(Redirect.descriptor(0));

        ProbeReport report = Probe.reportThroughFile(process, folder.resolve("report"));

        assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
        assertThat(report.descriptors().get(0).target()).isEqualTo(ours.get(1));
        assertThat(report.descriptors().get(1).target()).isEqualTo(ours.get(2));
        assertThat(report.descriptors().get(2).target()).isEqualTo(ours.get(0));
    }

    @ForEachStrategy
    void leadsAllStreamsToOneDescriptor(SpawnStrategy strategy) throws Exception {
        try (OpenFile file = OpenFile.file(file("file", ""))) {
            Redirect redirect = Redirect.descriptor(file.number());
            EmptyProcess process =
                    Probe.with(strategy, "--say", "out ", "--say-error", "error")
                            .stdin(redirect)
                            .stdout(redirect)
                            .stderr(redirect);

            ProbeReport report = Probe.reportThroughFile(process, folder.resolve("report"));

            assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
            assertThat(Files.readString(file.path())).isEqualTo("out error");
        }
    }

    // Several at once

    @ForEachStrategy
    void neverMixesUpChildrenOfSeveralThreads(SpawnStrategy strategy) throws Exception {
        List<OpenFile> files = OpenFile.files(folder, 8);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < 120; i++) {
                OpenFile file = files.get(i % files.size());
                int number = 3 + i % 90;
                results.add(
                        threads.submit(
                                () -> {
                                    EmptyProcess process =
                                            Probe.with(strategy)
                                                    .action(
                                                            SpawnAction.dup2(
                                                                    file.number(), number));
                                    assertThat(Probe.report(process).targetsAbove2())
                                            .isEqualTo(Map.of(number, file.target()));
                                    return null;
                                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
        } finally {
            threads.shutdown();
            OpenFile.closeAll(files);
        }
        assertThat(threads.isShutdown()).isTrue();
    }

    @ForEachStrategy
    void keepsTheOutputOfChildrenApart(SpawnStrategy strategy) throws Exception {
        PidfdProcess one = Probe.with(strategy, "--cat").start();
        PidfdProcess two = Probe.with(strategy, "--cat").start();

        // The second child must not hold the first one's input open.
        one.getOutputStream().write("one".getBytes(StandardCharsets.UTF_8));
        one.getOutputStream().close();
        assertThat(one.getInputStream().readAllBytes()).asString().isEqualTo("one");
        two.getOutputStream().close();

        assertThat(two.getInputStream().readAllBytes()).isEmpty();
        assertThat(one.waitFor()).isZero();
        assertThat(two.waitFor()).isZero();
    }
}
