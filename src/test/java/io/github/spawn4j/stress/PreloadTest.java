// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Preloaded libraries, such as network accelerators, keep tables that a child must not touch. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PreloadTest {
    @TempDir private Path folder;

    @Test
    void nothingThatAPreloadedLibraryReplacesIsCalledInTheChild() throws Exception {
        Path library = folder.resolve("preload.so");
        compile(Path.of("native/test/preload.c"), library);

        String output =
                SecondJvm.startedBy()
                        .env("LD_PRELOAD", library.toString())
                        .run(EveryStrategy.class, "FORK", "VFORK", "POSIX_SPAWN", "CLONE3");

        assertThat(output).isEqualTo("OK");
    }

    private static void compile(Path source, Path library) throws Exception {
        assumeTrue(Files.exists(source), "the tests do not run in the project's folder");
        try {
            Process cc =
                    new ProcessBuilder(
                                    "cc",
                                    "-D_GNU_SOURCE",
                                    "-shared",
                                    "-fPIC",
                                    source.toString(),
                                    "-o",
                                    library.toString(),
                                    "-ldl")
                            .inheritIO()
                            .start();
            assertThat(cc.waitFor()).isZero();
        } catch (IOException e) {
            assumeTrue(false, "no C compiler: " + e.getMessage());
        }
    }
}
