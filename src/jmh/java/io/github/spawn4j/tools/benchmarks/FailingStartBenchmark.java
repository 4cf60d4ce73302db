// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.spawners.Library;
import java.io.IOException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Starts that fail, as those of programs that are looked for in vain. pty4j has a child that fails,
 * and tells of its exit code.
 */
public class FailingStartBenchmark extends ProgramBenchmark {
    private static final List<String> COMMAND = List.of("/no/such/program");

    /** Whose start it is. */
    @Param public Library spawner;

    /** That the library works here at all: a start that fails is then one that ought to. */
    @Override
    void open(NativePrograms programs) throws IOException {
        try {
            spawner.run(List.of(noop()), System.getenv(), 0);
        } catch (Exception e) {
            throw new IOException(spawner + " does not work here", e);
        }
    }

    @Sentence("The time to learn that a program cannot be started, as there is none.")
    @Benchmark
    public Exception fail() {
        try {
            spawner.run(COMMAND, System.getenv(), 0);
        } catch (Exception e) {
            return e;
        }
        throw new AssertionError(spawner);
    }
}
