package io.github.spawn4j;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.streams.CaptureBuffer;
import io.github.spawn4j.internal.streams.Drain;
import io.github.spawn4j.internal.streams.LineSplitter;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What a {@linkplain EmptyProcess#run run} keeps of an output, and who is told of it meanwhile.
 * Immutable.
 *
 * <pre>{@code
 * RunOptions options = RunOptions.timeout(ofMinutes(10))
 *     .stdout(Capture.keepTail(64 * 1024).lines(log::info))
 *     .stderr(Capture.failBeyond(1024 * 1024));
 * }</pre>
 *
 * <p>What is cut at the bound begins and ends with a whole character where the charset is UTF-8:
 * that of {@link #lines(Charset, Consumer) lines}, else that of {@link Process#inputReader()}. In
 * other charsets of several bytes a character may be cut through.
 *
 * <p>A listener is called by a thread of the library, for each output one call at a time and in the
 * order of the output; one that listens to several outputs or stages must be thread-safe. Until it
 * returns nothing more is read, so a slow one slows the process down, and only that one. If it
 * throws, the process is torn down and the run fails with {@link CommandException.Reason#LISTENER}.
 * A run that is torn down does not wait for it: it is interrupted, and is told no more. It is not
 * told either what is beyond the bound of {@link #failBeyond}.
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

    private interface ListenerFactory {
        Drain.Listener create();
    }

    private Capture(int limit, Beyond beyond) {
        this(
                limit,
                beyond,
                beyond == Beyond.FAIL ? limit : Long.MAX_VALUE,
                CapturedOutput.NATIVE_CHARSET,
                null);
    }

    private Capture(
            int limit, Beyond beyond, long most, Charset charset, ListenerFactory listener) {
        if (limit < 0) {
            throw new IllegalArgumentException("capture of " + limit + " bytes is negative");
        }
        this.limit = limit;
        this.beyond = beyond;
        this.most = most;
        this.charset = charset;
        this.listener = listener;
    }

    /**
     * Keeps all; if it is more than {@code bytes} the process is torn down and the run fails with
     * {@link CommandException.Reason#OUTPUT}.
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
     * The same, and hands each line to {@code listener} while the process runs: in the charset of
     * {@link Process#inputReader()}, without its end ({@code \n}, {@code \r} or {@code \r\n}), the
     * last one also if it has none. What cannot be decoded is replaced; a line of more than 1 Mi
     * {@code char}s comes in parts, of whole characters.
     *
     * @param listener told of each line; replaces an earlier one
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
        return new Capture(limit, beyond, most, charset, () -> new LineSplitter(charset, listener));
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
        return new Capture(limit, beyond, most, charset, () -> new Buffers(listener));
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

    /** The same where no more than {@code bytes} may come, whatever is kept of it. */
    Capture within(int bytes) {
        return bytes >= most
                ? this
                : new Capture(Math.min(limit, bytes), beyond, bytes, charset, listener);
    }

    /** How much may come. */
    long most() {
        return most;
    }

    /** Takes over our end of the output's pipe or terminal for one run. */
    Drain drain(Fd fd, boolean isTerminal) {
        return new Drain(
                fd,
                isTerminal,
                new CaptureBuffer(
                        limit, beyond == Beyond.KEEP_TAIL, charset.equals(StandardCharsets.UTF_8)),
                most,
                listener == null ? null : listener.create());
    }

    @Override
    public String toString() {
        return beyond + " at " + limit + " bytes";
    }
}
