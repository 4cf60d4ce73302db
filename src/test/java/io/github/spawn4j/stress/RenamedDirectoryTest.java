// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is relative counts from the directory that the kernel knows. */
@Timeout(120)
class RenamedDirectoryTest {
    @TempDir Path folder;

    @Test
    void isFoundUnderItsNewName() throws Exception {
        Path first = Files.createDirectory(folder.toRealPath().resolve("first"));

        assertThat(
                        SecondJvm.startedBy()
                                .in(first)
                                .env("PATH", "bin:" + System.getenv("PATH"))
                                .run(RenamedDirectory.class, first.toString()))
                .isEqualTo("found");
    }
}
