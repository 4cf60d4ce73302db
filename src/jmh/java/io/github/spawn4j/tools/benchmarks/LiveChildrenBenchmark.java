package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.Starter;
import java.io.IOException;
import java.util.ArrayList;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Starts by a JVM that has many living children; {@code live} tells what those cost. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class LiveChildrenBenchmark {
    private static final List<String> SLEEP = List.of("sleep", "3600");

    @Param({"0", "500", "2000"})
    public int children;

    /** Whose children they are. */
    @Param public Starter spawner;

    private final List<Process> living = new ArrayList<>();
    private NativePrograms programs;
    private List<String> command;

    @Setup
    public void start() throws IOException {
        programs = new NativePrograms();
        command = List.of(programs.path("noop"));
        while (living.size() < children) {
            living.add(spawner.start(SLEEP));
        }
    }

    @TearDown
    public void kill() throws IOException, InterruptedException {
        living.forEach(Process::destroyForcibly);
        for (Process child : living) {
            child.waitFor();
        }
        programs.close();
    }

    @Sentence("Start and wait with pipes, by a JVM with 0, 500 and 2,000 living children.")
    @Benchmark
    public int startAndWait() throws IOException, InterruptedException {
        Process process = spawner.start(command);
        int code = process.waitFor();
        process.getOutputStream().close();
        process.getInputStream().close();
        process.getErrorStream().close();
        return code;
    }
}
