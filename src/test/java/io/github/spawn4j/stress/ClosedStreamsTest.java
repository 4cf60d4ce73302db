// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.testing.Strategies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The JVM's own standard streams may be closed; what a child gets is still what was asked for.
 *
 * <p>A JVM that starts so opens its module file and its first jars under the free numbers, and a
 * child that inherits gets those, as it does from {@link ProcessBuilder}. That a number which is
 * free when the library is loaded stays closed in a child is tested in spawn_descriptors_test.c.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ClosedStreamsTest {
    @TempDir private Path folder;

    @ParameterizedTest(name = "closed: [{0}]")
    @ValueSource(strings = {"", "0", "1", "2", "0 1", "0 2", "1 2", "0 1 2"})
    void childrenHaveTheStreamsThatWereAskedFor(String closed) throws Exception {
        Path report = folder.resolve("report");
        String closing =
                closed.isEmpty() ? "" : closed.replaceAll("(\\d)", "$1>&-").replace("0>", "0<");

        SecondJvm.startedBy("/bin/sh", "-c", "exec \"$@\" " + closing, "sh")
                .run(ClosedStreams.class, report.toString(), folder.resolve("child").toString());

        List<String> lines = Files.readAllLines(report);
        String inherited = lines.remove(0);
        List<String> expected = new ArrayList<>();
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            expected.add(strategy + " discard: 0 1 2");
            expected.add(strategy + " inherit: " + inherited);
            expected.add(strategy + " pipe: 0 1 2");
            expected.add(strategy + " through pipes: text 0");
        }
        assertThat(lines.stream().map(String::strip).toList())
                .isEqualTo(expected.stream().map(String::strip).toList());
    }
}
