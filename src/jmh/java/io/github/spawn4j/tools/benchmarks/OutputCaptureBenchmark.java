// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.Programs;
import io.github.spawn4j.tools.spawners.Library;
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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * As {@link OutputBenchmark}, by whatever a library has that takes all output and waits for the
 * exit; {@link OutputFloorBenchmark} is what C takes to read as much.
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
public class OutputCaptureBenchmark {
    /** The bytes of the output. */
    @Param({"80", "65536", "67108864"})
    public int size;

    /** Who runs the program. */
    @Param public Library spawner;

    private List<String> command;

    @Setup
    public void find() throws IOException {
        command = List.of(Programs.find("head"), "-c", Integer.toString(size), "/dev/zero");
    }

    @Sentence("Start, all output as one array, and the exit: by what each library has for it.")
    @Benchmark
    public byte[] run() throws Exception {
        byte[] bytes = spawner.run(command, System.getenv(), size);
        if (bytes.length != size) {
            throw new AssertionError(bytes.length + " bytes instead of " + size);
        }
        return bytes;
    }
}
