// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.spawn4j.testing.TestCgroup;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
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
        Run run = compare(FEW + " --open-files 50 --early-files 70 --resident-mib 65 --json");
        assertThat(run.exitCode()).isZero();
        JsonObject document = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(document.keySet())
                .containsExactly(
                        "program",
                        "count",
                        "warmUp",
                        "processor",
                        "openFiles",
                        "earlyFiles",
                        "residentMib",
                        "seed",
                        "machine",
                        "warnings",
                        "results");
        assertThat(document.get("program").getAsString()).endsWith("/noop_cpu");
        assertThat(document.get("count").getAsInt()).isEqualTo(20);
        assertThat(document.get("processor").isJsonNull()).isTrue();
        assertThat(document.get("openFiles").getAsInt()).isEqualTo(50);
        assertThat(document.get("earlyFiles").getAsInt()).isEqualTo(70);
        List<String> names = new ArrayList<>();
        for (JsonElement element : document.getAsJsonArray("results")) {
            JsonObject result = element.getAsJsonObject();
            names.add(result.get("spawner").getAsString());
            checkResult(result);
        }
        assertThat(names).isEqualTo(spawners());
    }

    private static void checkResult(JsonObject result) {
        assertThat(result.keySet())
                .containsExactly(
                        "spawner",
                        "starts",
                        "startMicros",
                        "totalMicros",
                        "perSecond",
                        "cpuMicros",
                        "batches",
                        "rejectedBatches",
                        "allocatedBytes",
                        "ofFloor",
                        "ofFloorEqual",
                        "ofJdk",
                        "elsewherePercent",
                        "elsewhere");
        assertThat(result.get("batches").getAsInt()).isEqualTo(10);
        int rejected = result.get("rejectedBatches").getAsInt();
        assertThat(rejected).isBetween(0, 5);
        assertThat(result.get("starts").getAsInt()).isEqualTo(20 - 2 * rejected);
        assertThat(result.get("cpuMicros").getAsDouble()).isPositive();
        JsonObject total = result.getAsJsonObject("totalMicros");
        assertThat(total.keySet()).containsExactly("p10", "p50", "p99");
        assertThat(total.get("p50").getAsDouble())
                .isPositive()
                .isLessThanOrEqualTo(total.get("p99").getAsDouble());
        JsonObject ratio = result.getAsJsonObject("ofJdk").getAsJsonObject("total");
        assertThat(ratio.keySet()).containsExactly("ratio", "low", "high", "rounds");
        assertThat(ratio.get("ratio").getAsDouble()).isPositive();
    }

    @Test
    void printsTablesOfAnyProgramButForWhereItRan(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("page.html");
        Run run = compare("--count 1 --warm-up 1 --program true --html " + page);
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("/true, 1 starts each after a warm-up of 1; on any", "\nMeasured on: ");
        assertThat(rows(run.out(), "start p10")).isEqualTo(spawners());
        assertThat(rows(run.out(), "of floor: start")).isEqualTo(spawners());
        assertThat(run.out()).doesNotContain("elsewhere");
        assertThat(Files.readString(page))
                .contains("\"id\":\"ratios\"")
                .doesNotContain("ran on another processor");
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
        assertThat(run.out()).containsPattern("\nfloor +~1\\.00 \\(1\\.00-1\\.00\\) +~1\\.00 ");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void knowsWhatTheStartingThreadAllocates() throws Exception {
        Run run = compare(FEW + " --json --spawners spawn4j-template,floor");
        assertThat(run.out())
                .containsPattern("\"spawn4j-template\".*\"allocatedBytes\":[1-9]\\d*,")
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

    @Test
    void comparesPeersThatTheJdkIsBehind() throws Exception {
        String peers = "jdk-fork,jdk-posix-spawn,nuprocess-run,zt-exec,commons-exec";
        Run run = compare(FEW + " --spawners " + peers);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(rows(run.out(), "start p10"))
                .isSubsetOf(peers.split(","))
                .contains("jdk-fork", "jdk-posix-spawn", "zt-exec", "commons-exec");
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
                "--open-files 2000000000 --early-files 2000000000",
                "--resident-mib 2000000000",
                "--count 0",
                "--warm-up 0",
                "--spawners posix",
                "--open-files -1",
                "--early-files -1",
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
