// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.streams.Drain;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where outputs are copied to as they come: a file of each run's own, or a stream of the caller's.
 * Immutable.
 *
 * @param file the file, or null
 * @param stream the stream, or null
 */
record CaptureDestination(Path file, OutputStream stream) {
    private static final Log LOG = Log.of(CaptureDestination.class);

    static CaptureDestination of(Path file) {
        return new CaptureDestination(Objects.requireNonNull(file, "file"), null);
    }

    static CaptureDestination of(OutputStream stream) {
        return new CaptureDestination(null, Objects.requireNonNull(stream, "stream"));
    }

    /**
     * The destinations of one run, each open once, however many outputs lead there. Thread-safe.
     */
    static final class Sinks {
        @GuardedBy("this")
        private final Map<CaptureDestination, Sink> sinks = new HashMap<>();

        /** What copies one output to {@code destination}, and then tells {@code next} if any. */
        Drain.Listener open(CaptureDestination destination, Drain.Listener next) {
            synchronized (this) {
                Sink sink = sinks.computeIfAbsent(destination, Sink::new);
                sink.enter();
                return new Copy(sink, next);
            }
        }

        /**
         * No more outputs will come. Until then a destination stays open, though the outputs of the
         * first stages may have ended before the next stage is started.
         */
        void complete() {
            synchronized (this) {
                for (Sink sink : sinks.values()) {
                    if (sink.release()) {
                        new Errand(sink::closeQuietly).run();
                    }
                }
            }
        }

        /**
         * Closes what the outputs have left open, as the run did not wait for them. By a worker, as
         * another one may be writing, for as long as it takes.
         */
        void closeSoon() {
            synchronized (this) {
                for (Sink sink : sinks.values()) {
                    if (sink.isInUse()) {
                        new Errand(sink::closeQuietly).run();
                    }
                }
            }
        }
    }

    private static final class Sink {
        private final CaptureDestination destination;

        /**
         * Null before the first use, so that nobody but a worker waits for the file to be opened.
         */
        @GuardedBy("this")
        private OutputStream open;

        /** The run, and outputs that have not come to their end. Changed under the lock. */
        private volatile int users = 1;

        @GuardedBy("this")
        private boolean closed;

        Sink(CaptureDestination destination) {
            this.destination = destination;
        }

        void enter() {
            synchronized (this) {
                users++;
            }
        }

        /** The run is no user any more. Returns whether there is none at all. */
        boolean release() {
            synchronized (this) {
                users--;
                return users == 0;
            }
        }

        boolean isInUse() {
            return users > 0;
        }

        void write(ByteBuffer bytes) throws IOException {
            synchronized (this) {
                OutputStream to = open();
                if (to != null) {
                    to.write(
                            bytes.array(),
                            bytes.arrayOffset() + bytes.position(),
                            bytes.remaining());
                }
            }
        }

        /** Also of an output that was empty, so that there is a file. */
        void leave() throws IOException {
            synchronized (this) {
                OutputStream to = open();
                users--;
                if (to != null) {
                    to.flush();
                }
                if (users == 0) {
                    close();
                }
            }
        }

        @GuardedBy("this")
        private OutputStream open() throws IOException {
            if (open == null && !closed) {
                open =
                        destination.file == null
                                ? destination.stream
                                : Files.newOutputStream(destination.file);
            }
            return closed ? null : open;
        }

        @GuardedBy("this")
        private void close() throws IOException {
            closed = true;
            if (open != null && destination.file != null) {
                open.close();
            }
        }

        void closeQuietly() {
            synchronized (this) {
                try {
                    close();
                } catch (IOException e) {
                    LOG.debug("{}", destination, e); // the run has failed for another reason
                }
            }
        }
    }

    /** One output on its way there. */
    private record Copy(Sink sink, Drain.Listener next) implements Drain.Listener {
        @Override
        public void bytes(ByteBuffer bytes) throws Exception {
            sink.write(bytes);
            if (next != null) {
                next.bytes(bytes);
            }
        }

        @Override
        public void end() throws Exception {
            sink.leave();
            if (next != null) {
                next.end();
            }
        }

        @Override
        public void stop() {
            if (next != null) {
                next.stop();
            }
        }
    }
}
