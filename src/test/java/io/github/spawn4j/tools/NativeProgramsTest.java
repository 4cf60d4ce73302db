// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jar has the programs that its commands start; tests find them elsewhere. */
class NativeProgramsTest {
    private static final Path SOURCES = Path.of("src/jmh/java");
    private static final Path ASSEMBLY = Path.of("src/jmh/assembly/tools.xml");
    private static final Pattern STARTED = Pattern.compile("\\.path\\(\"(\\w+)\"\\)");
    private static final Pattern INCLUDED = Pattern.compile("<include>(\\w+)</include>");

    private static Set<String> started() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> names(STARTED, file))
                    .collect(Collectors.toSet());
        }
    }

    private static Stream<String> names(Pattern pattern, Path file) {
        try {
            return pattern.matcher(Files.readString(file))
                    .results()
                    .map((MatchResult name) -> name.group(1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void lieInTheJarIfACommandStartsThem() throws IOException {
        assertThat(started()).contains("noop", "floor");
        assertThat(names(INCLUDED, ASSEMBLY)).containsAll(started());
    }
}
