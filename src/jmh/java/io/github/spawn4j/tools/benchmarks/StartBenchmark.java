package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.Programs;
import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.Spawner;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A short program, started again and again in every way there is. The floors are C programs, which
 * are told to start many at a time, so that asking them does not count. {@link CpuTime} tells the
 * processor time, that of helpers among it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class StartBenchmark {
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
        "SPAWN4J_FORK",
        "SPAWN4J_VFORK",
        "SPAWN4J_POSIX_SPAWN",
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

    private NativePrograms programs;
    private Spawner opened;

    @Setup
    public void open() throws IOException {
        programs = new NativePrograms();
        opened = spawner.open(Programs.find(program), programs);
    }

    @TearDown
    public void close() throws IOException {
        opened.close();
        programs.close();
    }

    @Sentence("The time to start a short program and to wait for its exit.")
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public Samples startAndWait() throws IOException, InterruptedException {
        Samples samples = new Samples();
        opened.spawn(BATCH, samples);
        return samples;
    }
}
