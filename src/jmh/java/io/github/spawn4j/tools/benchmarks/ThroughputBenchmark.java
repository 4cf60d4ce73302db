// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.Starter;
import io.github.spawn4j.tools.TemporaryDirectory;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The time that 1 GiB takes from a child, or through one, with arrays of 64 KiB. Files lie in
 * memory, so that no disk is measured.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
@Fork(
        value = 2,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=/dev/shm"})
@State(Scope.Benchmark)
public class ThroughputBenchmark {
    private static final long SIZE = 1L << 30;
    private static final int ARRAY_SIZE = 1 << 16;

    /** Who starts the child, and so makes its streams. */
    @Param public Starter spawner;

    private final ExecutorService executor = Executors.newSingleThreadExecutor();
    private TemporaryDirectory directory;
    private Path file;
    private ServerSocket server;
    private Socket client;
    private Socket accepted;

    @Setup
    public void open() throws IOException {
        directory = new TemporaryDirectory();
        file = directory.path().resolve("file");
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        client = new Socket(server.getInetAddress(), server.getLocalPort());
        accepted = server.accept();
    }

    @TearDown(Level.Iteration)
    public void deleteFile() throws IOException {
        Files.deleteIfExists(file);
    }

    @TearDown
    public void close() throws IOException {
        accepted.close();
        client.close();
        server.close();
        directory.close();
        executor.shutdown();
    }

    private Process zeros() throws IOException {
        return spawner.start(List.of("head", "-c", Long.toString(SIZE), "/dev/zero"));
    }

    @Sentence("1 GiB to cat and back.")
    @Benchmark
    public void cat() throws Exception {
        Process process = spawner.start(List.of("cat"));
        Future<Void> writing = executor.submit(() -> write(process.getOutputStream()));
        read(process.getInputStream(), Long.MAX_VALUE);
        finish(process, writing);
    }

    @Sentence("1 GiB from a child, in pieces of 64 KiB.")
    @Benchmark
    public void read() throws Exception {
        Process process = zeros();
        read(process.getInputStream(), Long.MAX_VALUE);
        finish(process);
    }

    @Sentence("1 GiB from a child to a FileOutputStream.")
    @Benchmark
    public void transferToFileOutputStream() throws Exception {
        transferTo(() -> new FileOutputStream(file.toFile()));
    }

    @Sentence("1 GiB from a child to a stream of Files.newOutputStream.")
    @Benchmark
    public void transferToFilesNewOutputStream() throws Exception {
        transferTo(() -> Files.newOutputStream(file));
    }

    private void transferTo(Callable<OutputStream> target) throws Exception {
        Process process = zeros();
        try (OutputStream out = target.call()) {
            check(process.getInputStream().transferTo(out));
        }
        finish(process);
    }

    @Sentence("1 GiB from a child to a socket.")
    @Benchmark
    public void transferToSocket() throws Exception {
        Process process = zeros();
        Future<Void> reading = executor.submit(() -> read(accepted.getInputStream(), SIZE));
        check(process.getInputStream().transferTo(client.getOutputStream()));
        finish(process, reading);
    }

    private static Void write(OutputStream stream) throws IOException {
        try (stream) {
            byte[] bytes = new byte[ARRAY_SIZE];
            for (long written = 0; written < SIZE; written += bytes.length) {
                stream.write(bytes);
            }
        }
        return null;
    }

    /** Reads {@link #SIZE} bytes, and then the end of the stream if the limit lies behind it. */
    private static Void read(InputStream stream, long limit) throws IOException {
        byte[] bytes = new byte[ARRAY_SIZE];
        long total = 0;
        int count;
        while (total < limit && (count = stream.read(bytes)) >= 0) {
            total += count;
        }
        check(total);
        return null;
    }

    private static void check(long total) {
        if (total != SIZE) {
            throw new AssertionError(total + " bytes instead of " + SIZE);
        }
    }

    private static void finish(Process process, Future<?>... others) throws Exception {
        for (Future<?> other : others) {
            other.get();
        }
        if (process.waitFor() != 0) {
            throw new AssertionError(process);
        }
    }
}
