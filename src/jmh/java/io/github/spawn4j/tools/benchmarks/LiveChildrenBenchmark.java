// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.NativePrograms;
import io.github.spawn4j.tools.Starter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/** Starts by a JVM that has many living children; {@code live} tells what those cost. */
public class LiveChildrenBenchmark extends ProgramBenchmark {
    private static final List<String> SLEEP = List.of("sleep", "3600");

    @Param({"0", "500", "2000"})
    public int children;

    /** Whose children they are. */
    @Param public Starter spawner;

    private final List<Process> living = new ArrayList<>();
    private List<String> command;

    @Override
    void open(NativePrograms programs) throws IOException {
        command = List.of(noop());
        while (living.size() < children) {
            living.add(spawner.start(SLEEP));
        }
    }

    @Override
    void close() throws InterruptedException {
        living.forEach(Process::destroyForcibly);
        for (Process child : living) {
            child.waitFor();
        }
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
