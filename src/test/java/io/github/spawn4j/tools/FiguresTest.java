// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each section of a document that has measured figures names the command that makes them, and the
 * command is there. Figures are told by their units; times in the text in milliseconds, which are
 * mostly settings, are not.
 */
class FiguresTest extends ToolsTest {
    private static final Pattern SECTION = Pattern.compile("(?m)^(?=## )");
    private static final Pattern CODE = Pattern.compile("(?s)```java.*?```");
    private static final Pattern FIGURE =
            Pattern.compile(
                    "\\d (µs|ns|MiB/s|ms \\|)|\\d % (longer|faster|slower)|times (as|less)\\b"
                            + "|in microseconds|\\bmeasured:");
    private static final Pattern TOOL = Pattern.compile("spawn4j-tools\\.jar ([a-z-]+)( \\w+)?");
    private static final Pattern SCRIPT = Pattern.compile("src/(?:test|jmh)/[\\w/]+\\.sh");
    private static final Pattern PROGRAM = Pattern.compile("target/native/test/(\\w+)");

    /** {@code docs/benchmarks.md} is of one run as a whole: see BenchmarksPageTest. */
    static Stream<Path> documents() throws IOException {
        return Stream.concat(
                Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")),
                Files.list(Path.of("docs"))
                        .filter(file -> file.toString().endsWith(".md"))
                        .filter(file -> !file.endsWith("benchmarks.md"))
                        .sorted());
    }

    @ParameterizedTest
    @MethodSource("documents")
    void haveTheCommandThatMakesThemBesideThem(Path document) throws Exception {
        String text = CODE.matcher(Files.readString(document)).replaceAll("");
        assertThat(SECTION.splitAsStream(text).filter(FIGURE.asPredicate()))
                .allSatisfy(
                        section -> {
                            List<String> commands = commands(section).toList();
                            assertThat(commands).isNotEmpty().allMatch(FiguresTest::isThere);
                        });
    }

    private static Stream<String> commands(String section) {
        return Stream.of(TOOL, SCRIPT, PROGRAM)
                .flatMap(pattern -> pattern.matcher(section).results())
                .map(MatchResult::group);
    }

    private static boolean isThere(String command) {
        if (command.startsWith("src/")) {
            return Files.isExecutable(Path.of(command));
        }
        if (command.startsWith("target/")) {
            return Files.exists(Path.of("native/test", Path.of(command).getFileName() + ".c"));
        }
        String[] words = command.split(" ");
        return Main.commandLine().getSubcommands().containsKey(words[1])
                && (!words[1].equals("jmh") || words.length < 3 || isBenchmark(words[2]));
    }

    private static boolean isBenchmark(String name) {
        String benchmarks = BenchmarkNames.table().toString();
        return name.equals("benchmarks") || benchmarks.contains(name);
    }
}
