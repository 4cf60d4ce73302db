// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProbeReport.Descriptor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A child has exactly the descriptors that it was given. */
@Timeout(60)
class DescriptorsTest {
    private static final int RDONLY = 0;
    private static final int EBADF = 9;
    private static final int EXDEV = 18;
    private static final long RESOLVE_BENEATH = 8;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    /** Where the descriptors above stderr lead to. */
    private static SortedMap<Integer, String> above2(ProbeReport report) {
        SortedMap<Integer, String> targets = new TreeMap<>();
        report.descriptors()
                .tailMap(3)
                .forEach((number, descriptor) -> targets.put(number, descriptor.target()));
        return targets;
    }

    private Path file(String name, String content) throws Exception {
        return Files.writeString(folder.resolve(name), content);
    }

    private static SpawnAction open(Path path, int number) {
        return SpawnAction.open(OpenFlags.AT_FDCWD, path.toString(), number, RDONLY, 0, 0);
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

            assertThat(above2(report)).isEqualTo(expected);
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

            assertThat(above2(report)).isEqualTo(Map.of(file.number(), file.target()));
            assertThat(report.descriptors().get(file.number()).flags()).isEqualTo("-");
        }
    }

    @ForEachStrategy
    void mapsALowDescriptorOfTheJvmToItsOwnNumber(SpawnStrategy strategy) throws Exception {
        // Opened before the library reserved the rest: something of the JDK's.
        Map.Entry<Integer, String> low = lowDescriptor();

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy).action(SpawnAction.dup2(low.getKey(), low.getKey())));

        assertThat(above2(report)).isEqualTo(Map.of(low.getKey(), low.getValue()));
    }

    @ForEachStrategy
    void mapsALowDescriptorOfTheJvmElsewhere(SpawnStrategy strategy) throws Exception {
        Map.Entry<Integer, String> low = lowDescriptor();

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(SpawnAction.dup2(low.getKey(), low.getKey() + 1))
                                .action(SpawnAction.dup2(low.getKey(), 70)));

        assertThat(above2(report))
                .isEqualTo(Map.of(low.getKey() + 1, low.getValue(), 70, low.getValue()));
    }

    private static Map.Entry<Integer, String> lowDescriptor() throws Exception {
        return OpenFile.descriptors().subMap(3, 63).entrySet().stream()
                .filter(entry -> entry.getValue().startsWith("/"))
                .filter(entry -> !entry.getValue().startsWith("/dev"))
                .filter(entry -> !entry.getValue().startsWith("/memfd"))
                .findFirst()
                .orElseThrow();
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

            assertThat(above2(report))
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

            assertThat(above2(report))
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
        assertThat(above2(report)).isEqualTo(Map.of(5, output, 1000, input));
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

            assertThat(above2(Probe.report(process))).isEqualTo(expected);
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

            assertThat(above2(Probe.report(process))).isEqualTo(expected);
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

            assertThat(above2(Probe.report(process))).isEqualTo(expected);
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

            assertThat(above2(Probe.report(process))).hasSize(files.size());
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

    // open

    @ForEachStrategy
    void opensAFileAsTheLowestFreeNumber(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");

        ProbeReport report = Probe.report(Probe.with(strategy).action(open(path, 3)));

        assertThat(above2(report)).isEqualTo(Map.of(3, path.toString()));
        assertThat(report.descriptors().get(3).flags()).isEqualTo("-");
    }

    @ForEachStrategy
    void opensAFileAsAStandardStreamThatWasClosed(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "content");

        String read =
                Probe.text(
                        Probe.with(strategy, "--cat")
                                .action(SpawnAction.close(0))
                                .action(open(path, 0)));

        assertThat(read).isEqualTo("content");
    }

    @ForEachStrategy
    void opensFilesAsManyNumbers(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");
        EmptyProcess process = Probe.with(strategy);
        Map<Integer, String> expected = new TreeMap<>();
        for (int number : new int[] {6, 3, 63, 64, 5, 4, 200}) {
            process.action(open(path, number));
            expected.put(number, path.toString());
        }

        assertThat(above2(Probe.report(process))).isEqualTo(expected);
    }

    @ForEachStrategy
    void opensOverAMappedDescriptor(SpawnStrategy strategy) throws Exception {
        Path path = file("opened", "");
        try (OpenFile file = OpenFile.file(file("mapped", ""))) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.dup2(file.number(), 4))
                                    .action(open(path, 4)));

            assertThat(above2(report)).isEqualTo(Map.of(4, path.toString()));
        }
    }

    @ForEachStrategy
    void createsAFileWithTheModeOfTheAction(SpawnStrategy strategy) throws Exception {
        Path path = folder.resolve("created-" + strategy);

        Probe.report(
                Probe.with(strategy)
                        .action(
                                SpawnAction.open(
                                        OpenFlags.AT_FDCWD,
                                        path.toString(),
                                        3,
                                        OpenFlags.WRONLY | OpenFlags.CREAT,
                                        0600,
                                        0)));

        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @ForEachExpressiveStrategy
    void closesAtExecWhatWasOpenedWithCloexec(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(
                                        SpawnAction.open(
                                                OpenFlags.AT_FDCWD,
                                                path.toString(),
                                                8,
                                                RDONLY | OpenFlags.CLOEXEC,
                                                0,
                                                0))
                                .action(SpawnAction.dup2(8, 9)));

        assertThat(above2(report)).isEqualTo(Map.of(9, path.toString()));
    }

    @ForEachExpressiveStrategy
    void keepsWhatWasOpenedWithCloexecIfItIsMappedToItself(SpawnStrategy strategy)
            throws Exception {
        Path path = file("file", "");

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(
                                        SpawnAction.open(
                                                OpenFlags.AT_FDCWD,
                                                path.toString(),
                                                8,
                                                RDONLY | OpenFlags.CLOEXEC,
                                                0,
                                                0))
                                .action(SpawnAction.dup2(8, 8)));

        assertThat(above2(report)).isEqualTo(Map.of(8, path.toString()));
        assertThat(report.descriptors().get(8).flags()).isEqualTo("-");
    }

    @ForEachExpressiveStrategy
    void opensRelativeToADirectoryDescriptor(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");
        try (OpenFile directory = OpenFile.directory(folder)) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(
                                            SpawnAction.open(
                                                    directory.number(), "file", 3, RDONLY, 0, 0)));

            assertThat(above2(report)).isEqualTo(Map.of(3, path.toString()));
        }
    }

    @ForEachExpressiveStrategy
    void keepsAnOpenBeneathItsDirectory(SpawnStrategy strategy) throws Exception {
        file("outside", "");
        Path inner = Files.createDirectory(folder.resolve("inner"));
        try (OpenFile directory = OpenFile.directory(inner)) {
            SpawnException e =
                    catchThrowableOfType(
                            SpawnException.class,
                            () ->
                                    Probe.with(strategy)
                                            .action(
                                                    SpawnAction.open(
                                                            directory.number(),
                                                            "../outside",
                                                            3,
                                                            RDONLY,
                                                            0,
                                                            RESOLVE_BENEATH))
                                            .start());

            assertThat(e.errno()).isEqualTo(EXDEV);
            assertThat(e.step()).isEqualTo("open");
            assertThat(e.actionIndex()).isZero();
            assertThat(e).hasMessageContaining("../outside");
        }
    }

    // fchdir

    @ForEachStrategy
    void changesTheDirectoryForLaterActionsAndForTheProgram(SpawnStrategy strategy)
            throws Exception {
        Path path = file("file", "");
        try (OpenFile directory = OpenFile.directory(folder)) {
            ProbeReport report =
                    Probe.report(
                            Probe.with(strategy)
                                    .action(SpawnAction.fchdir(directory.number()))
                                    .action(open(Path.of("file"), 3)));

            assertThat(report.text("cwd")).isEqualTo(folder.toString());
            assertThat(above2(report)).isEqualTo(Map.of(3, path.toString()));
        }
    }

    @ForEachStrategy
    void changesToADirectoryThatAnEarlierActionHasOpened(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(open(folder, 9))
                                .action(SpawnAction.fchdir(9))
                                .action(SpawnAction.close(9)));

        assertThat(report.text("cwd")).isEqualTo(folder.toString());
        assertThat(above2(report)).isEmpty();
    }

    @ForEachStrategy
    void opensRelativeToTheDirectoryOfTheProcess(SpawnStrategy strategy) throws Exception {
        Path path = file("file", "");

        ProbeReport report =
                Probe.report(
                        Probe.with(strategy).directory(folder).action(open(Path.of("file"), 3)));

        assertThat(above2(report)).isEqualTo(Map.of(3, path.toString()));
    }

    // close and close_range

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

            assertThat(above2(report)).isEqualTo(Map.of(6, file.target()));
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
        Map.Entry<Integer, String> low = lowDescriptor();

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

            assertThat(above2(Probe.report(process)).keySet()).containsExactly(3, 15, 30, 90);
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

    // What is refused

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

        assertThat(above2(Probe.report(process))).hasSize(256);
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
                                    assertThat(above2(Probe.report(process)))
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
