// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever makes the calls checks what they answer. */
class TeamTest {
    private static final List<Call> CALLS =
            List.of(
                    new Call("sh", List.of("-c", "printf 'two\none\n'"), output -> true),
                    new Call("sh", List.of("-c", "echo three"), output -> true));

    @ParameterizedTest
    @EnumSource(
            value = Way.class,
            names = {"JDK", "PYTHON", "TEMPLATE"})
    void refusesAWrongAnswerButTakesLinesInAnyOrder(Way way, @TempDir Path directory)
            throws Exception {
        try (Workload workload = new Workload(List.of("sh"));
                NativePrograms programs = new NativePrograms()) {
            workload.prepare(1, programs.path("noop"));
            assumeTrue(way != Way.PYTHON || workload.has("python3"), "there is no python3");
            Path calls = directory.resolve("calls");
            CallsFile.write(calls, workload.place(), CALLS, List.of("one\ntwo\n", "four\n"));
            Split split = Split.of("2x2");
            try (Team team = workload.team(way, calls)) {
                assertThat(team.call(split, List.of(0, 0, 0)).calls()).isEqualTo(3);
                assertThatThrownBy(() -> team.call(split, List.of(0, 1)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("unexpected output")
                        .hasMessageContaining("three");
            }
        }
    }

    @Test
    void isToldTheCallsByAFile(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("calls");
        try (Workload workload = new Workload(List.of("sh"))) {
            CallsFile.write(file, workload.place(), CALLS, List.of("b\na\n", "c\n"));
            CallsFile read = CallsFile.read(file);
            assertThat(read.place()).isEqualTo(workload.place());
            assertThat(read.calls().get(0).args()).isEqualTo(CALLS.get(0).args());
            assertThat(read.calls().get(0).isRight()).accepts("a\nb\n").rejects("a\n", "a\nb\nc\n");
        }
        assertThat(Files.readString(file)).contains("\"sh\"");
    }
}
