// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real commands give the same bytes and the same status warm, parked and cold, as root and as an
 * ordinary user.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class WarmSameTest {
    private static final Path SOURCES = Path.of("src/test/resources/same").toAbsolutePath();

    @TempDir Path folder;

    @Test
    void givesTheSameAsAColdStart() throws Exception {
        assertSame(SecondJvm.startedBy().run(WarmSame.class));
    }

    @Test
    void givesTheSameToAnOrdinaryUser() throws Exception {
        assertSame(
                OtherUser.jvm()
                        .runOnClassPath(OtherUser.readableClassPath(folder), WarmSame.class));
    }

    @Test
    @EnabledIfSystemProperty(
            named = "spawn4j.same",
            matches = "all",
            disabledReason = "90 commands with 6 environments, with -Dspawn4j.same=all")
    void givesTheSameForEveryCommandInEveryEnvironment() throws Exception {
        Path programs = programs();
        assertSame(SecondJvm.startedBy().limitMinutes(10).run(WarmSame.class, programs.toString()));
    }

    @Test
    @EnabledIfSystemProperty(
            named = "spawn4j.same",
            matches = "all",
            disabledReason = "90 commands with 6 environments, with -Dspawn4j.same=all")
    void givesTheSameForEveryCommandToAnOrdinaryUser() throws Exception {
        Path programs = programs();
        assertSame(
                OtherUser.jvm()
                        .limitMinutes(10)
                        .runOnClassPath(
                                OtherUser.readableClassPath(folder),
                                WarmSame.class,
                                programs.toString()));
    }

    private static void assertSame(String output) {
        assumeTrue(!output.startsWith(WarmSame.REFUSED), output);
        System.out.println(output);
        assertThat(output).endsWith("OK");
    }

    /** Programs of languages and kinds that no system has ready, as far as they can be made. */
    private Path programs() throws Exception {
        Path programs = Files.createDirectory(folder.toRealPath().resolve("programs"));
        make(programs, "warm-rust", "rustc", "-O", "-o");
        make(programs, "warm-c++", "g++", "-O1", "-o");
        make(programs, "cold-go", "go", "build", "-o");
        make(programs, "warm-cgo", "go", "build", "-o");
        make(programs, "cold-musl", "musl-gcc", "-o");
        make(programs, "cold-static", "gcc", "-static", "-o");
        script(
                programs,
                "warm-script",
                "#!/bin/sh -e\necho \"$0\" $# \"$@\"; wc -l \"$0\"; exit 9");
        script(programs, "warm-perl", "#!/usr/bin/perl -w\nprint \"$0 @ARGV\\n\"; print $x;");
        script(programs, "cold-env", "#!/usr/bin/env sh\necho \"$0\" $# \"$@\"");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return programs;
    }

    private static void make(Path programs, String name, String... compiler) throws Exception {
        try (var sources = Files.newDirectoryStream(SOURCES, name + ".*")) {
            for (Path source : sources) {
                List<String> command = new ArrayList<>(List.of(compiler));
                command.add(programs.resolve(name).toString());
                command.add(source.toString());
                if (!succeeds(command.toArray(String[]::new))) {
                    System.out.println("not made: " + name);
                }
            }
        }
    }

    private static void script(Path programs, String name, String text) throws Exception {
        Path script = Files.writeString(programs.resolve(name), text + "\n");
        assertThat(script.toFile().setExecutable(true, false)).isTrue();
    }

    private static boolean succeeds(String... command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (Exception e) {
            return false; // not installed
        }
    }
}
