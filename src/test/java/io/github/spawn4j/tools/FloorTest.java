// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The floor with all pieces does the library's work: its child cannot be told from ours. */
class FloorTest {
    private static final RunOptions PATIENT =
            RunOptions.timeout(Duration.ofSeconds(20)).expectExit(0);

    @TempDir Path directory;

    private Path seen;
    private Path program;

    /** A program that writes down its signals and its descriptors. */
    @BeforeEach
    void writeProgram() throws IOException {
        seen = directory.resolve("seen");
        program = directory.resolve("program");
        Files.writeString(
                program,
                "#!/bin/sh\n{\ngrep '^Sig[BIC]' /proc/self/status\nfor fd in /proc/self/fd/*; do\n"
                        + "  echo ${fd##*/} $(readlink /proc/$$/fd/${fd##*/})\ndone\n} > "
                        + seen
                        + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String childOfFloor(String piece) throws Exception {
        String floor = Path.of(System.getProperty("spawn4j.native.bin"), "floor").toString();
        PidfdProcess.builder("sh", "-c", "trap '' USR1; exec \"$0\" " + piece + " \"$1\" 7<&0")
                .args(floor, program.toString())
                .run(PATIENT.stdin("1\n"));
        return seen();
    }

    private String childOfTemplate() throws Exception {
        try (SpawnTemplate template =
                SpawnTemplate.builder(program.toString())
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.DISCARD)
                        .build()) {
            assertThat(template.spawn().waitFor()).isZero();
        }
        return seen();
    }

    private String seen() throws IOException {
        return Files.readString(seen).replaceAll("pipe:\\[\\d+\\]", "pipe");
    }

    @ParameterizedTest
    @ValueSource(strings = {"equal", "native"})
    void givesItsChildWhatATemplateGives(String piece) throws Exception {
        assertThat(childOfFloor(piece)).isEqualTo(childOfTemplate()).contains("SigIgn");
    }

    /** So that the test above sees what it looks for. */
    @Test
    void leavesItsChildWhatItHasItselfWithoutThePieces() throws Exception {
        assertThat(childOfFloor("bare")).contains("\n7 pipe\n").isNotEqualTo(childOfTemplate());
        assertThat(childOfFloor("descriptors")).doesNotContain("\n7 ");
    }

    @Test
    void refusesAPieceThatItDoesNotKnow() throws Exception {
        String floor = Path.of(System.getProperty("spawn4j.native.bin"), "floor").toString();
        assertThat(PidfdProcess.builder(floor, "most", "/bin/true").run(PATIENT.expectExit(2)))
                .satisfies(result -> assertThat(result.stderr().text()).startsWith("usage: floor"));
    }
}
