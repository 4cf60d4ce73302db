package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.Starter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** Starts of a program that is given much to look at: what the copies of it cost. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class RequestBenchmark {
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
            command.add(benchmark.programs.path("noop"));
            for (int left = argumentBytes; left > 0; left -= LONGEST) {
                command.add("x".repeat(Math.min(left, LONGEST)));
            }
        }
    }

    /** Whose child it is. */
    @Param public Starter spawner;

    private NativePrograms programs;

    @Setup
    public void open() throws IOException {
        programs = new NativePrograms();
    }

    @TearDown
    public void close() throws IOException {
        programs.close();
    }

    @Sentence("Start and wait with pipes, and an environment of 20 and 250 variables.")
    @Benchmark
    public int byEnvironment(Variables variables) throws IOException, InterruptedException {
        Process process = start(variables.environment);
        return finish(process);
    }

    private Process start(Map<String, String> environment) throws IOException {
        String program = programs.path("noop");
        if (spawner == Starter.SPAWN4J) {
            return PidfdProcess.builder(program).environment(environment).start();
        }
        ProcessBuilder builder = new ProcessBuilder(program);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder.start();
    }

    @Sentence("Start and wait with pipes, and 100 bytes, 64 KiB and 1 MiB of arguments.")
    @Benchmark
    public int byArguments(Arguments arguments) throws IOException, InterruptedException {
        return finish(spawner.start(arguments.command));
    }

    private static int finish(Process process) throws IOException, InterruptedException {
        int code = process.waitFor();
        process.getOutputStream().close();
        process.getInputStream().close();
        process.getErrorStream().close();
        return code;
    }
}
