// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code exits} tells of every exit; how soon is no matter of tests.
 *
 * <p>In a JVM of its own: NuProcess makes its JVM ignore SIGPIPE.
 */
class ExitsCommandTest extends ToolsTest {
    @Test
    void printsNothingButTheDocumentAsJson() throws Exception {
        Run run = runApart("exits", "--count", "10", "--json");
        assertThat(run.exitCode()).isZero();
        JsonObject document = JsonParser.parseString(run.out()).getAsJsonObject();
        assertThat(document.keySet()).containsExactly("count", "machine", "warnings", "results");
        List<String> notifiers = new ArrayList<>();
        for (JsonElement element : document.getAsJsonArray("results")) {
            JsonObject result = element.getAsJsonObject();
            notifiers.add(result.get("notifier").getAsString());
            assertThat(result.keySet())
                    .containsExactly(
                            "notifier",
                            "p50Micros",
                            "p99Micros",
                            "maxMicros",
                            "p50OfJdk",
                            "p99OfJdk",
                            "cpuMicros",
                            "batches",
                            "rejectedBatches");
            assertThat(result.get("p99Micros").getAsDouble())
                    .isGreaterThanOrEqualTo(result.get("p50Micros").getAsDouble());
            assertThat(result.get("cpuMicros").getAsDouble()).isPositive();
        }
        assertThat(notifiers).containsExactly("jdk", "nuprocess", "spawn4j");
    }

    @Test
    void printsATableAndWritesAPage(@TempDir Path directory) throws Exception {
        Path page = directory.resolve("page.html");
        Run run = runApart("exits", "--count", "1", "--html", page.toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines().skip(1).limit(3).map(line -> line.split(" ")[0]))
                .containsExactly("jdk", "nuprocess", "spawn4j");
        assertThat(Files.readString(page)).contains("\"id\":\"exits\"");
    }

    @Test
    void refusesWhatCannotBe() {
        Run run = run("exits", "--count", "0");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools exits: --count must be positive");
    }
}
