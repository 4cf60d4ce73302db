// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.spawners.Library;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Starts of a program that is given much to look at: what the copies of it cost. */
public class RequestBenchmark extends ProgramBenchmark {
    /** So many variables, of 50 bytes each. */
    @State(Scope.Benchmark)
    public static class Variables {
        @Param({"20", "250"})
        public int variables;

        private final Map<String, String> environment = new HashMap<>();

        @Setup
        public void make() {
            for (int i = 0; i < variables; i++) {
                environment.put(String.format("VARIABLE_%04d", i), "x".repeat(36));
            }
        }
    }

    /** So many bytes, in arguments of 64 KiB at most: the kernel takes none beyond 128 KiB. */
    @State(Scope.Benchmark)
    public static class Arguments {
        private static final int LONGEST = 1 << 16;

        @Param({"100", "65536", "1048576"})
        public int argumentBytes;

        private final List<String> command = new ArrayList<>();

        @Setup
        public void make(RequestBenchmark benchmark) throws IOException {
            command.add(benchmark.noop());
            for (int left = argumentBytes; left > 0; left -= LONGEST) {
                command.add("x".repeat(Math.min(left, LONGEST)));
            }
        }
    }

    /** Whose child it is. */
    @Param public Library spawner;

    @Sentence("Start, both outputs and the exit, with an environment of 20 and 250 variables.")
    @Benchmark
    public byte[] byEnvironment(Variables variables) throws Exception {
        return spawner.run(List.of(noop()), variables.environment, 0);
    }

    @Sentence("Start, both outputs and the exit, with 100 bytes, 64 KiB and 1 MiB of arguments.")
    @Benchmark
    public byte[] byArguments(Arguments arguments) throws Exception {
        return spawner.run(arguments.command, System.getenv(), 0);
    }
}
