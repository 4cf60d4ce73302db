// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.tools.OsThreads;
import io.github.spawn4j.tools.VirtualThread;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads that wait for children park, rather than keep an OS thread each. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class VirtualThreadsTest {
    private static final int COUNT = 200;

    /** More than a pipe holds. */
    private static final int MUCH = 200_000;

    private interface Task {
        void run() throws Exception;
    }

    /** Once only: threads that one test is too many of may still be there in the next. */
    private static int before;

    @BeforeAll
    static void countThreads() throws Exception {
        assumeTrue(VirtualThread.isSupported(), "this JVM has no virtual threads; JDK 21 has");
        VirtualThread.startCarriers();
        before = OsThreads.count();
    }

    @Test
    void readersNeedFewThreads() throws Exception {
        assertFewThreads(
                () ->
                        assertThat(start("sleep 1; echo done").inputReader().lines())
                                .containsExactly("done"));
    }

    @Test
    void writersNeedFewThreads() throws Exception {
        assertFewThreads(
                () -> {
                    PidfdProcess process = start("sleep 1; wc -c");
                    try (OutputStream input = process.getOutputStream()) {
                        input.write(new byte[MUCH]);
                    }
                    assertThat(process.inputReader().readLine().strip()).isEqualTo("" + MUCH);
                });
    }

    @Test
    void thoseThatWaitForAnExitNeedFewThreads() throws Exception {
        assertFewThreads(() -> assertThat(start("sleep 1; exit 7").waitFor()).isEqualTo(7));
    }

    @Test
    void thoseThatWaitForAnExitWithATimeLimitNeedFewThreads() throws Exception {
        assertFewThreads(() -> assertThat(start("sleep 1").waitFor(50, TimeUnit.SECONDS)).isTrue());
    }

    @Test
    void thoseThatAreToldOfAnExitNeedFewThreads() throws Exception {
        assertFewThreads(
                () -> assertThat(start("sleep 1; exit 7").onExit().get().exitValue()).isEqualTo(7));
    }

    private static PidfdProcess start(String script) throws Exception {
        return PidfdProcess.builder("/bin/sh", "-c", script).start();
    }

    /** Runs the task in many virtual threads at once. */
    private static void assertFewThreads(Task task) throws Exception {
        CompletableFuture<?>[] results = new CompletableFuture<?>[COUNT];
        try (OsThreads.Peak peak = new OsThreads.Peak()) {
            for (int i = 0; i < COUNT; i++) {
                CompletableFuture<Void> result = new CompletableFuture<>();
                results[i] = result;
                VirtualThread.start(() -> run(task, result));
            }
            CompletableFuture.allOf(results).get(40, TimeUnit.SECONDS);
            assertThat(peak.stop() - before).as("additional OS threads").isLessThan(10);
        }
    }

    private static void run(Task task, CompletableFuture<Void> result) {
        try {
            task.run();
            result.complete(null);
        } catch (Exception | AssertionError e) {
            result.completeExceptionally(e);
        }
    }
}
