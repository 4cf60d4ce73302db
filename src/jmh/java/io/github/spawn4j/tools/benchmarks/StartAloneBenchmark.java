// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The start of a program that does nothing, alone: what waits for its exit does not count. {@link
 * Delay} makes it longer, to see whether that is seen.
 */
public class StartAloneBenchmark extends SpawnerBenchmark {
    /** Those whose start returns before the exit. */
    @Param({
        "JDK",
        "JDK_FORK",
        "JDK_VFORK",
        "JDK_POSIX_SPAWN",
        "NUPROCESS",
        "ZT_EXEC",
        "PTY4J",
        "SPAWN4J_FORK",
        "SPAWN4J_VFORK",
        "SPAWN4J_POSIX_SPAWN",
        "SPAWN4J_JDK",
        "SPAWN4J_CLONE3",
        "SPAWN4J_TEMPLATE",
        "SPAWN4J_WARM",
        "SPAWN4J_PARKED"
    })
    public SpawnerType spawner;

    private Spawner.Started started;

    @Override
    SpawnerType type() {
        return spawner;
    }

    @Sentence("The time until the start of a program that does nothing has returned.")
    @Benchmark
    public Spawner.Started start() throws IOException {
        Delay.spin();
        started = spawner().start();
        return started;
    }

    @TearDown(Level.Invocation)
    public void await() throws IOException, InterruptedException {
        started.await();
    }
}
