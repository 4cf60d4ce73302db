package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.tools.NativePrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
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

/**
 * Children in a cgroup of their own. Needs a cgroup2 file system in which a directory can be made,
 * and fails without one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@State(Scope.Benchmark)
public class CgroupBenchmark {
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    private NativePrograms programs;
    private String program;
    private Path cgroup;

    @Setup
    public void open() throws IOException {
        programs = new NativePrograms();
        program = programs.path("noop");
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

    @TearDown
    public void close() throws IOException {
        Files.delete(cgroup);
        programs.close();
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
