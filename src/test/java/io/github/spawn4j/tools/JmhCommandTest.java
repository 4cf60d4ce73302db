// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.Assumptions.assumeThatCode;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.tools.benchmarks.CpuTime;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import io.github.spawn4j.warm.Warm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** That benchmarks run; what they measure is for quiet machines. */
@Timeout(300)
class JmhCommandTest extends ToolsTest {
    private static final String LIBRARIES =
            "SPAWN4J,JDK,NUPROCESS,ZT_EXEC,COMMONS_EXEC,PTY4J,SMALLRYE";

    /** In one JVM, and one operation of each. */
    private static String jmh(String... args) throws Exception {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "jmh", "-f", "0", "-bm", "ss", "-wi", "0", "-i", "1", "-foe",
                                "true"));
        all.addAll(Arrays.asList(args));

        Run run = runApart(all.toArray(new String[0]));

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run.out();
    }

    @Test
    void readsTheOutputOfOursAndOfTheJdksAndOfC() throws Exception {
        String out = jmh("benchmarks.Output", "-p", "size=80", "-prof", CpuTime.class.getName());

        assertThat(out)
                .containsPattern("OutputBenchmark.run +80 +SPAWN4J +ss")
                .containsPattern("OutputBenchmark.run +80 +JDK +ss")
                .containsPattern("OutputBenchmark.readAllBytes +80 +SPAWN4J +ss")
                .containsPattern("OutputBenchmark.read +80 +JDK +ss")
                .containsPattern("OutputBenchmark.run:cpu.jvm +80 +SPAWN4J +ss")
                .containsPattern("OutputBenchmark.run:cpu.children +80 +JDK +ss")
                .containsPattern("OutputFloorBenchmark.read +80 .*ss");
    }

    /** NuProcess does not know JDK 25, and pty4j not every processor. */
    private static List<String> libraries() {
        List<String> libraries = new ArrayList<>(List.of(LIBRARIES.split(",")));
        if (Runtime.version().feature() >= 25) {
            libraries.remove("NUPROCESS");
        }
        return libraries;
    }

    @Test
    void readsTheOutputByWhatEachLibraryHasForIt() throws Exception {
        String asked = "spawner=" + String.join(",", libraries());

        String out = jmh("OutputCapture", "-p", "size=80,65536", "-p", asked);

        assertThat(libraries())
                .allSatisfy(
                        library ->
                                assertThat(out)
                                        .containsPattern("Capture.*run +80 +" + library + " +ss")
                                        .containsPattern(
                                                "Capture.*run +65536 +" + library + " +ss"));
    }

    @Test
    void learnsOfAFailedStartAndOfAnExitFromEachLibrary() throws Exception {
        String asked = String.join(",", libraries());

        String out =
                jmh(
                        "FailingStart|ExitBenchmark|RequestBenchmark",
                        "-p",
                        "spawner=" + asked,
                        "-p",
                        "notifier=" + asked);

        assertThat(libraries())
                .allSatisfy(
                        library ->
                                assertThat(out)
                                        .containsPattern("fail .*" + library + " .*ss")
                                        .containsPattern("BeTold .*" + library + " .*ss")
                                        .containsPattern("byEnvironment .*" + library + " .*ss")
                                        .containsPattern("byArguments .*" + library + " .*ss"));
    }

    @Test
    void startsWarmAndTellsTheProcessorTime() throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder("true").warm(Warm.on()).build()) {
            assumeThat(WarmTemplates.settle(template)).as("why true is not kept warm").isEmpty();
        }

        String out =
                jmh(
                        "benchmarks.StartBenchmark",
                        "-p",
                        "spawner=JDK,SPAWN4J_WARM,SPAWN4J_PARKED",
                        "-prof",
                        CpuTime.class.getName());

        assertThat(out)
                .containsPattern("StartBenchmark.startAndWait +true +JDK +ss")
                .containsPattern("StartBenchmark.startAndWait +true +SPAWN4J_WARM +ss")
                .containsPattern("StartBenchmark.startAndWait +true +SPAWN4J_PARKED +ss")
                .containsPattern(
                        "StartBenchmark.startAndWait:cpu.children +true +SPAWN4J_WARM +ss");
    }

    @Test
    void startsByEveryPeerThatWorksHere() throws Exception {
        String out =
                jmh(
                        "benchmarks.Start",
                        "-p",
                        "spawner=JDK,ZT_EXEC,PTY4J,SPAWN4J_JDK,SPAWN4J_CLONE3,SPAWN4J_TEMPLATE",
                        "-jvmArgsAppend",
                        "-Dspawn4j.tools.delayMicros=5");

        assertThat(out)
                .containsPattern("StartBenchmark.startAndWait +true +JDK +ss")
                .containsPattern("StartBenchmark.startAndWait +true +ZT_EXEC +ss")
                .containsPattern("StartBenchmark.startAndWait +true +SPAWN4J_JDK +ss")
                .containsPattern("StartAloneBenchmark.start +N/A +PTY4J +ss")
                .containsPattern("StartAloneBenchmark.start +N/A +SPAWN4J_TEMPLATE +ss");
    }

    @Test
    void startsByJvmsThatCarryMuch() throws Exception {
        String out =
                jmh(
                        "BurdenBenchmark|ThreadsBenchmark.by0",
                        "-p",
                        "spawner=SPAWN4J_CLONE3",
                        "-p",
                        "openFiles=10",
                        "-p",
                        "residentMib=1");

        assertThat(out).contains("byOpenFiles", "byMemory", "by01", "by02", "by08");
    }

    @Test
    void startsWhatIsGivenMuchOrNotThere() throws Exception {
        String out =
                jmh(
                        "RequestBenchmark|FailingStart|LiveChildren|Encode|ExitBenchmark|Attributes",
                        "-p",
                        "notifier=JDK,SPAWN4J",
                        "-p",
                        "spawner=JDK,SPAWN4J",
                        "-p",
                        "children=3",
                        "-p",
                        "attributes=NONE,TEN");

        assertThat(out)
                .contains(
                        "byEnvironment", "byArguments", "fail", "startAndWait", "encode", "BeTold");
    }

    @Test
    void startsWhatIsConfined(@TempDir Path directory) throws Exception {
        assumeThatCode(
                        () ->
                                PidfdProcess.builder("true")
                                        .readOnlyExcept(directory)
                                        .noNetwork()
                                        .run(RunOptions.timeout(Duration.ofSeconds(20))))
                .as("namespaces and Landlock")
                .doesNotThrowAnyException();

        String out = jmh("AttributesBenchmark", "-p", "attributes=READ_ONLY_EXCEPT,NO_NETWORK");

        assertThat(out).containsPattern("READ_ONLY_EXCEPT +ss").containsPattern("NO_NETWORK +ss");
    }

    @Test
    void listsABenchmarkWithASentenceForEach() {
        Run run = run("jmh", "-l");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .hasSizeGreaterThan(25)
                .allSatisfy(line -> assertThat(line).matches("\\w+\\.\\w+ {2,}[A-Z0-9].*\\."));
    }
}
