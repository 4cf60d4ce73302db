// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.streams.Chunks;
import io.github.spawn4j.internal.streams.Drain;
import io.github.spawn4j.internal.streams.Outlet;
import io.github.spawn4j.internal.streams.Utf8;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a {@linkplain EmptyProcess#run run} has kept of an output. Immutable.
 *
 * <pre>{@code
 * CommandResult result = PidfdProcess.builder("git", "log", "--oneline").run(RunOptions.timeout(ofSeconds(5)));
 * for (String line : result.stdout().lines()) { ... }
 * }</pre>
 *
 * <p>It is empty for an output that does not lead to the JVM, such as one that is redirected to a
 * file.
 */
public final class CapturedOutput {
    /** What {@link Process#inputReader()} takes. */
    static final Charset NATIVE_CHARSET = nativeCharset();

    static final CapturedOutput NONE = new CapturedOutput(new byte[][] {{}}, 0, false);

    /** What was kept, in order: one array as soon as somebody has needed it as one. */
    private volatile byte[][] parts;

    private final int length;
    private final long total;
    private final boolean cut;

    private CapturedOutput(byte[][] parts, long total, boolean cut) {
        this.parts = parts;
        this.length = Chunks.length(parts);
        this.total = total;
        this.cut = cut;
    }

    /** What a drain, if there is one, has kept so far. */
    static CapturedOutput of(Outlet drain) {
        if (drain == null) {
            return NONE;
        }
        Drain.Captured captured = drain.captured();
        return new CapturedOutput(captured.bytes(), captured.total(), captured.isCut());
    }

    private static Charset nativeCharset() {
        String name = System.getProperty("native.encoding");
        return name != null && Charset.isSupported(name)
                ? Charset.forName(name)
                : Charset.defaultCharset();
    }

    /**
     * What was kept.
     *
     * @return a copy
     */
    public byte[] bytes() {
        return Chunks.join(parts);
    }

    /**
     * What was kept, decoded with the charset of {@link Process#inputReader()} (the system property
     * {@code native.encoding}); what cannot be decoded is replaced.
     *
     * @return the text, line ends included
     */
    public String text() {
        return text(NATIVE_CHARSET);
    }

    /**
     * What was kept, decoded; what cannot be is replaced.
     *
     * @param charset the charset
     * @return the text, line ends included
     */
    public String text(Charset charset) {
        return new String(whole(), charset);
    }

    /** For text, which is asked for again and again. */
    private byte[] whole() {
        byte[][] kept = parts;
        if (kept.length > 1) {
            kept = new byte[][] {Chunks.join(kept)};
            parts = kept;
        }
        return kept[0];
    }

    /**
     * The lines of {@link #text()}, without their ends.
     *
     * @return the lines, from the first
     */
    public List<String> lines() {
        return text().lines().toList();
    }

    /** The last lines, without the last one's end. */
    String tail(int mostLines, int mostBytes) {
        byte[] bytes = whole();
        int from = Math.max(0, bytes.length - mostBytes);
        if (from > 0 && NATIVE_CHARSET.equals(StandardCharsets.UTF_8)) {
            from = Utf8.firstCharacter(bytes, from);
        }
        List<String> last = split(new String(bytes, from, bytes.length - from, NATIVE_CHARSET));
        return String.join("\n", last.subList(Math.max(0, last.size() - mostLines), last.size()));
    }

    /** Not by a stream, whose classes may meet a full heap when they are first used. */
    private static List<String> split(String text) {
        List<String> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new StringReader(text))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            throw new AssertionError("a string can be read", e);
        }
        return lines;
    }

    /**
     * The length of the output, kept or not.
     *
     * @return the bytes that were read
     */
    public long total() {
        return total;
    }

    /**
     * Whether there was more than was kept, see {@link Capture#keepHead} and {@link
     * Capture#keepTail}.
     *
     * @return true if {@link #bytes()} are not all
     */
    public boolean isTruncated() {
        return total > length;
    }

    /**
     * Whether the reading ended before the output did: because another process, mostly a
     * grandchild, kept it open for longer than {@link RunOptions#linger} after the exit, or because
     * the run failed.
     *
     * @return true if more might have come
     */
    public boolean isCut() {
        return cut;
    }

    /** The text. */
    @Override
    public String toString() {
        return text();
    }
}
