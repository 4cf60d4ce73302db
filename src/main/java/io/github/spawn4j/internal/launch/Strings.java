// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.util.Arrays;
import java.util.List;

/**
 * Encoded strings, one behind the other, each ended by NUL: the arguments or the environment of a
 * program. Immutable.
 *
 * @param bytes the strings; shared, never changed
 * @param count how many they are
 */
public record Strings(byte[] bytes, int count) {
    public static final Strings NONE = new Strings(new byte[0], 0);

    /**
     * The strings of an array as the kernel takes them from a pointer: if it is null or empty they
     * are {@code ifEmpty}.
     */
    public static Strings of(String what, String[] texts, String... ifEmpty) {
        return NONE.plus(what, Arrays.asList(texts == null || texts.length == 0 ? ifEmpty : texts));
    }

    /** These strings and one more, which is encoded already. */
    public Strings plus(byte[] encoded) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + encoded.length);
        System.arraycopy(encoded, 0, joined, bytes.length, encoded.length);
        return new Strings(joined, count + 1);
    }

    /** These strings and then {@code texts}, encoded. */
    public Strings plus(String what, List<String> texts) {
        byte[][] encoded = new byte[texts.size()][];
        int length = bytes.length;
        int i = 0;
        for (String text : texts) {
            encoded[i] = Text.encodeSecret(what, count + i, text);
            length = Math.addExact(length, encoded[i++].length);
        }
        byte[] joined = Arrays.copyOf(bytes, length);
        int end = bytes.length;
        for (byte[] one : encoded) {
            System.arraycopy(one, 0, joined, end, one.length);
            end += one.length;
        }
        return new Strings(joined, count + encoded.length);
    }

    /** These strings with another first one. */
    public Strings withFirst(byte[] encoded) {
        int skipped = 0;
        while (bytes[skipped++] != 0) {}
        byte[] replaced = new byte[encoded.length + bytes.length - skipped];
        System.arraycopy(encoded, 0, replaced, 0, encoded.length);
        System.arraycopy(bytes, skipped, replaced, encoded.length, bytes.length - skipped);
        return new Strings(replaced, count);
    }

    /** Collects strings. One thread at a time. */
    static final class Builder {
        private byte[] bytes;
        private int length;
        private int count;

        Builder(Strings first) {
            bytes = Arrays.copyOf(first.bytes, first.bytes.length + 256);
            length = first.bytes.length;
            count = first.count;
        }

        void add(byte[] encoded) {
            if (bytes.length - length < encoded.length) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + encoded.length));
            }
            System.arraycopy(encoded, 0, bytes, length, encoded.length);
            length += encoded.length;
            count++;
        }

        Strings build() {
            return new Strings(Arrays.copyOf(bytes, length), count);
        }
    }
}
