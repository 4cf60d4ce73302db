// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.benchmarks;

import io.github.spawn4j.tools.spawners.Samples;
import io.github.spawn4j.tools.spawners.SpawnerType;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Starts by a JVM that has much open or in use, as an application has after a while. */
@Fork(
        value = 2,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:MaxDirectMemorySize=5g"})
public class BurdenBenchmark extends SpawnerBenchmark {
    /** A JVM with so many files open. */
    @State(Scope.Benchmark)
    public static class OpenFiles {
        @Param({"0", "1000", "10000"})
        public int openFiles;

        private final List<FileInputStream> files = new ArrayList<>();

        /** After the spawner: an application has loaded its libraries before it is busy. */
        @Setup
        public void open(BurdenBenchmark spawner) throws IOException {
            for (int i = 0; i < openFiles; i++) {
                files.add(new FileInputStream("/dev/null"));
            }
        }

        @TearDown
        public void close() throws IOException {
            for (FileInputStream file : files) {
                file.close();
            }
        }
    }

    /** A JVM with so much memory in use. */
    @State(Scope.Benchmark)
    public static class Memory {
        private static final int CHUNK_MIB = 64;

        @Param({"0", "1024", "4096"})
        public int residentMib;

        private final List<ByteBuffer> memory = new ArrayList<>();

        @Setup
        public void fill() {
            for (int left = residentMib; left > 0; left -= CHUNK_MIB) {
                // Off the heap, where no collector moves it; resident at once, as it is zeroed.
                memory.add(ByteBuffer.allocateDirect(Math.min(left, CHUNK_MIB) << 20));
            }
        }
    }

    @Param({
        "JDK",
        "JDK_FORK",
        "JDK_VFORK",
        "NUPROCESS_RUN",
        "ZT_EXEC",
        "COMMONS_EXEC",
        "PTY4J",
        "SMALLRYE",
        "SPAWN4J_FORK",
        "SPAWN4J_CLONE3",
        "SPAWN4J_TEMPLATE"
    })
    public SpawnerType spawner;

    @Override
    SpawnerType type() {
        return spawner;
    }

    @Sentence("Start and wait, by a JVM with 0, 1,000 and 10,000 more files open.")
    @Benchmark
    public Samples byOpenFiles(OpenFiles files) throws IOException, InterruptedException {
        return startAndWait(1);
    }

    @Sentence("Start and wait, by a JVM with 0, 1 and 4 GiB more memory in use.")
    @Benchmark
    public Samples byMemory(Memory memory) throws IOException, InterruptedException {
        return startAndWait(1);
    }
}
