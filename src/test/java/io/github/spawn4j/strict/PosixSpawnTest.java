// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** POSIX_SPAWN refuses what posix_spawn(3) cannot express, before it does anything. */
@Timeout(60)
class PosixSpawnTest {
    private static final int EOPNOTSUPP = 95;
    private static final int CREATE = OpenFlags.WRONLY | OpenFlags.CREAT;

    @TempDir Path folder;

    private void assertRefused(SpawnAction action, String named) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        Path output = folder.resolve("output");
        EmptyProcess process =
                Probe.with(SpawnStrategy.POSIX_SPAWN)
                        .stdout(Redirect.to(output))
                        .action(SpawnAction.dup2(0, 7))
                        .action(action);

        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);

        assertThat(e).as("exception").isNotNull();
        assertThat(e.errno()).isEqualTo(EOPNOTSUPP);
        assertThat(e.actionIndex()).isEqualTo(1);
        assertThat(e).hasMessageContainingAll("posix_spawn cannot express", named);
        assertThat(output).doesNotExist();
        assertThat(folder).isEmptyDirectory();
        LeakCheck.assertOpenAsBefore(before);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void refusesOpenWithResolveFlags() throws Exception {
        String path = folder.resolve("created").toString();

        assertRefused(
                SpawnAction.open(OpenFlags.AT_FDCWD, path, 3, CREATE, 0600, 4), "open \"" + path);
    }

    @Test
    void refusesOpenWithCloexec() throws Exception {
        String path = folder.resolve("created").toString();

        assertRefused(
                SpawnAction.open(OpenFlags.AT_FDCWD, path, 3, CREATE | OpenFlags.CLOEXEC, 0600, 0),
                "open \"" + path);
    }

    @Test
    void refusesOpenRelativeToADescriptor() throws Exception {
        try (OpenFile directory = OpenFile.directory(folder)) {
            assertRefused(
                    SpawnAction.open(directory.number(), "created", 3, CREATE, 0600, 0),
                    "open \"created\"");
        }
    }

    @Test
    void refusesALongRangeThatHasAnEnd() throws Exception {
        assertRefused(SpawnAction.closeRange(3, 1_000_000), "close_range 3 to 1000000");
    }

    @Test
    void refusesToBlockTheSignalsThatLibcKeeps() throws Exception {
        assertRefused(SpawnAction.sigmask(java.util.List.of(Signal.of(32))), "sigprocmask");
        assertRefused(SpawnAction.sigmask(java.util.List.of(Signal.of(33))), "sigprocmask");
    }

    private void assertRefused(String named, EmptyProcess process) {
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);

        assertThat(e).as("exception").isNotNull();
        assertThat(e.errno()).isEqualTo(EOPNOTSUPP);
        assertThat(e.actionIndex()).isEqualTo(-1);
        assertThat(e.step()).isEqualTo("posix_spawn cannot express " + named);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void refusesAttributesAndNamesThem() {
        assertRefused(
                "prctl(PR_SET_PDEATHSIG)",
                Probe.with(SpawnStrategy.POSIX_SPAWN).newSession().parentDeathSignal(Signal.KILL));
        assertRefused(
                "clone into cgroup \"" + folder + '"',
                Probe.with(SpawnStrategy.POSIX_SPAWN).newSession().cgroup(folder));
    }

    @Test
    void takesTheLastOfSeveralSignalMasksAsTheOthersDo() throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(SpawnStrategy.POSIX_SPAWN)
                                .action(SpawnAction.sigmask(java.util.List.of(Signal.INT)))
                                .action(SpawnAction.sigmask(java.util.List.of(Signal.USR1))));

        assertThat(report.signals("blocked")).isEqualTo(1L << (Signal.USR1.number() - 1));
    }
}
