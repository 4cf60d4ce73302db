package io.github.spawn4j.internal.io;

import java.util.Arrays;

/**
 * What is kept of an output: all of it up to a limit, and beyond that the beginning or the end. One
 * thread at a time.
 */
public final class CaptureBuffer {
    private static final int FIRST_CAPACITY = 1024;

    private final int limit;
    private final boolean keepsEnd;
    private final boolean isUtf8;

    private byte[] bytes = {};

    /** How much of {@link #bytes} is filled. */
    private int length;

    /** Where the next byte goes once all of it is filled, which is where the oldest one is. */
    private int oldest;

    private long total;

    /**
     * An empty buffer.
     *
     * @param limit what is kept at most
     * @param keepsEnd whether later bytes replace earlier ones beyond the limit
     * @param isUtf8 whether what is cut at the limit is to begin and end with a whole character
     */
    public CaptureBuffer(int limit, boolean keepsEnd, boolean isUtf8) {
        this.limit = limit;
        this.keepsEnd = keepsEnd;
        this.isUtf8 = isUtf8;
    }

    void add(byte[] from, int count) {
        total += count;
        int fitting = Math.min(count, limit - length);
        if (fitting > 0) {
            ensureCapacity(length + fitting);
            System.arraycopy(from, 0, bytes, length, fitting);
            length += fitting;
        }
        if (keepsEnd && fitting < count && limit > 0) {
            // Of what is longer than the buffer only the end counts.
            int start = Math.max(fitting, count - limit);
            replaceOldest(from, start, count - start);
        }
    }

    private void replaceOldest(byte[] from, int start, int count) {
        int first = Math.min(count, limit - oldest);
        System.arraycopy(from, start, bytes, oldest, first);
        System.arraycopy(from, start + first, bytes, 0, count - first);
        oldest = (oldest + count) % limit;
    }

    private void ensureCapacity(int capacity) {
        if (capacity > bytes.length) {
            long doubled = Math.max(FIRST_CAPACITY, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(doubled, capacity), limit));
        }
    }

    /** How much there was. */
    public long total() {
        return total;
    }

    /** Whether there was more than is kept. */
    public boolean isTruncated() {
        return total > limit;
    }

    /** What is kept, in order. */
    public byte[] toBytes() {
        byte[] ordered = new byte[length];
        System.arraycopy(bytes, oldest, ordered, 0, length - oldest);
        System.arraycopy(bytes, 0, ordered, length - oldest, oldest);
        if (!isUtf8 || !isTruncated()) {
            return ordered;
        }
        return keepsEnd ? Utf8.withoutFirstRest(ordered) : Utf8.withoutLastBeginning(ordered);
    }
}
