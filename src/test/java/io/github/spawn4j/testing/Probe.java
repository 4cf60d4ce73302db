// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnStrategy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The witness program, {@code native/programs/probe.c}: it reports what a child sees of itself. */
public final class Probe {
    /** Where it lies. */
    public static final Path FILE = program("probe");

    /** The same as a program's name. */
    public static final String PROGRAM = FILE.toString();

    private Probe() {}

    /** A program that {@code native/programs} has built. */
    public static Path program(String name) {
        String folder = System.getProperty("spawn4j.native.bin");
        assertThat(folder).as("property spawn4j.native.bin").isNotNull();
        return Path.of(folder, name).toAbsolutePath();
    }

    /** A probe that takes these steps. */
    public static EmptyProcess with(SpawnStrategy strategy, String... steps) {
        return StartWay.probe(strategy).args(steps);
    }

    /** What a probe sees that was started like this; its standard output must be a pipe. */
    public static ProbeReport report(EmptyProcess process)
            throws IOException, InterruptedException {
        return new ProbeReport(output(process));
    }

    /** What a probe sees whose output does not lead here: it takes the steps, then reports. */
    public static ProbeReport reportThroughFile(EmptyProcess process, Path file)
            throws IOException, InterruptedException {
        PidfdProcess started = process.args("--report-file", file.toString()).start();
        started.getOutputStream().close();
        assertThat(started.waitFor()).as("exit value of the probe").isZero();
        return new ProbeReport(Files.readAllBytes(file));
    }

    /** Runs a process that reads nothing and succeeds, and returns its output. */
    public static byte[] output(EmptyProcess process) throws IOException, InterruptedException {
        PidfdProcess started = process.start();
        started.getOutputStream().close();
        byte[] output = started.getInputStream().readAllBytes();
        byte[] error = started.getErrorStream().readAllBytes();
        assertThat(started.waitFor())
                .as("exit value; stderr: " + new String(error, StandardCharsets.UTF_8))
                .isZero();
        return output;
    }

    /** The same as text. */
    public static String text(EmptyProcess process) throws IOException, InterruptedException {
        return new String(output(process), StandardCharsets.UTF_8);
    }
}
