package io.github.spawn4j;

import io.github.spawn4j.internal.io.Child;
import io.github.spawn4j.internal.io.Feed;
import io.github.spawn4j.internal.io.Pump;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Where the standard input of a run comes from. Immutable. */
abstract sealed class Input {
    /** Nothing: the child finds the end at once. */
    static final Input NONE = new File(Redirect.DISCARD);

    private Input() {}

    static Input of(byte[] bytes) {
        return new Bytes(bytes.clone());
    }

    static Input of(InputStream stream) {
        return new Stream(stream);
    }

    static Input of(Path file) {
        return new File(Redirect.from(file));
    }

    /** What the child reads itself, or null if it has a pipe that is written to. */
    Redirect redirect() {
        return null;
    }

    /**
     * Takes over our end of the pipe, to be written to when the child runs.
     *
     * @param failed told on any thread if there is no more input although it has not ended; must
     *     not wait
     */
    abstract Writer open(int fd, Consumer<Throwable> failed);

    private static void tell(Consumer<Throwable> failed, CompletableFuture<?> written) {
        written.whenComplete(
                (done, failure) -> {
                    if (failure != null) {
                        failed.accept(failure);
                    }
                });
    }

    /** Our end of the pipe, and what begins the writing. */
    record Writer(Child.Stream stream, Runnable start) {}

    private static final class Bytes extends Input {
        private final byte[] bytes;

        Bytes(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        Writer open(int fd, Consumer<Throwable> failed) {
            Feed feed = new Feed(fd, bytes);
            tell(failed, feed.done());
            return new Writer(feed, feed::start);
        }
    }

    private static final class Stream extends Input {
        private final InputStream stream;

        Stream(InputStream stream) {
            this.stream = Objects.requireNonNull(stream, "stream");
        }

        @Override
        Writer open(int fd, Consumer<Throwable> failed) {
            Pump pump = new Pump(stream, fd);
            tell(failed, pump.done());
            return new Writer(pump, pump::start);
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
        Writer open(int fd, Consumer<Throwable> failed) {
            throw new AssertionError("no pipe");
        }
    }
}
