// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.Starter;
import io.github.spawn4j.tools.spawners.Library;
import java.io.IOException;
import java.io.InputStream;
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

/**
 * The time from the start of a child to its exit and the last byte of its output: one line, what a
 * pipe holds, 64 MiB and 1 GiB, from {@code head -c}. {@link OutputFloorBenchmark} is what C takes
 * for the same, {@link OutputCaptureBenchmark} what other libraries take, and {@link CpuTime} tells
 * the processor time of it.
 *
 * <p>The heap is there from the beginning, as the first use of its pages would be half of the time.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--enable-native-access=ALL-UNNAMED",
            "-Xms4g",
            "-Xmx4g",
            "-XX:+AlwaysPreTouch"
        })
@State(Scope.Benchmark)
public class OutputBenchmark {
    private static final int ARRAY_SIZE = 1 << 16;

    /** The bytes of the output. */
    @Param({"80", "65536", "67108864", "1073741824"})
    public int size;

    /** Whose child it is. */
    @Param public Starter spawner;

    private List<String> command() {
        return List.of("head", "-c", Integer.toString(size), "/dev/zero");
    }

    /** All of it as one array, by a run, or by what the JDK has instead of one. */
    @Sentence(
            "Start, all output as one array, and the exit: by a run, or what the JDK has instead.")
    @Benchmark
    public byte[] run() throws Exception {
        return check(Library.valueOf(spawner.name()).run(command(), System.getenv(), size));
    }

    /** All of it as one array, from the stream. */
    @Sentence("Start, all output as one array from the stream, and the exit.")
    @Benchmark
    public byte[] readAllBytes() throws Exception {
        Process process = spawner.start(command());
        byte[] bytes = process.getInputStream().readAllBytes();
        finish(process);
        return check(bytes);
    }

    /** Into one array of 64 KiB, again and again. */
    @Sentence("Start, all output read in pieces of 64 KiB, and the exit.")
    @Benchmark
    public void read() throws Exception {
        Process process = spawner.start(command());
        InputStream stream = process.getInputStream();
        byte[] bytes = new byte[ARRAY_SIZE];
        int total = 0;
        int count;
        while ((count = stream.read(bytes)) >= 0) {
            total += count;
        }
        finish(process);
        check(total);
    }

    private byte[] check(byte[] bytes) {
        check(bytes.length);
        return bytes;
    }

    private void check(int total) {
        if (total != size) {
            throw new AssertionError(total + " bytes instead of " + size);
        }
    }

    private static void finish(Process process) throws IOException, InterruptedException {
        if (process.waitFor() != 0) {
            throw new AssertionError(process);
        }
        process.getInputStream().close();
        process.getErrorStream().close();
        process.getOutputStream().close();
    }
}
