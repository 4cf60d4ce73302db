// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.NoDescriptors;
import io.github.spawn4j.testing.TestCgroup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cgroup of a sandbox goes, and whoever is in it, as soon as that can be done. */
@Timeout(60)
class EnclosureTest {
    private static final ExitStatus KILLED = new ExitStatus.Killed(Signal.KILL, false);

    @TempDir private Path scratch;

    private interface Condition {
        void during(NoDescriptors.Step step) throws Exception;
    }

    @BeforeEach
    void requireCgroups() throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
    }

    @Test
    void isRemovedWithAllWhenThereAreDescriptorsAgain() throws Exception {
        assertRemoved(NoDescriptors.Step::run); // also loads all classes
        assertRemoved(NoDescriptors::during);
    }

    private void assertRemoved(Condition condition) throws Exception {
        EmptyProcess process = process();
        Enclosure enclosure = Enclosure.around(process, false);
        Path directory = process.cgroup;
        PidfdProcess inhabitant = PidfdProcess.builder("cat").cgroup(directory).start();

        condition.during(enclosure::remove);

        assertThat(inhabitant.awaitExit(ofSeconds(20))).contains(KILLED);
        Eventually.isTrue(directory + " is gone", () -> Files.notExists(directory));
    }

    private EmptyProcess process() {
        return PidfdProcess.builder("true").sandbox(Sandbox.of(scratch).cpuTime(ofHours(1)));
    }

    @Test
    void isGoneWhenItHasBeenLeft() throws Exception {
        EmptyProcess process = process();
        Enclosure enclosure = Enclosure.around(process, false);

        enclosure.leave().get(20, TimeUnit.SECONDS);

        assertThat(process.cgroup).doesNotExist();
    }

    /** A run would have no end before somebody else has closed something. */
    @Test
    void isLeftAlthoughItCannotBeRemovedYet() throws Exception {
        assertRemoved(NoDescriptors.Step::run);
        EmptyProcess process = process();
        Enclosure enclosure = Enclosure.around(process, false);
        Path directory = process.cgroup;
        PidfdProcess inhabitant = PidfdProcess.builder("cat").cgroup(directory).start();

        NoDescriptors.during(() -> enclosure.leave().get(20, TimeUnit.SECONDS));

        assertThat(inhabitant.awaitExit(ofSeconds(20))).contains(KILLED);
        Eventually.isTrue(directory + " is gone", () -> Files.notExists(directory));
    }
}
