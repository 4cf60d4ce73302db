// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Teardowns.QUICK;
import static io.github.spawn4j.testing.Teardowns.await;
import static io.github.spawn4j.testing.Teardowns.sh;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Descendants;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.TestCgroup;
import io.github.spawn4j.testing.ThreadKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Teardowns of all processes of a cgroup. */
@Timeout(60)
class TeardownCgroupTest {
    @TempDir Path folder;

    @RegisterExtension final Descendants descendants = new Descendants();

    /** A daemon in a session of its own, in a cgroup below. */
    @Test
    void ofACgroupReachesDaemonsToo() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            Path below = cgroup.below("below");
            PidfdProcess process =
                    sh("setsid sh -c 'echo $$ > \"$0\"; trap \"\" TERM HUP; echo $$; sleep 600'"
                                    + " \"$0\" & wait")
                            .args(below.resolve("cgroup.procs").toString())
                            .cgroup(cgroup.directory())
                            .teardown(QUICK.ofCgroup())
                            .start();
            long daemon = descendants.pidFrom(process.inputReader());

            await(process.teardown());

            assertThat(process.isAlive()).isFalse();
            assertThat(ProcStatus.runsAnyThread(daemon)).as("daemon runs").isFalse();
            assertThat(below.resolve("cgroup.procs")).isEmptyFile();
        }
    }

    @Test
    void ofACgroupGivesEachItsGrace() throws Exception {
        Path note = folder.resolve("note");
        try (TestCgroup cgroup = new TestCgroup()) {
            PidfdProcess process =
                    sh("setsid sh -c 'trap \"echo bye > $0; exit\" TERM; echo $$; while :; do :; done'"
                                    + " \"$0\" & wait")
                            .args(note.toString())
                            .cgroup(cgroup.directory())
                            .teardown(Teardown.DEFAULT.ofCgroup())
                            .start();
            long daemon = descendants.pidFrom(process.inputReader());

            await(process.teardown());

            assertThat(note).hasContent("bye");
            assertThat(ProcStatus.runsAnyThread(daemon)).as("daemon runs").isFalse();
        }
    }

    /** Many, as it is a matter of who is first. */
    @Test
    void ofACgroupIsNotOverBeforeTheProcessIsReaped() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            for (int i = 0; i < 100; i++) {
                PidfdProcess process =
                        PidfdProcess.builder("sleep", "600")
                                .cgroup(cgroup.directory())
                                .teardown(QUICK.ofCgroup())
                                .start();
                await(process.teardown());
                assertThat(Path.of("/proc/" + process.pid())).doesNotExist();
            }
        }
    }

    /** What is listed may be gone when it is looked at. */
    @Test
    void ofACgroupSurvivesChangesBelow() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            AtomicBoolean changing = new AtomicBoolean(true);
            ThreadKind.Running<Void> changes =
                    ThreadKind.PLATFORM.run(
                            () -> {
                                while (changing.get()) {
                                    Path below = cgroup.directory().resolve("passing");
                                    Files.createDirectory(below);
                                    Files.delete(below);
                                }
                                return null;
                            });
            try {
                for (int i = 0; i < 30; i++) {
                    PidfdProcess process =
                            sh("trap '' TERM; echo; while :; do :; done")
                                    .cgroup(cgroup.directory())
                                    .teardown(
                                            Teardown.first(Signal.TERM, ofMillis(10))
                                                    .then(Signal.KILL, ofSeconds(50))
                                                    .ofCgroup())
                                    .start();
                    process.getInputStream().read();
                    await(process.teardown());
                    assertThat(process.isAlive()).isFalse();
                }
            } finally {
                changing.set(false);
                changes.get();
            }
        }
    }

    @Test
    void ofACgroupNeedsOne() {
        assertThatIllegalStateException()
                .isThrownBy(
                        () ->
                                PidfdProcess.builder("true")
                                        .teardown(Teardown.DEFAULT.ofCgroup())
                                        .start())
                .withMessage("a teardown of a cgroup, but no cgroup to start in");
    }

    /** Rather than the JVM. */
    @Test
    void ofTheJvmsOwnCgroupIsRefused() throws Exception {
        assumeTrue(LibC.isRoot(), "starting in a cgroup needs root");
        Path mount = TestCgroup.mount();
        String own =
                Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                        .filter(line -> line.startsWith("0::"))
                        .map(line -> line.substring(4))
                        .findFirst()
                        .orElseThrow();
        PidfdProcess process =
                PidfdProcess.builder("sleep", "600")
                        .cgroup(mount.resolve(own))
                        .teardown(Teardown.first(Signal.KILL, ofMillis(50)).ofCgroup())
                        .start();

        assertThatThrownBy(() -> await(process.teardown()))
                .rootCause()
                .hasMessageContaining("the JVM itself is in cgroup");

        process.destroyForcibly().waitFor();
    }

    @Test
    void ofACgroupReachesWhoseFirstThreadHasEnded() throws Exception {
        try (TestCgroup cgroup = new TestCgroup()) {
            PidfdProcess process =
                    sh("setsid \"$0\" & wait")
                            .args(System.getProperty("spawn4j.native.bin") + "/zombie_leader")
                            .cgroup(cgroup.directory())
                            .teardown(QUICK.ofCgroup())
                            .start();
            long headless = descendants.pidFrom(process.inputReader());

            process.close();

            assertThat(ProcStatus.runsAnyThread(headless))
                    .as("the process without its first thread runs")
                    .isFalse();
        }
    }
}
