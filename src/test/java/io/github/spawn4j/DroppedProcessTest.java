// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.StartWay;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;

/** A process that nobody refers to any more leaves nothing behind. */
@Timeout(180)
class DroppedProcessTest {
    private static void assertNothingRemains(Map<Integer, String> before) throws Exception {
        Eventually.isTrue(
                () -> "descriptors and children as before: " + before,
                () -> {
                    System.gc();
                    return LeakCheck.descriptors().equals(before)
                            && StartWay.started().findAny().isEmpty();
                });
    }

    @ForEachStrategy
    void isReaped(SpawnStrategy strategy) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        for (int i = 0; i < 100; i++) {
            Probe.with(strategy, "--write-stdout", "1000").start();
        }

        assertNothingRemains(before);
    }

    @ForEachStrategy
    void isReapedWhenItEndsLater(SpawnStrategy strategy) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        long pid = startPausing(strategy);
        System.gc();

        ProcessHandle.of(pid).orElseThrow().destroyForcibly();

        assertNothingRemains(before);
    }

    private static long startPausing(SpawnStrategy strategy) throws Exception {
        return Probe.with(strategy, "--pause").start().pid();
    }

    @ForEachStrategy
    void closesItsPipesAlthoughAGrandchildHasThem(SpawnStrategy strategy) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        startWithGrandchild(strategy);

        // With the input closed the grandchild ends as well.
        assertNothingRemains(before);
    }

    private static void startWithGrandchild(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--fork-cat", "--exit", "0").start();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void closesTheOutputThatAReaderWaitedForWhenTheProcessEnded(SpawnStrategy strategy)
            throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        readOneByteOfAGrandchild(strategy);

        assertNothingRemains(before);
    }

    private static void readOneByteOfAGrandchild(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--fork-cat", "--say", "f", "--pause").start();
        InputStream output = process.getInputStream();
        assertThat(output.read()).as("it has forked").isEqualTo('f');
        FutureTask<Integer> read = new FutureTask<>(output::read);
        Thread reader = new Thread(read, "reader");
        reader.start();
        waitUntilBlocked(reader);

        process.signal(Signal.KILL);
        process.waitFor();
        process.getOutputStream().write('x'); // the grandchild hands it on
        process.getOutputStream().close();

        assertThat(read.get()).isEqualTo('x');
        reader.join();
    }

    @ForEachStrategy
    void closesTheInputThatAWriterWaitedForWhenTheProcessEnded(SpawnStrategy strategy)
            throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        writeTooMuch(strategy);

        assertNothingRemains(before);
    }

    private static void writeTooMuch(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--pause").start();
        FutureTask<Boolean> write =
                new FutureTask<>(
                        () -> {
                            try {
                                process.getOutputStream().write(new byte[1 << 20]);
                                return false;
                            } catch (java.io.IOException e) {
                                return true;
                            }
                        });
        Thread writer = new Thread(write, "writer");
        writer.start();
        waitUntilBlocked(writer);

        process.signal(Signal.KILL);

        assertThat(write.get()).as("write has failed").isTrue();
        writer.join();
        process.waitFor();
    }

    private static void waitUntilBlocked(Thread thread) throws Exception {
        Eventually.isTrue(
                "thread waits in native code",
                () ->
                        Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("await0")));
    }
}
