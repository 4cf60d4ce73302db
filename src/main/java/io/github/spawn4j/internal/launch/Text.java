// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.NativeHalf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * Strings as the kernel wants them: bytes, ended by NUL.
 *
 * <p>They are encoded as the JVM encodes file names ({@code sun.jnu.encoding}); where that is plain
 * ASCII, as in a container without a locale, in UTF-8. Paths have bytes of their own, see {@link
 * PathBytes}.
 */
public final class Text {
    private static final Charset CHARSET = charset();

    /** Whether it is one of those that are known to encode ASCII as itself. */
    private static final boolean HAS_ASCII =
            CHARSET.equals(StandardCharsets.UTF_8) || CHARSET.equals(StandardCharsets.ISO_8859_1);

    /** What a decoder makes of bytes that are no text. */
    private static final char REPLACEMENT = '\ufffd';

    private Text() {}

    /**
     * Encodes {@code text}.
     *
     * @param what what the text is, for messages
     * @throws IllegalArgumentException if it contains NUL or a character that cannot be encoded
     */
    public static byte[] encode(String what, String text) {
        return encode(what, text, ": \"%s\"");
    }

    /** The same of a text that no message may show, as it may be a password. */
    public static byte[] encodeSecret(String what, String text) {
        return encode(what, text, "");
    }

    /** The same of one of several texts, whose name is put together only where it is wanted. */
    static byte[] encodeSecret(String what, int number, String text) {
        byte[] ascii = text == null ? null : ascii(text);
        return ascii != null ? ascii : encode(what + " " + number, text, "");
    }

    private static byte[] encode(String what, String text, String shown) {
        Objects.requireNonNull(text, what);
        byte[] ascii = ascii(text);
        if (ascii != null) {
            return ascii;
        }
        int nul = text.indexOf('\0');
        if (nul >= 0) {
            throw new IllegalArgumentException(
                    what + " contains NUL at index " + nul + String.format(shown, printable(text)));
        }
        try {
            ByteBuffer bytes = CHARSET.newEncoder().encode(CharBuffer.wrap(text));
            byte[] terminated = new byte[bytes.remaining() + 1];
            bytes.get(terminated, 0, terminated.length - 1);
            return terminated;
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(
                    what
                            + " cannot be encoded in "
                            + CHARSET
                            + String.format(shown, printable(text)),
                    e);
        }
    }

    /**
     * Encodes the name of a file.
     *
     * @param what what it is the name of, for messages
     * @throws IllegalArgumentException as for {@link #encode}, and if it contains U+FFFD, which
     *     stands for bytes that were no text: the file with those bytes is meant, and another one
     *     would be found, or made
     */
    public static byte[] encodeName(String what, String name) {
        byte[] encoded = encode(what, name);
        if (hasLostBytes(name)) {
            throw new IllegalArgumentException(
                    what
                            + " contains U+FFFD, in place of bytes that are no text: \""
                            + printable(name)
                            + "\"");
        }
        return encoded;
    }

    /**
     * Encodes what is plain ASCII without NUL, as most texts are, with what the JVM has intrinsics
     * for; else null.
     */
    private static byte[] ascii(String text) {
        if (!HAS_ASCII || text.indexOf('\0') >= 0) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // A question mark may stand for what is no text.
        boolean isAscii =
                bytes.length == text.length()
                        && text.equals(new String(bytes, StandardCharsets.ISO_8859_1));
        return isAscii ? Arrays.copyOf(bytes, bytes.length + 1) : null;
    }

    /** Whether something in {@code text} may stand for bytes that were no text. */
    static boolean hasLostBytes(String text) {
        return text.indexOf(REPLACEMENT) >= 0;
    }

    /** Whether {@code text}, encoded, is {@code bytes}, which end with NUL. */
    static boolean isEncodedAs(byte[] bytes, String text) {
        try {
            return !hasLostBytes(text) && Arrays.equals(encodeSecret("text", text), bytes);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The text of encoded bytes, without their NUL. */
    public static String decode(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, CHARSET);
    }

    /** Control characters as escapes, so that a message stays one line. */
    public static String printable(String text) {
        return printable(text, "");
    }

    /** The same of a text of several lines. */
    public static String printableLines(String text) {
        return printable(text, "\n\t");
    }

    private static String printable(String text, String kept) {
        StringBuilder printable = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && kept.indexOf(c) < 0) {
                printable.append(String.format("\\u%04x", (int) c));
            } else {
                printable.append(c);
            }
        }
        return printable.toString();
    }

    /** The same of bytes that may be no text; those of them that are none as numbers. */
    static String printable(byte[] bytes) {
        StringBuilder printable = new StringBuilder(bytes.length);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CharsetDecoder decoder = CHARSET.newDecoder();
        CoderResult result;
        do {
            result = decoder.decode(in, out, true);
            printable.append(escape(out.flip().toString()));
            out.clear();
            for (int i = 0; result.isError() && i < result.length(); i++) {
                printable.append(String.format("\\x%02x", in.get()));
            }
        } while (result.isError());
        return printable.toString();
    }

    /** Control characters as they are written in programs. */
    private static String escape(String text) {
        return printable(text.replace("\r", "\\r").replace("\n", "\\n").replace("\t", "\\t"));
    }

    /** How the JVM encodes file names, and the JDK the environment. */
    static Charset jnuCharset() {
        String name = System.getProperty("sun.jnu.encoding");
        if (!NativeHalf.isLinux()) {
            return StandardCharsets.UTF_8; // nobody but us sees the bytes
        }
        return name == null || !Charset.isSupported(name)
                ? StandardCharsets.UTF_8
                : Charset.forName(name);
    }

    private static Charset charset() {
        Charset charset = jnuCharset();
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }
}
