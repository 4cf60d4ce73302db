package io.github.spawn4j.internal.launch;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Strings as the kernel wants them: bytes, ended by NUL.
 *
 * <p>They are encoded as the JVM encodes file names ({@code sun.jnu.encoding}), so that a path that
 * came from a directory listing finds its file; where that is plain ASCII, as in a container
 * without a locale, in UTF-8.
 */
public final class Text {
    private static final Charset CHARSET = charset();

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

    private static byte[] encode(String what, String text, String shown) {
        Objects.requireNonNull(text, what);
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

    private static Charset charset() {
        String name = System.getProperty("sun.jnu.encoding");
        if (name == null || !Charset.isSupported(name)) {
            return StandardCharsets.UTF_8;
        }
        Charset charset = Charset.forName(name);
        return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
    }
}
