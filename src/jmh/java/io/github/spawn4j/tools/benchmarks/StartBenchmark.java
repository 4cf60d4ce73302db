// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.Programs;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/**
 * A short program, started again and again in every way there is. The floors are C programs, which
 * are told to start many at a time, so that asking them does not count. {@link CpuTime} tells the
 * processor time, that of helpers among it.
 */
public class StartBenchmark extends SpawnerBenchmark {
    private static final int BATCH = 32;

    @Param({
        "JDK",
        "JDK_FORK",
        "JDK_VFORK",
        "JDK_POSIX_SPAWN",
        "NUPROCESS",
        "NUPROCESS_RUN",
        "ZT_EXEC",
        "COMMONS_EXEC",
        "PTY4J",
        "SMALLRYE",
        "SPAWN4J_FORK",
        "SPAWN4J_VFORK",
        "SPAWN4J_POSIX_SPAWN",
        "SPAWN4J_JDK",
        "SPAWN4J_CLONE3",
        "SPAWN4J_TEMPLATE",
        "SPAWN4J_WARM",
        "SPAWN4J_PARKED",
        "FLOOR",
        "FLOOR_EQUAL"
    })
    public SpawnerType spawner;

    /** A name that is searched in PATH; only what is dynamically linked can be kept warm. */
    @Param("true")
    public String program;

    @Override
    SpawnerType type() {
        return spawner;
    }

    @Override
    String program() throws IOException {
        return Programs.find(program);
    }

    @Sentence("The time to start a short program and to wait for its exit.")
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Samples startAndWait() throws IOException, InterruptedException {
        return startAndWait(BATCH);
    }
}
