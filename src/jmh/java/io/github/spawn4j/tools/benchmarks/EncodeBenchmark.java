// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import java.io.IOException;
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
 * What Java does for a start before C is called, without the start. JMH's {@code -prof gc} tells
 * the bytes that it allocates.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class EncodeBenchmark {
    private static final int STREAMS = 3;

    @Param({"0", "20", "250"})
    public int variables;

    private byte[] path;
    private Strings environment = Strings.NONE;

    @Setup
    public void make() throws IOException {
        path = Text.encode("program", "/usr/bin/true");
        for (int i = 0; i < variables; i++) {
            String variable = String.format("VARIABLE_%04d=%s", i, "x".repeat(36));
            environment = environment.plus(Text.encode("variable", variable));
        }
    }

    @Sentence("The time to write a request for a start, with 0, 20 and 250 variables.")
    @Benchmark
    public RequestEncoder encode() {
        RequestEncoder request = new RequestEncoder(1, 0, STREAMS + 1);
        for (int fd = 0; fd < STREAMS; fd++) {
            request.actions().inherit(fd);
        }
        request.actions().closeOthers();
        request.program(path, Strings.NONE.plus(path), environment);
        return request;
    }
}
