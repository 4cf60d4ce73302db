// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code live} sees every child die; each round in a JVM of its own. */
class LiveCommandTest extends ToolsTest {
    @Test
    void printsNothingButTheDocumentAsJson() {
        Run run = run("live --children 20 --jdk-children 10 --rounds 2 --json".split(" "));
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonObject document = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(document.keySet()).containsExactly("machine", "warnings", "results");
        JsonObject ours = document.getAsJsonArray("results").get(0).getAsJsonObject();
        assertThat(ours.keySet())
                .containsExactly(
                        "starter",
                        "children",
                        "rounds",
                        "startMicros",
                        "threads",
                        "heapBytes",
                        "residentBytes",
                        "cpuMicros",
                        "noticeP50Millis",
                        "noticeP99Millis",
                        "noticeMaxMillis",
                        "ofJdk");
        assertThat(ours.get("starter").getAsString()).isEqualTo("spawn4j");
        assertThat(ours.get("children").getAsInt()).isEqualTo(20);
        assertThat(ours.get("rounds").getAsInt()).isEqualTo(2);
        assertThat(ours.get("cpuMicros").getAsDouble()).isPositive();
        assertThat(ours.getAsJsonObject("ofJdk").getAsJsonObject("cpuMicros").keySet())
                .containsExactly("ratio", "low", "high", "rounds");
        JsonObject jdk = document.getAsJsonArray("results").get(1).getAsJsonObject();
        assertThat(jdk.get("starter").getAsString()).isEqualTo("jdk");
        assertThat(jdk.get("threads").getAsDouble()).isGreaterThanOrEqualTo(1);
    }

    @Test
    void printsATableAndWritesAPage(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("page.html");
        Run run = run(("live --children 1 --jdk-children 0 --rounds 1 --html " + page).split(" "));
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out().lines().skip(1).findFirst().orElseThrow())
                .matches("spawn4j +1 +\\d+ +-?\\d+\\.\\d{3} .*");
        assertThat(Files.readString(page)).contains("live-threads", "live-memory");
    }

    /** NuProcess and pty4j do not work on every JVM and processor. */
    @Test
    void countsTheThreadsOfEachLibrary() {
        Run run = run("live --libraries --json".split(" "));
        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonObject threads =
                JsonParser.parseString(run.out()).getAsJsonObject().getAsJsonObject("threads");
        assertThat(threads.keySet())
                .contains("spawn4j", "jdk", "zt-exec", "commons-exec", "smallrye");
        assertThat(threads.get("spawn4j").getAsDouble()).isLessThan(0.5);
        for (String library : List.of("jdk", "zt-exec", "commons-exec", "smallrye")) {
            assertThat(threads.get(library).getAsDouble()).as(library).isGreaterThan(0.5);
        }
    }

    @Test
    void refusesToDrawThreads() {
        Run run = run("live --libraries --html page.html".split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--libraries draws no figure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--children 0", "--jdk-children -1", "--rounds 0"})
    void refusesWhatCannotBe(String options) {
        Run run = run(("live " + options).split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools live: numbers must be positive");
    }
}
