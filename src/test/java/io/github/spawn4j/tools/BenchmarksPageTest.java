// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the documents show is what the report beside them has measured, as benchmarks.sh writes it.
 */
class BenchmarksPageTest extends ToolsTest {
    private static final Path REPORT = Path.of("docs/benchmarks/report.json");
    private static final Pattern PICTURE = Pattern.compile("(?:src|srcset)=\"([^\"]+\\.svg)\"");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "docs/benchmarks.md"})
    void showsTheNumbersOfItsReport(String document, @TempDir Path directory) throws Exception {
        Path copy = directory.resolve(document);
        Files.createDirectories(copy.getParent());
        Files.copy(Path.of(document), copy);

        Run run =
                run(
                        "publish",
                        REPORT.toString(),
                        copy.toString(),
                        "--pictures",
                        directory.resolve("docs/benchmarks").toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(copy).hasSameTextualContentAs(Path.of(document));
    }

    @Test
    void hasAllPicturesThatItShows() throws Exception {
        String page = Files.readString(Path.of("docs/benchmarks.md"));
        assertThat(PICTURE.matcher(page).results().map(MatchResult::group)).isNotEmpty();
        assertThat(PICTURE.matcher(page).results().map(picture -> picture.group(1)))
                .allSatisfy(picture -> assertThat(Path.of("docs", picture)).isNotEmptyFile());
    }

    @Test
    void isOfARunThatMeasured() throws Exception {
        assertThat(Files.readString(REPORT)).doesNotContain("--sample");
    }
}
