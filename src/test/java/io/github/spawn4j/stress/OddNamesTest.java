// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that are no text in the encoding of the JVM, through every door that takes one. */
@Timeout(120)
class OddNamesTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void areTheSameFileOrRefused(String locale) throws Exception {
        assertThat(
                        SecondJvm.startedBy(
                                        "/bin/sh",
                                        "-c",
                                        // PATH has such a name as well.
                                        "PATH=\"$1/$(printf 'p\\377th'):$PATH\"; shift; exec \"$@\"",
                                        "sh",
                                        folder.toString())
                                .in(folder)
                                .env("LC_ALL", locale)
                                .run(OddNames.class, folder.toString()))
                .isEqualTo("2 names");
    }
}
