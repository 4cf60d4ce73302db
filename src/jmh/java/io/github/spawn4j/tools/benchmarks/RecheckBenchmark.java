// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Executable;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Pidfd;
import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs that a template looks, at every spawn, whether its program is still the same. The
 * request is written by hand: the library has no switch that leaves the look out. {@code
 * docs/recheck.md} tells the result: compare medians.
 */
@BenchmarkMode(Mode.SampleTime)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class RecheckBenchmark extends ProgramBenchmark {
    private static final int STREAMS = 3;

    private byte[] path;
    private PinnedExecutable executable;

    @Override
    void open(NativePrograms programs) throws IOException {
        path = Text.encode("program", noop());
        executable = new PinnedExecutable(path);
    }

    @Override
    void close() throws IOException {
        executable.close();
    }

    @Sentence("A spawn of a template, which first looks whether its program is the same.")
    @Benchmark
    public void spawnWithRecheck() throws IOException {
        RequestEncoder request = request();
        try (PinnedExecutable.Use use = executable.use()) {
            use.encode(request, true);
            launchAndWait(request);
        }
    }

    @Sentence("A spawn of a template without that look.")
    @Benchmark
    public void spawnWithoutRecheck() throws IOException {
        RequestEncoder request = request();
        try (PinnedExecutable.Use use = executable.use()) {
            use.encodeOpenFile(request);
            launchAndWait(request);
        }
    }

    /** Looks at the path once, as the recheck does, and then asks for the permission as well. */
    @Sentence("A look whether a template's program is still the same, alone.")
    @Benchmark
    public int lookAtPath() {
        return Executable.check(path);
    }

    private RequestEncoder request() {
        RequestEncoder request = new RequestEncoder(1, 0, STREAMS + 1);
        for (int fd = 0; fd < STREAMS; fd++) {
            request.actions().inherit(fd);
        }
        request.actions().closeOthers();
        request.program(path, Strings.NONE.plus(path), Strings.NONE);
        return request;
    }

    private static void launchAndWait(RequestEncoder request) throws IOException {
        Outcome outcome = request.outcome();
        request.launch(RequestLayout.STRATEGY_CLONE3);
        outcome.check();
        try (Fd pidfd = new Fd(outcome.pidfd())) {
            int number = pidfd.acquire();
            try {
                Pidfd.awaitExit(number);
            } finally {
                pidfd.release(number);
            }
        }
    }
}
