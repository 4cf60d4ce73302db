// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.OwnThread;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The reading end, while other threads are at it. */
@Timeout(60)
class PipeInputTest {
    private static final int WRITTEN = 5;
    private static final int MANY = 10_000;

    /** A loop of {@code while (in.available() > 0)} behind waitFor() would lose the output. */
    @Test
    void countsWhatIsThereWhileTheExitIsBeingDealtWith() throws Exception {
        whileTheExitIsBeingDealtWith(input -> assertThat(input.available()).isEqualTo(WRITTEN));
    }

    private interface Check {
        void of(PipeInput input) throws IOException;
    }

    /** Many times; something has been written, and nobody reads. */
    private static void whileTheExitIsBeingDealtWith(Check check) throws Exception {
        Io.Pipe pipe = Io.pipe();
        Io.write(pipe.writer().number(), new byte[WRITTEN], 0, WRITTEN);
        PipeInput input = input(pipe);
        AtomicBoolean isAsked = new AtomicBoolean(true);
        FutureTask<Void> exits =
                OwnThread.start(
                        () -> {
                            while (isAsked.get()) {
                                input.childExited();
                            }
                            return null;
                        });
        try {
            for (int i = 0; i < MANY; i++) {
                check.of(input);
            }
        } finally {
            isAsked.set(false);
            OwnThread.join(exits);
            pipe.writer().close();
            input.close();
        }
    }

    /** As the JDK's documentation wants it: without blocking. */
    @Test
    void countsNothingWhileAReaderWaits() throws Exception {
        Io.Pipe pipe = Io.pipe();
        PipeInput input = input(pipe);
        Thread[] reading = new Thread[1];
        CountDownLatch reads = new CountDownLatch(1);
        FutureTask<Integer> reader =
                OwnThread.start(
                        () -> {
                            reading[0] = Thread.currentThread();
                            reads.countDown();
                            return input.read();
                        });
        reads.await();
        Eventually.isTrue("it waits", () -> isIn(reading[0], "await"));

        assertThat(input.available()).isZero();

        Io.write(pipe.writer().number(), new byte[] {7}, 0, 1);
        assertThat(OwnThread.join(reader)).isEqualTo(7);
        pipe.writer().close();
        input.close();
    }

    /** A teardown would wait for a reader that is not there. */
    @Test
    void isNotBeingReadWhileTheExitIsBeingDealtWith() throws Exception {
        whileTheExitIsBeingDealtWith(input -> assertThat(input.isBeingRead()).isFalse());
    }

    @Test
    void isBeingReadWhileReadersWait() throws Exception {
        Io.Pipe pipe = Io.pipe();
        PipeInput input = input(pipe);
        FutureTask<Integer> first = OwnThread.start(input::read);
        FutureTask<Integer> second = OwnThread.start(input::read);

        Eventually.isTrue("it is being read", input::isBeingRead);

        Io.write(pipe.writer().number(), new byte[] {7, 7}, 0, 2);
        assertThat(OwnThread.join(first)).isEqualTo(7);
        assertThat(OwnThread.join(second)).isEqualTo(7);
        assertThat(input.isBeingRead()).isFalse();
        pipe.writer().close();
        input.close();
    }

    private static PipeInput input(Io.Pipe pipe) throws IOException {
        PipeInput input = new PipeInput(Io.unblocked(pipe.reader()), false);
        pipe.reader().close();
        return input;
    }

    private static boolean isIn(Thread thread, String method) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }
}
