package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The start of a program that does nothing, alone: what waits for its exit does not count. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class StartAloneBenchmark {
    /** Those whose start returns before the exit. */
    @Param({
        "JDK",
        "JDK_FORK",
        "JDK_VFORK",
        "JDK_POSIX_SPAWN",
        "NUPROCESS",
        "ZT_EXEC",
        "SPAWN4J_FORK",
        "SPAWN4J_VFORK",
        "SPAWN4J_POSIX_SPAWN",
        "SPAWN4J_CLONE3",
        "SPAWN4J_TEMPLATE"
    })
    public SpawnerType spawner;

    private NativePrograms programs;
    private Spawner opened;
    private Spawner.Started started;

    @Setup
    public void open() throws IOException {
        programs = new NativePrograms();
        opened = spawner.open(programs.path("noop"), programs);
    }

    @TearDown
    public void close() throws IOException {
        opened.close();
        programs.close();
    }

    @Sentence("The time until the start of a program that does nothing has returned.")
    @Benchmark
    public Spawner.Started start() throws IOException {
        started = opened.start();
        return started;
    }

    @TearDown(Level.Invocation)
    public void await() throws IOException, InterruptedException {
        started.await();
    }
}
