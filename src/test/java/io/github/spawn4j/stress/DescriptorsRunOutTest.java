// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Strategies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where descriptors run out, a spawn fails with EMFILE and leaves nothing; a little later it works.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DescriptorsRunOutTest {
    @TempDir private Path folder;

    @Test
    void spawnsFailCleanlyForEachNumberOfSpareDescriptors() throws Exception {
        String output = runWithFewDescriptors(DescriptorsRunOut.class);

        // Three pipes and a pidfd; one end of a pipe more while it is made. Two descriptors of our
        // side of a terminal, one of the child's, and a pidfd.
        assertThat(output)
                .isEqualTo(
                        """
                        Cannot run program "/bin/sh": error=24, Too many open files (pipe: EMFILE\
                         (the limit on open files is 300))
                        FORK needs 4
                        on a terminal 4
                        VFORK needs 4
                        on a terminal 4
                        POSIX_SPAWN needs 4
                        CLONE3 needs 4
                        on a terminal 4\
                        """);
    }

    @Test
    void childrenThatFitLiveOnAndTheOneThatDoesNotIsRefusedWithTheLimit() throws Exception {
        String output = runWithFewDescriptors(ChildrenUpToTheLimit.class);

        String refusal =
                "Cannot run program \"/bin/cat\": error=24, Too many open files"
                        + " (pipe: EMFILE (the limit on open files is 300))";
        assertThat(output.lines())
                .containsExactly(
                        Strategies.ofTheKernel().stream()
                                .map(strategy -> strategy + ": " + refusal)
                                .toArray(String[]::new));
    }

    /** Classes in a folder: each takes a descriptor to be read, and one that was missed is lost. */
    @ParameterizedTest
    @ValueSource(strings = {"exit", "wait", "teardown", "run"})
    void whatIsFirstNeededWithoutDescriptorsIsDoneWhenThereAreSome(String what) throws Exception {
        String output =
                SecondJvm.startedBy("/bin/sh", "-c", "ulimit -n 300; exec \"$@\"", "sh")
                        .run(DescriptorsRunOutLater.class, what);

        assertThat(output).endsWith("OK");
    }

    private String runWithFewDescriptors(Class<?> main) throws Exception {
        List<String> classPath =
                Stream.of(System.getProperty("java.class.path").split(":"))
                        .map(Path::of)
                        .map(entry -> Files.isDirectory(entry) ? jar(entry) : entry)
                        .map(Path::toString)
                        .toList();
        return SecondJvm.startedBy("/bin/sh", "-c", "ulimit -n 300; exec \"$@\"", "sh")
                .runOnClassPath(String.join(":", classPath), main);
    }

    private Path jar(Path classes) {
        Path jar = folder.resolve(classes.getFileName() + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return jar;
    }
}
