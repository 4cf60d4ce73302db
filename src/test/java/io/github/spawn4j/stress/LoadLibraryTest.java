// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user who cannot have the native library is told why, and what to do. */
class LoadLibraryTest {
    private static String runOn(String property) throws Exception {
        return SecondJvm.startedBy().option(property).run(LoadLibrary.class);
    }

    @Test
    void isToldThatItsArchitectureHasNone() throws Exception {
        assertThat(runOn("-Dos.arch=riscv64"))
                .contains("the jar has none for Linux on riscv64", "only for", "`mvn package`");
    }

    @Test
    void isToldThatItNeedsLinux() throws Exception {
        assertThat(runOn("-Dos.name=Plan 9")).contains("it needs Linux, and this is Plan 9");
    }

    @Test
    void isToldWhichPropertyNamesAnotherDirectory(@TempDir Path folder) throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(runOn("-Dio.github.spawn4j.workdir=" + file))
                .contains(file + ": FileAlreadyExists", "property io.github.spawn4j.workdir");
    }

    @Test
    void isToldThatTheFileThatItNamesIsNone(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("text.so"), "text");

        assertThat(runOn("-Dio.github.spawn4j.library=" + file))
                .contains("cannot load", file + ": ", "io.github.spawn4j.library");
    }

    @Test
    void isToldThatTheDirectoryIsMountedNoexec(@TempDir Path folder) throws Exception {
        assumeTrue(
                new ProcessBuilder("unshare", "-m", "true").start().waitFor() == 0,
                "no mount namespace of our own can be made here");
        String script = "mount -t tmpfs -o noexec none \"$0\" && exec \"$@\"";

        assertThat(
                        SecondJvm.startedBy("unshare", "-m", "sh", "-c", script, folder.toString())
                                .option("-Dio.github.spawn4j.workdir=" + folder)
                                .run(LoadLibrary.class))
                .contains(folder + ": mounted noexec", "io.github.spawn4j.workdir");
    }
}
