// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

/** The threads of this process as the kernel counts them. */
public final class OsThreads {
    private static final Path TASKS = Path.of("/proc/self/task");

    /** Of the compilers and collectors, which the JVM starts and ends as it likes. */
    private static final String OF_THE_JVM = "(C[12] Comp|GC Thr|G1 |Sweeper).*";

    private static final long PAUSE_NS = 1_000_000;

    private OsThreads() {}

    /** How many there are, except the JVM's compilers and collectors. */
    public static int count() {
        int count = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                if (isCounted(task)) {
                    count++;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    private static boolean isCounted(Path task) {
        try {
            return !Files.readString(task.resolve("comm")).strip().matches(OF_THE_JVM);
        } catch (IOException e) {
            return false; // ended meanwhile
        }
    }

    /** The most that were seen between its making and its close; counts every millisecond. */
    public static final class Peak implements AutoCloseable {
        private final FutureTask<Integer> task = new FutureTask<>(this::highest);
        private volatile boolean closed;

        public Peak() {
            Thread thread = new Thread(task, "peak of threads");
            thread.setDaemon(true);
            thread.start();
        }

        private int highest() {
            int highest = 0;
            while (!closed) {
                highest = Math.max(highest, count() - 1); // without this thread
                LockSupport.parkNanos(PAUSE_NS);
            }
            return highest;
        }

        /** Ends the counting. */
        public int stop() throws InterruptedException {
            closed = true;
            try {
                return task.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
