// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ThreadKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our own threads get a processor soon, and what users start from them is as usual. */
@Timeout(60)
class TimeSliceTest {
    private static String usual;

    @BeforeAll
    static void findTheUsualSlice() throws Exception {
        Optional<String> slice = ownSlice();
        assumeTrue(slice.isPresent(), "this kernel tells no slices in /proc/PID/sched");
        usual = slice.get();
    }

    private static String half() {
        return Long.toString(Long.parseLong(usual) / 2);
    }

    private static Optional<String> ownSlice() throws IOException {
        return sliceOf(Path.of("/proc/thread-self"));
    }

    private static Optional<String> sliceOf(Path thread) throws IOException {
        try {
            return slice(Files.readString(thread.resolve("sched")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    /** The slice in nanoseconds, as /proc/PID/sched has it. */
    private static Optional<String> slice(String sched) {
        return sched.lines()
                .filter(line -> line.startsWith("se.slice"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst();
    }

    @Test
    void theReactorHasShorterSlices() throws Exception {
        PidfdProcess.builder("true").start().onExit().get();

        assertThat(threads("spawn4j-reactor"))
                .hasSize(1)
                .allSatisfy(task -> assertThat(sliceOf(task)).contains(half()));
    }

    @Test
    void callbacksHaveShorterSlices() throws Exception {
        assertThat(inCallback(TimeSliceTest::ownSlice).get()).contains(half());
    }

    @ForEachStrategy
    void childrenOfCallbacksHaveTheUsualOnes(SpawnStrategy strategy) throws Exception {
        String sched =
                inCallback(
                                () ->
                                        PidfdProcess.builder("cat", "/proc/self/sched")
                                                .strategy(strategy)
                                                .run(RunOptions.noTimeout())
                                                .stdout()
                                                .text())
                        .get();

        assertThat(slice(sched)).contains(usual);
    }

    @Test
    void threadsOfCallbacksHaveTheUsualOnes() throws Exception {
        var slice = inCallback(() -> ThreadKind.PLATFORM.run(TimeSliceTest::ownSlice).get());

        assertThat(slice.get()).contains(usual);
    }

    private static List<Path> threads(String name) throws IOException {
        List<Path> threads = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                try {
                    if (Files.readString(task.resolve("comm")).strip().equals(name)) {
                        threads.add(task);
                    }
                } catch (IOException e) {
                    // ended meanwhile
                }
            }
        }
        return threads;
    }

    /** Calls {@code task} when a process has ended, as a user's callback. */
    private static <T> CompletableFuture<T> inCallback(Callable<T> task) throws Exception {
        Process process = PidfdProcess.builder("cat").start();
        CompletableFuture<T> result =
                process.onExit()
                        .thenApply(
                                ended -> {
                                    try {
                                        return task.call();
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        process.getOutputStream().close();
        return result;
    }
}
