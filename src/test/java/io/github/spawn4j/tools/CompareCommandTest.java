package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.TestCgroup;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code compare} measures every spawner; how fast they are is no matter of tests.
 *
 * <p>In a JVM of its own: NuProcess makes its JVM ignore SIGPIPE, and {@code --pin} keeps it on one
 * processor.
 */
class CompareCommandTest extends ToolsTest {
    private static final String NUMBER = "0*[1-9]\\d*(?:\\.\\d+)?";
    private static final String TIMES =
            "\\{\"p10\":" + NUMBER + ",\"p50\":" + NUMBER + ",\"p99\":" + NUMBER + "\\}";
    private static final String RATIOS = "\\{\"start\":\\d+\\.\\d+,\"total\":\\d+\\.\\d+\\}";
    private static final String OF_OTHERS =
            ",\"ofFloor\":" + RATIOS + ",\"ofFloorEqual\":" + RATIOS + ",\"ofJdk\":" + RATIOS;
    private static final String ELSEWHERE =
            "\"elsewherePercent\":\\d+\\.\\d+,\"elsewhere\":\\{\"starts\":(?:0|\\d+,\"startMicros\":"
                    + TIMES
                    + ",\"totalMicros\":"
                    + TIMES
                    + "[^}]+\\}[^}]+\\}[^}]+\\})\\}";
    private static final String RESULT =
            "\\{\"spawner\":\"([a-z0-9-]+)\",\"starts\":20,\"startMicros\":"
                    + TIMES
                    + ",\"totalMicros\":"
                    + TIMES
                    + ",\"perSecond\":"
                    + NUMBER
                    + ",\"allocatedBytes\":(null|"
                    + NUMBER
                    + ")"
                    + OF_OTHERS
                    + ","
                    + ELSEWHERE
                    + "\\}";
    private static final String PIECES =
            "floor,floor-signals,floor-descriptors,floor-parent,floor-equal,floor-native";

    private static final String FEW = "--count 20 --warm-up 10";

    private Run compare(String options) throws Exception {
        return runApart(("compare " + options).split(" "));
    }

    private static List<String> spawners() {
        return SpawnerType.usual().stream().map(SpawnerType::toString).collect(Collectors.toList());
    }

    @Test
    void printsNothingButTheDocumentAsJson() throws Exception {
        Run run = compare(FEW + " --open-files 50 --resident-mib 65 --json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .matches(
                        "\\{\"program\":\"[^\"]+/noop_cpu\",\"count\":20,\"warmUp\":10,"
                                + "\"processor\":null,\"openFiles\":50,"
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
    void printsTablesOfAnyProgramButForWhereItRan() throws Exception {
        Run run = compare("--count 1 --warm-up 1 --program true");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains("/true, 1 starts each after a warm-up of 1; on any");
        assertThat(rows(run.out(), "start p10")).isEqualTo(spawners());
        assertThat(rows(run.out(), "of floor: start")).isEqualTo(spawners());
        assertThat(run.out()).doesNotContain("elsewhere");
    }

    @Test
    void comparesStartsInCgroups() throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        Run run = compare(FEW + " --cgroup");
        assertThat(run.exitCode()).isZero();
        assertThat(rows(run.out(), "start p10"))
                .containsExactly("spawn4j-clone3", "spawn4j-cgroup", "spawn4j-cgroup-moved");
    }

    @Test
    void comparesProgramsThatAreKeptWarm() throws Exception {
        Run run =
                runApart(
                        "compare",
                        "--count",
                        "20",
                        "--warm-up",
                        "10",
                        "--program",
                        "true",
                        "--spawners",
                        "spawn4j-clone3,spawn4j-warm,spawn4j-parked,floor");
        assumeFalse(run.err().contains("cannot be kept warm"), run::err);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(rows(run.out(), "start p10"))
                .containsExactly("spawn4j-clone3", "spawn4j-warm", "spawn4j-parked", "floor");
    }

    @Test
    void comparesThoseThatAreAskedFor() throws Exception {
        Run run = compare(FEW + " --spawners spawn4j-template," + PIECES);
        assertThat(run.exitCode()).isZero();
        List<String> asked = List.of(("spawn4j-template," + PIECES).split(","));
        for (String head : List.of("start p10", "of floor: start", "elsewhere  ")) {
            assertThat(rows(run.out(), head)).isEqualTo(asked);
        }
        assertThat(run.out()).containsPattern("\nfloor +1\\.00 +1\\.00 +\\d");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void knowsWhatTheStartingThreadAllocates() throws Exception {
        Run run = compare(FEW + " --json --spawners spawn4j-template,floor");
        assertThat(run.out())
                .containsPattern("\"spawn4j-template\".*\"allocatedBytes\":" + NUMBER)
                .containsPattern("\"floor\".*\"allocatedBytes\":null");
    }

    @Test
    void runsEverythingOnOneProcessorIfPinned(@TempDir Path directory) throws Exception {
        Path seen = directory.resolve("seen");
        Path script = directory.resolve("script");
        Files.writeString(
                script, "#!/bin/sh\ngrep Cpus_allowed_list /proc/self/status >> " + seen + "\n");
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
        Run run =
                compare(
                        "--pin --count 1 --warm-up 1 --json --spawners"
                                + " jdk,spawn4j-clone3,spawn4j-template,"
                                + PIECES
                                + " --program "
                                + script);
        assertThat(run.err()).isEmpty();
        Matcher processor = Pattern.compile("\"processor\":(\\d+),").matcher(run.out());
        assertThat(processor.find()).isTrue();
        assertThat(Files.readAllLines(seen))
                .hasSize(2 * 9)
                .containsOnly("Cpus_allowed_list:\t" + processor.group(1));
    }

    /** The first words of the rows of the table whose header contains {@code head}. */
    private static List<String> rows(String tables, String head) {
        return tables.lines()
                .dropWhile(line -> !line.startsWith("  ") || !line.contains(head))
                .skip(1)
                .takeWhile(line -> !line.isEmpty())
                .map(line -> line.split(" ")[0])
                .collect(Collectors.toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--program /no/such",
                "--open-files 2000000000",
                "--resident-mib 2000000000",
                "--count 0",
                "--warm-up 0",
                "--spawners posix",
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
