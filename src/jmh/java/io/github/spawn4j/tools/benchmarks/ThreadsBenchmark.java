// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * Starts by many threads at once, each with a spawner of its own; a score is one start's time. A
 * thread's floor is a C program of its own, which is told to start a few at a time.
 */
public class ThreadsBenchmark extends ProgramBenchmark {
    private static final int BATCH = 4;

    /** The spawner of one thread. */
    @State(Scope.Thread)
    public static class Own {
        private NativePrograms programs;
        private Spawner opened;

        @Setup
        public void open(ThreadsBenchmark benchmark) throws IOException {
            programs = new NativePrograms();
            opened = benchmark.spawner.open(benchmark.noop(), programs);
        }

        @TearDown
        public void close() throws IOException {
            opened.close();
            programs.close();
        }

        Samples startAndWait() throws IOException, InterruptedException {
            Samples samples = new Samples();
            opened.spawn(BATCH, samples);
            return samples;
        }
    }

    @Param({
        "JDK",
        "NUPROCESS",
        "NUPROCESS_RUN",
        "ZT_EXEC",
        "COMMONS_EXEC",
        "PTY4J",
        "SMALLRYE",
        "SPAWN4J_CLONE3",
        "SPAWN4J_TEMPLATE",
        "FLOOR",
        "FLOOR_EQUAL"
    })
    public SpawnerType spawner;

    @Sentence("Start and wait by 1 thread.")
    @Benchmark
    @Threads(1)
    @OperationsPerInvocation(BATCH)
    public Samples by01(Own own) throws IOException, InterruptedException {
        return own.startAndWait();
    }

    @Sentence("Start and wait by each of 2 threads at once.")
    @Benchmark
    @Threads(2)
    @OperationsPerInvocation(BATCH)
    public Samples by02(Own own) throws IOException, InterruptedException {
        return own.startAndWait();
    }

    @Sentence("Start and wait by each of 8 threads at once.")
    @Benchmark
    @Threads(8)
    @OperationsPerInvocation(BATCH)
    public Samples by08(Own own) throws IOException, InterruptedException {
        return own.startAndWait();
    }

    @Sentence("Start and wait by each of 64 threads at once.")
    @Benchmark
    @Threads(64)
    @OperationsPerInvocation(BATCH)
    public Samples by64(Own own) throws IOException, InterruptedException {
        return own.startAndWait();
    }
}
