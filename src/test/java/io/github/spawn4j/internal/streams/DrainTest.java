// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.testing.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An output that is read by the reactor, driven through a pipe of our own. */
@Timeout(60)
class DrainTest {
    private Fd reader;
    private Fd writer;

    @BeforeEach
    void open() throws IOException {
        Io.Pipe pipe = Io.pipe();
        reader = Io.unblocked(pipe.reader());
        pipe.reader().close();
        writer = pipe.writer();
    }

    @AfterEach
    void close() {
        reader.close();
        writer.close();
    }

    /** Notes what it is told, and does not return before it may. */
    private static final class Notes implements Drain.Listener {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final CountDownLatch mayReturn = new CountDownLatch(1);
        private volatile RuntimeException failure;

        @Override
        public void bytes(ByteBuffer bytes) throws Exception {
            told.add(StandardCharsets.UTF_8.decode(bytes).toString());
            mayReturn.await();
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void end() {
            told.add("end");
        }

        @Override
        public void stop() {
            told.add("stop");
        }

        String next() throws InterruptedException {
            return told.poll(10, SECONDS);
        }
    }

    private Drain drain(int most, Drain.Listener listener) throws IOException {
        Drain drain =
                new Drain(reader, false, new CaptureBuffer(most, false, false), most, listener);
        drain.start();
        return drain;
    }

    private void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Io.write(writer.number(), bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static String kept(Drain drain) {
        return new String(Chunks.join(drain.captured().bytes()), StandardCharsets.UTF_8);
    }

    @Test
    void keepsAllUntilTheEnd() throws Exception {
        Drain drain = drain(100, null);
        write("one");
        Eventually.isTrue("the first part is read", () -> kept(drain).equals("one"));
        write("two");
        writer.close();

        drain.done().get(10, SECONDS);

        assertThat(kept(drain)).isEqualTo("onetwo");
        assertThat(drain.captured().isCut()).isFalse();
        assertThat(reader.isOpen()).isFalse();
    }

    @Test
    void readsNothingBeforeTheListenerHasReturned() throws Exception {
        Notes notes = new Notes();
        Drain drain = drain(100, notes);
        write("one");
        assertThat(notes.next()).isEqualTo("one");

        write("two");
        CountDownLatch passed = new CountDownLatch(1);
        Reactor.schedule(0, passed::countDown); // behind what the reactor would read
        assertThat(passed.await(10, SECONDS)).isTrue();

        assertThat(kept(drain)).isEqualTo("one");
        notes.mayReturn.countDown();
        assertThat(notes.next()).isEqualTo("two");
        writer.close();
        assertThat(notes.next()).isEqualTo("end");
        drain.done().get(10, SECONDS);
    }

    @Test
    void failsWithWhatTheListenerHasThrown() throws Exception {
        Notes notes = new Notes();
        notes.failure = new IllegalStateException("enough");
        notes.mayReturn.countDown();
        Drain drain = drain(100, notes);

        write("one");

        assertThatThrownBy(() -> drain.done().get(10, SECONDS))
                .cause()
                .isInstanceOf(Drain.ListenerException.class)
                .hasCause(notes.failure);
        assertThat(reader.isOpen()).isFalse();
    }

    @Test
    void failsWithMoreThanMayBeKept() throws Exception {
        Drain drain = drain(2, null);

        write("one");

        assertThatThrownBy(() -> drain.done().get(10, SECONDS))
                .hasCauseInstanceOf(Drain.OverflowException.class);
    }

    @Test
    void isDoneAtOnceWhenItIsAbandonedThoughTheListenerDoesNotReturn() throws Exception {
        Notes notes = new Notes();
        Drain drain = drain(100, notes);
        write("one");
        assertThat(notes.next()).isEqualTo("one");

        drain.abandon(); // which interrupts it

        assertThat(drain.done()).isCompleted();
        assertThat(notes.next()).isEqualTo("stop");
        assertThat(drain.captured().isCut()).isTrue();
        assertThat(reader.isOpen()).isFalse();
    }

    @Test
    void readsWhatWasThereWhenItIsCutAndNoMore() throws Exception {
        Notes notes = new Notes();
        Drain drain = drain(100, notes);
        write("one");
        assertThat(notes.next()).isEqualTo("one");
        write("two");

        CountDownLatch cut = new CountDownLatch(1);
        Reactor.schedule(
                0,
                () -> {
                    drain.cut();
                    cut.countDown();
                });
        assertThat(cut.await(10, SECONDS)).isTrue();
        write("three");
        notes.mayReturn.countDown();

        drain.done().get(10, SECONDS);
        assertThat(kept(drain)).isEqualTo("onetwo");
        assertThat(drain.captured().isCut()).isTrue();
        assertThat(notes.next()).isEqualTo("two");
        assertThat(notes.next()).isEqualTo("end");
    }

    @Test
    void changesItsStateAsItIsDrawn() {
        Map<Drain.State, Set<Drain.State>> drawn =
                Map.of(
                        Drain.State.READING, Set.of(Drain.State.CALLING, Drain.State.ENDED),
                        Drain.State.CALLING, Set.of(Drain.State.READING, Drain.State.ENDED),
                        Drain.State.ENDED, Set.of(Drain.State.PASSED_ON),
                        Drain.State.PASSED_ON, Set.of(Drain.State.ENDED));

        for (Drain.State from : Drain.State.values()) {
            for (Drain.State to : Drain.State.values()) {
                assertThat(from.mayBecome(to))
                        .as(from + " to " + to)
                        .isEqualTo(drawn.get(from).contains(to));
            }
        }
    }
}
