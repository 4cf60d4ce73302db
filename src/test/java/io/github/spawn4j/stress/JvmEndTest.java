// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of processes when their JVM ends in an orderly way. */
@Timeout(60)
class JvmEndTest {
    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"return", "exit", "signal"})
    void tearsDownWhoAskedForItAndNobodyElse(String end) throws Exception {
        String output = SecondJvm.startedBy().run(JvmEnd.class, end, folder.toString());
        Map<String, List<Long>> pids =
                output.lines()
                        .map(line -> line.split(" "))
                        .filter(words -> words[0].equals("pids"))
                        .collect(
                                Collectors.toMap(
                                        words -> words[1],
                                        words ->
                                                List.of(
                                                        Long.valueOf(words[2]),
                                                        Long.valueOf(words[3]))));
        try {
            assertThat(pids)
                    .as(output)
                    .containsOnlyKeys(
                            "group", "dropped", "unasked", "stubborn", "gentle", "daemon");
            for (String name : List.of("group", "dropped", "stubborn", "gentle", "daemon")) {
                assertThat(pids.get(name)).as(name).noneMatch(JvmEndTest::runs);
            }
            assertThat(output).contains("a teardown at shutdown, which has begun already");
            assertThat(pids.get("unasked")).allMatch(JvmEndTest::runs);
            assertThat(folder.toFile().list())
                    .containsExactlyInAnyOrder("group", "dropped", "gentle");
            assertThat(folder.resolve("gentle")).hasContent("bye");
        } finally {
            pids.values().stream()
                    .flatMap(List::stream)
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** A zombie, which waits for an init that does not care, has ended. */
    private static boolean runs(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return !Arrays.asList("Z", "X")
                    .contains(stat.substring(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3));
        } catch (IOException e) {
            return false;
        }
    }
}
