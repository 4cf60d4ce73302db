package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.Starter;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Starts that fail, as those of programs that are looked for in vain. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class FailingStartBenchmark {
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
