// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.jdk.JdkFeed;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.streams.Feed;
import io.github.spawn4j.internal.streams.LiveFeed;
import io.github.spawn4j.internal.streams.PipeOutput;
import io.github.spawn4j.internal.streams.Pump;
import io.github.spawn4j.internal.streams.Terminal;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Where the standard input of a run comes from. Immutable. */
abstract sealed class Input {
    /** Nothing: the child finds the end at once. */
    static final Input NONE = new Bytes(new byte[0], Redirect.DISCARD);

    /** What comes while the child runs, until somebody says the end. */
    static final Input LIVE = new Live();

    private Input() {}

    static Input of(byte[] bytes) {
        return new Bytes(bytes.clone(), null);
    }

    static Input of(InputStream stream) {
        return new Stream(stream);
    }

    static Input of(Path file) {
        return new File(Redirect.from(file));
    }

    /** What the child reads instead of a pipe, or null if it is to have the pipe. */
    abstract Redirect redirect();

    /** Whether it can be typed on a terminal. */
    boolean isTyped() {
        return true;
    }

    /**
     * Takes over our end of the pipe or of the terminal, to be written to when the child runs.
     *
     * @param terminal the terminal, or null if it is a pipe
     * @param failed told on any thread if there is no more input although it has not ended; must
     *     not wait
     */
    abstract Writer open(Fd fd, Terminal terminal, Consumer<Throwable> failed);

    /** The same of a stream of the JDK's. */
    abstract Writer open(OutputStream to, Consumer<Throwable> failed);

    private static void tell(Consumer<Throwable> failed, CompletableFuture<?> written) {
        written.whenComplete(
                (done, failure) -> {
                    if (failure != null) {
                        failed.accept(failure);
                    }
                });
    }

    /**
     * Our end of the pipe.
     *
     * @param stream the end
     * @param input the same, as a teardown ends it
     * @param start what begins the writing
     */
    record Writer(Child.Stream stream, Child.Input input, Runnable start) {}

    private static final class Bytes extends Input {
        private final byte[] bytes;
        private final Redirect redirect;

        Bytes(byte[] bytes, Redirect redirect) {
            this.bytes = bytes;
            this.redirect = redirect;
        }

        @Override
        Redirect redirect() {
            return redirect;
        }

        @Override
        Writer open(Fd fd, Terminal terminal, Consumer<Throwable> failed) {
            Feed feed = new Feed(fd, bytes, terminal != null);
            tell(failed, feed.done());
            return new Writer(feed, feed, feed::start);
        }

        @Override
        Writer open(OutputStream to, Consumer<Throwable> failed) {
            JdkFeed feed = new JdkFeed(to, false);
            return new Writer(
                    feed,
                    feed,
                    () -> {
                        feed.write(bytes, failed);
                        feed.endBehind();
                    });
        }
    }

    private static final class Live extends Input {
        @Override
        Redirect redirect() {
            return null;
        }

        @Override
        Writer open(Fd fd, Terminal terminal, Consumer<Throwable> failed) {
            // Each write tells its own caller whether it has failed.
            LiveFeed feed = new LiveFeed(fd, terminal != null);
            return new Writer(feed, feed, () -> {});
        }

        @Override
        Writer open(OutputStream to, Consumer<Throwable> failed) {
            JdkFeed feed = new JdkFeed(to, true);
            return new Writer(feed, feed, () -> {});
        }
    }

    private static final class Stream extends Input {
        private final InputStream stream;

        Stream(InputStream stream) {
            this.stream = Objects.requireNonNull(stream, "stream");
        }

        @Override
        Redirect redirect() {
            return null;
        }

        @Override
        Writer open(Fd fd, Terminal terminal, Consumer<Throwable> failed) {
            Pump pump =
                    new Pump(
                            stream,
                            terminal == null ? new PipeOutput(fd, false) : terminal.output(false));
            tell(failed, pump.done());
            return new Writer(pump, pump, pump::start);
        }

        @Override
        Writer open(OutputStream to, Consumer<Throwable> failed) {
            JdkFeed feed = new JdkFeed(to, false);
            return new Writer(
                    feed,
                    feed,
                    () -> {
                        feed.copy(stream, failed);
                        feed.endBehind();
                    });
        }
    }

    private static final class File extends Input {
        private final Redirect redirect;

        File(Redirect redirect) {
            this.redirect = redirect;
        }

        @Override
        Redirect redirect() {
            return redirect;
        }

        @Override
        boolean isTyped() {
            return false;
        }

        @Override
        Writer open(Fd fd, Terminal terminal, Consumer<Throwable> failed) {
            throw new AssertionError("read by the child itself");
        }

        @Override
        Writer open(OutputStream to, Consumer<Throwable> failed) {
            throw new AssertionError("read by the child itself");
        }
    }
}
