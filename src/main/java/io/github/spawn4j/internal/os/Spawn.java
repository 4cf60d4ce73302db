// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

/** The one call that starts a process. */
public final class Spawn {
    static {
        NativeLibrary.load();
    }

    private Spawn() {}

    /**
     * Starts what a request says. It is copied into a block outside the heap: the words, and behind
     * them the texts, each at a multiple of 8 bytes.
     *
     * @param words the request's fields and records; then what has become of it
     * @param wordsCount how many there are
     * @param texts the texts
     * @param textsCount how many there are
     * @param length how many bytes the request takes
     * @param outcomeCount how many of the first words are written when it has ended
     * @throws OutOfMemoryError if there is no memory for it; nothing has been started then
     */
    public static void spawn(
            int[] words,
            int wordsCount,
            byte[][] texts,
            int textsCount,
            int length,
            int outcomeCount) {
        NativeLibrary.require();
        Faults.resource("block");
        if (!spawn0(words, wordsCount, texts, textsCount, length, outcomeCount)) {
            throw new OutOfMemoryError("no memory for a request of " + length + " bytes");
        }
    }

    /** The environment as the C library has it: entries one behind the other, each ended by NUL. */
    public static byte[] environment() {
        NativeLibrary.require();
        return environment0();
    }

    /** The signals that the calling thread blocks: bit n - 1 is signal n. */
    public static long signalMask() {
        return signalMask0();
    }

    private static native boolean spawn0(
            int[] words,
            int wordsCount,
            byte[][] texts,
            int textsCount,
            int length,
            int outcomeCount);

    private static native byte[] environment0();

    private static native long signalMask0();
}
