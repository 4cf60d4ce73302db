// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What {@link OutputBenchmark} measures, in C: a loop of read(2) that keeps nothing. Its processor
 * time is nowhere, as it is that of a child which goes on living.
 */
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class OutputFloorBenchmark extends ProgramBenchmark {
    /** The bytes of the output. */
    @Param({"80", "65536", "67108864", "1073741824"})
    public int size;

    private PidfdProcess reader;

    @Override
    void open(NativePrograms programs) throws IOException {
        reader =
                PidfdProcess.builder(programs.path("reader"))
                        .args("head", "-c", Integer.toString(size), "/dev/zero")
                        .start();
    }

    @Override
    void close() throws IOException {
        reader.close();
    }

    @Sentence("The same as OutputBenchmark.read, in C.")
    @Benchmark
    public void read() throws IOException {
        reader.getOutputStream().write('\n');
        reader.getOutputStream().flush();
        if (reader.getInputStream().read() != '\n') {
            throw new AssertionError(reader);
        }
    }
}
