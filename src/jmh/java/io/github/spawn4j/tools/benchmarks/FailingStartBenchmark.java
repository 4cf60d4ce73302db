// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.Starter;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Starts that fail, as those of programs that are looked for in vain. */
public class FailingStartBenchmark extends ProgramBenchmark {
    private static final List<String> COMMAND = List.of("/no/such/program");

    /** Whose start it is. */
    @Param public Starter spawner;

    @Sentence("The time to learn that a program cannot be started, as there is none.")
    @Benchmark
    public IOException fail() {
        try {
            throw new AssertionError(spawner.start(COMMAND));
        } catch (IOException e) {
            return e;
        }
    }
}
