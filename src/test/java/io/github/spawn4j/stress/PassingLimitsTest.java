// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.PassingLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails at first use fails for that time only, and leaves no child. */
@Timeout(60)
class PassingLimitsTest {
    private static List<String> run(String what) throws Exception {
        boolean root =
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        assumeTrue(root, "a limit on threads that is met by one thread only needs another user");
        return SecondJvm.startedBy()
                .run(PassingLimits.class, what)
                .lines()
                .filter(line -> line.startsWith(PassingLimits.SAYS))
                .toList();
    }

    private static void assertRecovers(List<String> output, String failure) {
        assertThat(output).hasSize(3).endsWith(PassingLimits.SAYS + "works");
        assertThat(output.subList(0, 2)).allMatch(line -> line.contains(failure));
    }

    @Test
    void ofAReactorThatFoundNoThread() throws Exception {
        assertRecovers(run("start"), "thread");
    }

    @Test
    void ofAGroupThatFoundNoThread() throws Exception {
        assertRecovers(run("group"), "EAGAIN"); // clone(2), as it found all that it needs
    }

    @Test
    void ofAChildThatFoundNoThreadToBeTiedTo() throws Exception {
        assertRecovers(run("keeper"), "(pthread_create: EAGAIN");
    }

    @Test
    void ofTheNativeLibrary() throws Exception {
        assertRecovers(run("library"), "ENOSYS; cannot load spawn4j's native library");
    }

    @Test
    void theJdkTakesThePlaceOfTheNativeLibraryUntilThatIsThere() throws Exception {
        assertThat(run("fallback"))
                .containsExactly(
                        PassingLimits.SAYS + "JDK",
                        PassingLimits.SAYS + "has not failed",
                        PassingLimits.SAYS + "has not failed",
                        PassingLimits.SAYS + "CLONE3",
                        PassingLimits.SAYS + "works");
    }
}
