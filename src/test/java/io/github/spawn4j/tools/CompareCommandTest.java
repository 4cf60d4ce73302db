package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.tools.spawners.SpawnerType;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code compare} measures every spawner; how fast they are is no matter of tests.
 *
 * <p>In a JVM of its own: NuProcess makes its JVM ignore SIGPIPE.
 */
class CompareCommandTest extends ToolsTest {
    private static final String NUMBER = "0*[1-9]\\d*(?:\\.\\d+)?";
    private static final String TIMES = "\\{\"p50\":" + NUMBER + ",\"p99\":" + NUMBER + "\\}";
    private static final String RESULT =
            "\\{\"spawner\":\"([a-z0-9-]+)\",\"startMicros\":"
                    + TIMES
                    + ",\"totalMicros\":"
                    + TIMES
                    + ",\"perSecond\":"
                    + NUMBER
                    + "\\}";

    private static List<String> spawners() {
        return Stream.of(SpawnerType.values())
                .map(SpawnerType::toString)
                .collect(Collectors.toList());
    }

    @Test
    void printsNothingButTheDocumentAsJson() throws Exception {
        Run run =
                runApart(
                        "compare",
                        "--count",
                        "20",
                        "--open-files",
                        "50",
                        "--resident-mib",
                        "65",
                        "--json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"program\":\"[^\"]+/noop\",\"count\":20,\"openFiles\":50,"
                                + "\"residentMib\":65,\"results\":\\["
                                + RESULT
                                + "(?:,"
                                + RESULT
                                + ")*\\]\\}\n");
        assertThat(
                        Pattern.compile(RESULT)
                                .matcher(run.out())
                                .results()
                                .map((MatchResult result) -> result.group(1)))
                .isEqualTo(spawners());
    }

    @Test
    void printsATableOfAnyProgram() throws Exception {
        Run run = runApart("compare", "--count", "1", "--program", "true");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("/true, 1 starts each");
        assertThat(run.out().lines().skip(3).map(line -> line.split(" ")[0])).isEqualTo(spawners());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--program /no/such",
                "--open-files 2000000000",
                "--resident-mib 2000000000",
                "--count 0",
                "--open-files -1",
                "--count many"
            })
    void refusesWhatCannotBe(String options) {
        Run run = run(("compare " + options).split(" "));
        assertThat(run.exitCode()).isNotZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines().findFirst().orElseThrow())
                .startsWith("spawn4j-tools compare: ");
        assertThat(run.err()).doesNotContain("\tat ");
    }
}
