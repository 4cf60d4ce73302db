// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * Children in a cgroup of their own. Needs a cgroup2 file system in which a directory can be made,
 * and fails without one.
 */
public class CgroupBenchmark extends ProgramBenchmark {
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    private String program;
    private Path cgroup;

    @Override
    void open(NativePrograms programs) throws IOException {
        program = noop();
        cgroup =
                Files.createDirectory(
                        mount().resolve("spawn4j-benchmark-" + ProcessHandle.current().pid()));
    }

    private static Path mount() throws IOException {
        return Files.readAllLines(MOUNTS).stream()
                .map(line -> line.split(" "))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> Path.of(fields[1]))
                .findFirst()
                .orElseThrow(() -> new IOException("no cgroup2 file system is mounted"));
    }

    @Override
    void close() throws IOException {
        Files.delete(cgroup);
    }

    @Sentence("Start and wait for a child that is born in another cgroup.")
    @Benchmark
    public int born() throws IOException, InterruptedException {
        return PidfdProcess.builder(program)
                .stdin(Redirect.DISCARD)
                .stdout(Redirect.DISCARD)
                .stderr(Redirect.DISCARD)
                .cgroup(cgroup)
                .start()
                .waitFor();
    }

    /** It may have exited before it is moved, which then costs less: the kernel moves zombies. */
    @Sentence("The same for a child that is moved there after its start, by cgroup.procs.")
    @Benchmark
    public int migrates() throws IOException, InterruptedException {
        PidfdProcess process =
                PidfdProcess.builder(program)
                        .stdin(Redirect.DISCARD)
                        .stdout(Redirect.DISCARD)
                        .stderr(Redirect.DISCARD)
                        .start();
        move(process);
        return process.waitFor();
    }

    private void move(PidfdProcess process) throws IOException {
        try {
            Files.writeString(cgroup.resolve("cgroup.procs"), Long.toString(process.pid()));
        } catch (IOException e) {
            if (process.isAlive()) {
                throw e;
            }
        }
    }
}
