// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.spawners.ExitNotifier;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** The exit of a child that nobody waits for; {@code exits} measures the last part of it alone. */
public class ExitBenchmark extends ProgramBenchmark {
    @Param public ExitNotifier notifier;

    private List<String> command;

    @Override
    void open(NativePrograms programs) throws IOException {
        command = List.of(noop());
    }

    @Sentence("The time from a start to the callback that tells of the exit.")
    @Benchmark
    public Boolean startAndBeTold() throws Exception {
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        notifier.start(command, () -> told.complete(true));
        return told.get(30, TimeUnit.SECONDS);
    }
}
