// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.jdk.JdkDrain;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.streams.CaptureBuffer;
import io.github.spawn4j.internal.streams.Drain;
import io.github.spawn4j.internal.streams.LineSplitter;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How much of an output a {@linkplain EmptyProcess#run run} keeps, and which listener or
 * destination gets it meanwhile. Immutable.
 *
 * <pre>{@code
 * RunOptions options = RunOptions.timeout(ofMinutes(10))
 *     .stdout(Capture.keepTail(64 * 1024).lines(log::info))
 *     .stderr(Capture.failBeyond(1024 * 1024));
 * }</pre>
 *
 * <p>In UTF-8, an output that is cut at the bound begins and ends with a whole character. The
 * charset is that of {@link #lines(Charset, Consumer) lines}, else that of {@link
 * Process#inputReader()}. In other charsets with several bytes per character, a character may be
 * cut through.
 *
 * <p>A capture has at most one listener and one destination ({@link #to(Path) to}); the destination
 * gets the output first. A thread of the library calls the listener, one call at a time for each
 * output and in the order of the output. A listener of several outputs or stages must be
 * thread-safe. Nothing more is read until the listener returns, so a slow listener slows down its
 * own process and no other. If it throws, the process is torn down and the run fails with {@link
 * CommandException.Reason#LISTENER}. A run that is torn down does not wait for the listener: it
 * interrupts the listener and does not call it again. Output beyond the bound of {@link
 * #failBeyond} never reaches a listener.
 */
public final class Capture {
    private enum Beyond {
        FAIL,
        KEEP_HEAD,
        KEEP_TAIL
    }

    private final int limit;
    private final Beyond beyond;

    /** How much may come at all. */
    private final long most;

    private final Charset charset;

    /** Makes a listener for one run; null where nobody listens. */
    private final ListenerFactory listener;

    /** Where everything is copied to; null where nothing is. */
    private final CaptureDestination destination;

    private interface ListenerFactory {
        Drain.Listener create();
    }

    private Capture(int limit, Beyond beyond) {
        this(
                limit,
                beyond,
                beyond == Beyond.FAIL ? limit : Long.MAX_VALUE,
                CapturedOutput.NATIVE_CHARSET,
                null,
                null);
    }

    private Capture(
            int limit,
            Beyond beyond,
            long most,
            Charset charset,
            ListenerFactory listener,
            CaptureDestination destination) {
        if (limit < 0) {
            throw new IllegalArgumentException("capture of " + limit + " bytes is negative");
        }
        this.limit = limit;
        this.beyond = beyond;
        this.most = most;
        this.charset = charset;
        this.listener = listener;
        this.destination = destination;
    }

    /**
     * Keeps the whole output. If that is more than {@code bytes}, the process is torn down and the
     * run fails with {@link CommandException.Reason#OUTPUT}.
     *
     * @param bytes the bound, from 0
     * @return the capture
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public static Capture failBeyond(int bytes) {
        return new Capture(bytes, Beyond.FAIL);
    }

    /**
     * Keeps the beginning; the rest is read and forgotten.
     *
     * @param bytes what is kept at most, from 0
     * @return the capture
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public static Capture keepHead(int bytes) {
        return new Capture(bytes, Beyond.KEEP_HEAD);
    }

    /**
     * Keeps the end; what came before is forgotten.
     *
     * @param bytes what is kept at most, from 0
     * @return the capture
     * @throws IllegalArgumentException if {@code bytes} is negative
     */
    public static Capture keepTail(int bytes) {
        return new Capture(bytes, Beyond.KEEP_TAIL);
    }

    /**
     * The same, and hands each line to {@code listener} while the process runs. Lines are decoded
     * with the charset of {@link Process#inputReader()} and come without their ends ({@code \n},
     * {@code \r} or {@code \r\n}); the last line need not have an end. What cannot be decoded is
     * replaced; a line of more than 1 Mi {@code char}s comes in parts, of whole characters.
     *
     * @param listener called with each line; replaces an earlier one
     * @return the capture
     */
    public Capture lines(Consumer<String> listener) {
        return lines(CapturedOutput.NATIVE_CHARSET, listener);
    }

    /**
     * As {@link #lines(Consumer)}, in another charset.
     *
     * @param charset the charset of the output
     * @param listener told of each line; replaces an earlier one
     * @return the capture
     */
    public Capture lines(Charset charset, Consumer<String> listener) {
        Objects.requireNonNull(charset, "charset");
        Objects.requireNonNull(listener, "listener");
        return new Capture(
                limit,
                beyond,
                most,
                charset,
                () -> new LineSplitter(charset, listener),
                destination);
    }

    /**
     * The same, and hands the bytes to {@code listener} as they come, at most 64 KiB at a time.
     *
     * @param listener told of all bytes; the buffer is the listener's to keep; replaces an earlier
     *     listener
     * @return the capture
     */
    public Capture buffers(Consumer<ByteBuffer> listener) {
        Objects.requireNonNull(listener, "listener");
        return new Capture(limit, beyond, most, charset, () -> new Buffers(listener), destination);
    }

    /**
     * The same, and copies everything to a file, however little is kept in memory: so the whole log
     * is on disk, and its end in the exception. Each run creates the file, or empties it; standard
     * output and standard error whose captures name the same file share it, as do the stages of a
     * pipeline. A write that fails makes the run fail, as a listener that throws does.
     *
     * <pre>{@code
     * Capture log = Capture.keepTail(8192).to(Path.of("build.log"));
     * PidfdProcess.builder("make", "-j8").run(RunOptions.noTimeout().stdout(log).stderr(log));
     * }</pre>
     *
     * <p>The bytes pass through the JVM. If the JVM needs none of them, {@link Redirect#to(Path)}
     * lets the process write the file itself.
     *
     * @param file the file; replaces an earlier destination
     * @return the capture
     */
    public Capture to(Path file) {
        return to(CaptureDestination.of(file));
    }

    /**
     * The same, and copies everything to a stream, by a thread of the library. A stream that waits
     * slows the process down. It is flushed when the output has ended, and not closed. Several
     * outputs that are copied to it take turns.
     *
     * @param stream the stream; replaces an earlier destination
     * @return the capture
     */
    public Capture to(OutputStream stream) {
        return to(CaptureDestination.of(stream));
    }

    private Capture to(CaptureDestination to) {
        return new Capture(limit, beyond, most, charset, listener, to);
    }

    private record Buffers(Consumer<ByteBuffer> listener) implements Drain.Listener {
        @Override
        public void bytes(ByteBuffer bytes) {
            listener.accept(bytes);
        }

        @Override
        public void end() {
            // The run's result says so.
        }

        @Override
        public void stop() {
            // There is one call for what is there.
        }
    }

    boolean isCopied() {
        return destination != null;
    }

    /** The same where no more than {@code bytes} may come, whatever is kept of it. */
    Capture within(int bytes) {
        return bytes >= most
                ? this
                : new Capture(
                        Math.min(limit, bytes), beyond, bytes, charset, listener, destination);
    }

    /** How much may come. */
    long most() {
        return most;
    }

    /** Takes over our end of the output's pipe or terminal for one run, which has {@code sinks}. */
    Drain drain(Fd fd, boolean isTerminal, CaptureDestination.Sinks sinks) {
        return new Drain(fd, isTerminal, buffer(), most, listener(sinks));
    }

    /** The same of a stream of the JDK's. */
    JdkDrain drain(InputStream from, CaptureDestination.Sinks sinks) {
        return new JdkDrain(from, buffer(), most, listener(sinks));
    }

    private CaptureBuffer buffer() {
        boolean isUtf8 = charset.equals(StandardCharsets.UTF_8);
        return new CaptureBuffer(limit, beyond == Beyond.KEEP_TAIL, isUtf8);
    }

    private Drain.Listener listener(CaptureDestination.Sinks sinks) {
        Drain.Listener told = listener == null ? null : listener.create();
        return destination == null ? told : sinks.open(destination, told);
    }

    @Override
    public String toString() {
        return beyond + " at " + limit + " bytes";
    }
}
