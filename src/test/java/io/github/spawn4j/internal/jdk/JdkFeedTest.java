// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.jdk;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.NoMemoryOnce;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is told of an input that fails, and when. */
class JdkFeedTest {
    private static final long LIMIT_S = 30;

    private final Queue<String> events = new ConcurrentLinkedQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private final OutputStream input =
            new OutputStream() {
                @Override
                public void write(int value) {}

                @Override
                public void close() {
                    events.add("closed");
                    closed.countDown();
                }
            };

    /** A child that sees the end first ends well, and so would its run. */
    @Test
    void tellsWhatAStreamHasThrownBeforeTheChildSeesTheEnd() throws Exception {
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new IllegalStateException("broken");
                    }
                };

        JdkFeed feed = new JdkFeed(input, false);
        feed.copy(broken, e -> events.add(e.getMessage()));

        assertThat(closed.await(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(events).containsExactly("broken", "closed");
    }

    @Test
    void tellsThatThereWasNoThreadForIt() throws Exception {
        try (NoMemoryOnce noMemory = new NoMemoryOnce("spawn4j-input")) {
            JdkFeed feed = new JdkFeed(input, false);
            feed.write(new byte[1], e -> events.add(e.getMessage()));
            feed.endBehind();
            assertThat(noMemory.hasFailed()).isTrue();
        }

        assertThat(closed.await(LIMIT_S, TimeUnit.SECONDS)).isTrue();
        assertThat(events).hasSize(2).first().asString().startsWith("pthread_create: EAGAIN");
    }
}
