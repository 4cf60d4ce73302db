// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The sandbox of a program, on the command line of {@code run}. */
final class SandboxOptions {
    @Option(
            names = "--sandbox",
            paramLabel = "DIR",
            description =
                    "It starts in this directory, changes files there only, gains no privileges and"
                            + " leaves nobody behind; --memory is then a limit of the sandbox. One that"
                            + " cannot be enforced is an error.")
    Path scratch;

    @Option(
            names = "--cpu-time",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "The processor time of the sandbox (500ms, 5s, 2m).")
    Duration cpuTime;

    @Option(
            names = "--processes",
            paramLabel = "N",
            description = "The processes and threads of the sandbox.")
    Integer processes;

    boolean isAsked() {
        return scratch != null;
    }

    /**
     * Puts the program into it.
     *
     * @param memory in bytes, or null
     * @throws IllegalArgumentException if an option is wrong
     */
    void apply(EmptyProcess process, Long memory) {
        if (scratch == null) {
            if (cpuTime != null || processes != null) {
                throw new IllegalArgumentException("--cpu-time and --processes need --sandbox");
            }
            return;
        }
        Sandbox sandbox = Sandbox.of(scratch);
        sandbox = memory == null ? sandbox : sandbox.memory(memory);
        sandbox = cpuTime == null ? sandbox : sandbox.cpuTime(cpuTime);
        process.sandbox(processes == null ? sandbox : sandbox.processes(processes));
    }
}
