// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.LeakCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thousands of spawns leave descriptors, threads and children as they were before. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LeakTest {
    private static final int MANY = 10_000;
    private static final int ENOENT = 2;
    private static final int ENOEXEC = 8;

    /** Of strategies that take a while: a fork copies the page tables of the whole JVM. */
    private static final int SOME = 200;

    @TempDir private Path folder;

    private interface Step {
        void run() throws Exception;
    }

    @Test
    void missingProgramsLeaveNothing() throws Exception {
        leavesNothing(MANY, () -> fails(PidfdProcess.builder("/no/such/program"), ENOENT, "exec"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void failingActionsLeaveNothing(SpawnStrategy strategy) throws Exception {
        leavesNothing(
                count(strategy),
                () ->
                        fails(
                                PidfdProcess.builder(Os.program("noop"))
                                        .strategy(strategy)
                                        .action(SpawnAction.open(-100, "/no/such", 5, 0, 0, 0)),
                                ENOENT,
                                "open"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void programsOfUnknownFormatLeaveNothing(SpawnStrategy strategy) throws Exception {
        Path script = folder.resolve("script");
        Files.createFile(
                script,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(script, "exit 0\n");

        leavesNothing(
                count(strategy),
                () ->
                        fails(
                                PidfdProcess.builder(script.toString()).strategy(strategy),
                                ENOEXEC,
                                "exec"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void pipesThatNobodyTouchesAreClosedAfterTheExit(SpawnStrategy strategy) throws Exception {
        leavesNothing(
                count(strategy),
                () ->
                        assertThat(
                                        PidfdProcess.builder(Os.program("noop"))
                                                .strategy(strategy)
                                                .start()
                                                .waitFor())
                                .isZero());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "JDK")
    void processesThatNobodyWaitsForAreCollected(SpawnStrategy strategy) throws Exception {
        leavesNothing(
                count(strategy),
                () ->
                        PidfdProcess.builder(Os.program("noop"))
                                .strategy(strategy)
                                .stdin(Redirect.DISCARD)
                                .stdout(Redirect.DISCARD)
                                .stderr(Redirect.DISCARD)
                                .start());
    }

    private static int count(SpawnStrategy strategy) {
        return strategy == SpawnStrategy.CLONE3 ? MANY : SOME;
    }

    private static void fails(EmptyProcess process, int errno, String step) {
        assertThatThrownBy(process::start)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.errno()).isEqualTo(errno);
                            assertThat(e.step()).isIn(step, "posix_spawn");
                        });
    }

    private static void leavesNothing(int count, Step step) throws Exception {
        Set<Long> children = Os.children();
        for (int i = 0; i < 50; i++) {
            step.run(); // starts what is started once
        }
        Os.await("the warm-up is over", () -> Os.children().equals(children));
        Map<Integer, String> descriptors = Os.descriptors();
        List<String> threads = Os.threads();

        for (int i = 0; i < count; i++) {
            step.run();
        }

        Os.await("no child is left", () -> Os.children().equals(children));
        // The reactor collects a child before it closes what we have open of it.
        Eventually.isTrue(
                () -> "nothing is open but what was before: " + descriptors,
                () -> descriptors.entrySet().containsAll(Os.descriptors().entrySet()));
        LeakCheck.assertNoFileIsClosed(descriptors, Os.descriptors(), count + " spawns");
        assertThat(Os.moreThreads(threads)).isEmpty();
    }
}
