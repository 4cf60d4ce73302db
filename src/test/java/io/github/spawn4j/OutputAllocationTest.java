// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.Allocations;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much memory output takes on its way, in all threads together. */
@Timeout(60)
class OutputAllocationTest {
    private static final int SIZE = 16 << 20;

    /** What all else takes: the start, the threads of the tests. */
    private static final int REST = SIZE / 8;

    private static long allocatedBy(Callable<?> task) throws Exception {
        task.call(); // the threads and classes that it takes are there then
        Allocations before = Allocations.of(thread -> true);
        task.call();
        return Allocations.of(thread -> true).since(before);
    }

    private static EmptyProcess output() throws Exception {
        return PidfdProcess.builder("head", "-c", Integer.toString(SIZE), "/dev/zero");
    }

    private static CommandResult run(Capture capture) throws Exception {
        CommandResult result = output().run(RunOptions.noTimeout().stdout(capture));
        assertThat(result.stdout().total()).isEqualTo(SIZE);
        return result;
    }

    @Test
    void aRunKeepsItsOutputWithoutCopyingItAsItGrows() throws Exception {
        long allocated = allocatedBy(() -> run(Capture.failBeyond(SIZE)));

        assertThat(allocated).isBetween((long) SIZE, (long) SIZE + REST);
    }

    @Test
    void theOutputOfARunIsOneArrayWhenSomebodyAsksForIt() throws Exception {
        long allocated = allocatedBy(() -> run(Capture.failBeyond(SIZE)).stdout().bytes());

        assertThat(allocated).isBetween(2L * SIZE, 2L * SIZE + REST);
    }

    @Test
    void theEndOfAnOutputTakesNoMoreThanWhatIsKeptOfIt() throws Exception {
        long allocated = allocatedBy(() -> run(Capture.keepTail(SIZE / 8)));

        assertThat(allocated).isLessThan(3L * SIZE / 8 + REST);
    }

    @Test
    void aStreamIsReadToItsEndWithoutCopyingAsItGrows() throws Exception {
        long allocated =
                allocatedBy(
                        () -> {
                            try (PidfdProcess process = output().start()) {
                                return process.getInputStream().readAllBytes();
                            }
                        });

        assertThat(allocated).isBetween(2L * SIZE, 2L * SIZE + REST);
    }
}
