// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What benchmarks of starts share: how they are measured, and the programs that they start. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public abstract class ProgramBenchmark {
    private NativePrograms programs;

    /** The only fixture, as JMH does not say in which order it calls several. */
    @Setup
    public void openPrograms() throws IOException {
        programs = new NativePrograms();
        open(programs);
    }

    @TearDown
    public void closePrograms() throws IOException, InterruptedException {
        close();
        programs.close();
    }

    /** Before the first measurement. */
    void open(NativePrograms programs) throws IOException {}

    /** After the last one. */
    void close() throws IOException, InterruptedException {}

    /** The path of a program that only exits. */
    String noop() throws IOException {
        return programs.path("noop");
    }
}
