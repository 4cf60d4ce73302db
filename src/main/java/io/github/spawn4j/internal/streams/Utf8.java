// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import java.util.Arrays;

/**
 * Whole characters of a text in UTF-8 that was cut at any byte. What is no UTF-8 is left as it is.
 */
public final class Utf8 {
    private static final int LONGEST = 4;

    private Utf8() {}

    /** Where the first character begins, in what was cut at {@code from}. */
    public static int firstCharacter(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && isContinuation(bytes[at])) {
            at++;
        }
        return at - from < LONGEST ? at : from;
    }

    /** The same without the rest of a character whose beginning was cut off. */
    static byte[] withoutFirstRest(byte[] bytes) {
        int first = firstCharacter(bytes, 0);
        return first == 0 ? bytes : Arrays.copyOfRange(bytes, first, bytes.length);
    }

    /** The same without the beginning of a character whose rest was cut off. */
    static byte[] withoutLastBeginning(byte[] bytes) {
        int start = bytes.length - 1;
        while (start > 0 && bytes.length - start < LONGEST && isContinuation(bytes[start])) {
            start--;
        }
        boolean isCut = start >= 0 && start + length(bytes[start]) > bytes.length;
        return isCut ? Arrays.copyOf(bytes, start) : bytes;
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xc0) == 0x80;
    }

    /** Of the character that begins with {@code first}; 1 if none does. */
    private static int length(byte first) {
        int ones = Integer.numberOfLeadingZeros(~(first << 24));
        return ones >= 2 && ones <= LONGEST ? ones : 1;
    }
}
