package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much garbage a start makes, which many of them at once would make the collector feel. */
@Timeout(60)
class StartAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** All that is made only once has been made by then. */
    private static final int WARM_UP = 200;

    private static final int TIMES = 200;

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

    @Test
    void ofAStartAndAWaitIsAKibibyteAtMost() throws Exception {
        try (SpawnTemplate noop =
                template("noop").stdout(Redirect.DISCARD).stderr(Redirect.DISCARD).build()) {
            assertThat(bytesOfThisThread(() -> noop.spawn().waitFor())).isLessThanOrEqualTo(1024);
        }
    }
}
