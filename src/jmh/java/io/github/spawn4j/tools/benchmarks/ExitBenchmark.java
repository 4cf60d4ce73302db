package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.spawners.ExitNotifier;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The exit of a child that nobody waits for; {@code exits} measures the last part of it alone. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class ExitBenchmark {
    @Param public ExitNotifier notifier;

    private NativePrograms programs;
    private List<String> command;

    @Setup
    public void open() throws IOException {
        programs = new NativePrograms();
        command = List.of(programs.path("noop"));
    }

    @TearDown
    public void close() throws IOException {
        programs.close();
    }

    @Sentence("The time from a start to the callback that tells of the exit.")
    @Benchmark
    public Boolean startAndBeTold() throws Exception {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        notifier.start(command, () -> told.complete(true));
        return told.get(30, TimeUnit.SECONDS);
    }
}
