// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.util.function.Consumer;

/**
 * Makes lines of bytes that come in pieces, as BufferedReader does. One thread at a time, except
 * {@link #stop}.
 */
public final class LineSplitter implements Drain.Listener {
    /** A line that is longer comes in parts, lest it take all memory. */
    private static final int LONGEST = 1 << 20;

    private final CharsetDecoder decoder;
    private final Consumer<String> listener;
    private final CharBuffer decoded = CharBuffer.allocate(8192);
    private final StringBuilder line = new StringBuilder();

    /** The beginning of a character whose rest has not come yet. */
    private ByteBuffer undecoded = ByteBuffer.allocate(0);

    private volatile boolean stopped;

    /** The last character was a carriage return, which a newline may belong to. */
    private boolean afterReturn;

    public LineSplitter(Charset charset, Consumer<String> listener) {
        this.decoder =
                charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPLACE)
                        .onUnmappableCharacter(CodingErrorAction.REPLACE);
        this.listener = listener;
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        ByteBuffer all = bytes;
        if (undecoded.hasRemaining()) {
            all = ByteBuffer.allocate(undecoded.remaining() + bytes.remaining());
            all.put(undecoded).put(bytes).flip();
        }
        decode(all, false);
        undecoded = all;
    }

    @Override
    public void end() {
        decode(undecoded, true);
        while (decoder.flush(decoded) == CoderResult.OVERFLOW) {
            split();
        }
        split();
        if (!line.isEmpty()) {
            deliver();
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    private void decode(ByteBuffer bytes, boolean last) {
        CoderResult result;
        do {
            result = decoder.decode(bytes, decoded, last);
            split();
        } while (result == CoderResult.OVERFLOW);
    }

    private void split() {
        decoded.flip();
        while (decoded.hasRemaining()) {
            char next = decoded.get();
            boolean endsReturn = next == '\n' && afterReturn;
            afterReturn = next == '\r';
            if (endsReturn) {
                continue;
            }
            if (next == '\n' || next == '\r') {
                deliver();
                continue;
            }
            // A pair of surrogates is one character, and comes in one part.
            if (line.length() + (Character.isHighSurrogate(next) ? 2 : 1) > LONGEST) {
                deliver();
            }
            line.append(next);
        }
        decoded.clear();
    }

    private void deliver() {
        String complete = line.toString();
        line.setLength(0);
        if (!stopped) {
            listener.accept(complete);
        }
    }
}
