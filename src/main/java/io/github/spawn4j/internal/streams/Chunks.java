// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing sequence of bytes, in pieces, so that none is copied again when others are added. One
 * thread at a time.
 */
public final class Chunks {
    /** The least size of a piece that collects small additions. */
    private static final int FIRST_CAPACITY = 512;

    /** The size that such pieces grow to. */
    private static final int MOST_CAPACITY = 64 * 1024;

    /** Where there is so much, more will come: it is read into pieces of their own. */
    private static final int MUCH = 64 * 1024;

    private static final int READ_CAPACITY = 256 * 1024;

    private static final byte[] NONE = {};

    private final List<byte[]> full = new ArrayList<>();
    private byte[] last = NONE;

    /** How much of {@link #last} is filled. */
    private int filled;

    private int length;

    int length() {
        return length;
    }

    /** Whether there is so much that more is better read into {@link #room} than added. */
    boolean isMuch() {
        return length >= MUCH;
    }

    /** A piece for what comes next, from {@link #filled} on; to be told by {@link #fill}. */
    byte[] room() {
        if (filled == last.length) {
            byte[] next = new byte[READ_CAPACITY];
            full.add(last);
            last = next;
            filled = 0;
        }
        return last;
    }

    int filled() {
        return filled;
    }

    /** Tells that {@code count} more bytes of {@link #room} are filled. */
    void fill(int count) {
        filled += count;
        length += count;
    }

    /** Adds the first {@code count} bytes, or nothing if there is no memory for them. */
    void add(byte[] from, int count) {
        int fitting = Math.min(count, last.length - filled);
        byte[] next = fitting < count ? next(from, fitting, count) : null;
        System.arraycopy(from, 0, last, filled, fitting);
        filled += fitting;
        if (next != null) {
            last = next;
            filled = count - fitting;
        }
        length += count;
    }

    /** A chunk that begins with a part of {@code from}. */
    private byte[] next(byte[] from, int start, int end) {
        int capacity = Math.min(Math.max(length, FIRST_CAPACITY), MOST_CAPACITY);
        byte[] next;
        if (length == 0 || end - start >= capacity) {
            next = Arrays.copyOfRange(from, start, end);
        } else {
            next = new byte[capacity];
            System.arraycopy(from, start, next, 0, end - start);
        }
        if (last.length > 0) {
            full.add(last);
        }
        return next;
    }

    /** Takes no memory. */
    void clear() {
        full.clear();
        last = NONE;
        filled = 0;
        length = 0;
    }

    /** All of it, in order. It is not to be changed, and neither does what is added change it. */
    byte[][] toArrays() {
        byte[][] arrays = full.toArray(new byte[full.size() + 1][]);
        arrays[full.size()] = filled == last.length ? last : Arrays.copyOf(last, filled);
        return arrays;
    }

    /** How long they are together. */
    public static int length(byte[][] arrays) {
        int length = 0;
        for (byte[] array : arrays) {
            length += array.length;
        }
        return length;
    }

    /** A copy of them as one. */
    public static byte[] join(byte[][] arrays) {
        byte[] joined = new byte[length(arrays)];
        int position = 0;
        for (byte[] array : arrays) {
            System.arraycopy(array, 0, joined, position, array.length);
            position += array.length;
        }
        return joined;
    }
}
