// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Differences;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/differences.md} says nothing that no test has seen. */
class DifferencesTest {
    private static final Path TESTS = Path.of("src/test/java");

    @Test
    void everyRowIsSeenByATest() throws Exception {
        String tests;
        try (Stream<Path> files = Files.walk(TESTS)) {
            tests =
                    files.filter(file -> file.toString().endsWith(".java"))
                            .map(DifferencesTest::read)
                            .collect(Collectors.joining());
        }
        List<String> unseen =
                Differences.keys().stream()
                        .filter(key -> !tests.contains("\"" + key + "\""))
                        .toList();

        assertThat(unseen).as("rows that no test asserts").isEmpty();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
