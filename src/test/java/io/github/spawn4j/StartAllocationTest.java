// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.spawn4j.testing.Allocations;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How much garbage a start and a run make, which many of them at once would make the collector
 * feel: the mean of many, behind others by which all that is made once has been made.
 */
@Timeout(60)
class StartAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int WARM_UP = 200;

    private static final int TIMES = 500;

    private static SpawnTemplate.Builder template(String program) {
        return SpawnTemplate.builder(System.getProperty("spawn4j.native.bin") + "/" + program)
                .stdin(Redirect.DISCARD);
    }

    /** The bytes that the calling thread allocates each time. */
    private static long bytesOfThisThread(Callable<?> operation) throws Exception {
        long self = Thread.currentThread().getId();
        repeat(WARM_UP, operation);
        long before = THREADS.getThreadAllocatedBytes(self);
        repeat(TIMES, operation);
        return (THREADS.getThreadAllocatedBytes(self) - before) / TIMES;
    }

    private static void repeat(int times, Callable<?> operation) throws Exception {
        for (int i = 0; i < times; i++) {
            operation.call();
        }
    }

    /**
     * The bytes that the calling thread and those of the library allocate each time. Not those of
     * other threads, which have nothing to do with it.
     */
    private static long bytesOfAllThreads(Callable<?> operation) throws Exception {
        repeat(WARM_UP, operation);
        Allocations before = ofThisThreadAndOurs();
        repeat(TIMES, operation);
        return ofThisThreadAndOurs().since(before) / TIMES;
    }

    private static Allocations ofThisThreadAndOurs() {
        Thread self = Thread.currentThread();
        return Allocations.of(thread -> thread == self || thread.getName().startsWith("spawn4j-"));
    }

    @Test
    void ofAStartAndAWaitIsAKibibyteAtMost() throws Exception {
        try (SpawnTemplate noop =
                template("noop").stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).build()) {
            assertThat(bytesOfThisThread(() -> noop.spawn().waitFor())).isLessThanOrEqualTo(1024);
        }
    }

    @Test
    void ofARunOfOneLineIsFourKibibytesAtMost() throws Exception {
        RunOptions options = RunOptions.timeout(Duration.ofSeconds(30));
        try (SpawnTemplate line = template("line").build()) {
            assertThat(line.run(options).stdout().lines()).hasSize(1);

            assertThat(bytesOfAllThreads(() -> line.run(options))).isLessThanOrEqualTo(4096);
        }
    }
}
