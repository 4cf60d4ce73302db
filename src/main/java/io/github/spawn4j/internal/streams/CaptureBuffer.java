// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

/**
 * What is kept of an output: all of it up to a limit, and beyond that the beginning or the end. One
 * thread at a time.
 */
public final class CaptureBuffer {
    private final int limit;
    private final boolean keepsEnd;
    private final boolean isUtf8;

    /** All there was, or the beginning; empty once {@link #end} is there. */
    private final Chunks beginning = new Chunks();

    /** The end of what was longer than the limit; null before that, or where it is not kept. */
    private byte[] end;

    /** Where the next byte goes in {@link #end}, which is where the oldest one is. */
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

    /** Adds what comes next: the first bytes of {@code from}. */
    public void add(byte[] from, int count) {
        total += count;
        int fitting = end == null ? Math.min(count, limit - beginning.length()) : 0;
        if (fitting > 0) {
            beginning.add(from, fitting);
        }
        if (keepsEnd && fitting < count && limit > 0) {
            if (end == null) {
                end = Chunks.join(beginning.toArrays());
                beginning.clear();
            }
            // Of what is longer than the buffer only the end counts.
            int start = Math.max(fitting, count - limit);
            replaceOldest(from, start, count - start);
        }
    }

    /**
     * Where what comes next can be read to be kept, from {@link #filled} on; null where it is to be
     * added, as there is little so far, or the limit is reached.
     */
    byte[] room() {
        boolean isKept = end == null && beginning.length() < limit;
        return isKept && beginning.isMuch() ? beginning.room() : null;
    }

    int filled() {
        return beginning.filled();
    }

    /** How much of {@code room} may be filled, which is {@link #room}'s. */
    int fillable(byte[] room) {
        return Math.min(room.length - beginning.filled(), limit - beginning.length());
    }

    /** Tells that {@code count} more bytes of {@link #room} are filled. */
    void fill(int count) {
        beginning.fill(count);
        total += count;
    }

    private void replaceOldest(byte[] from, int start, int count) {
        int first = Math.min(count, limit - oldest);
        System.arraycopy(from, start, end, oldest, first);
        System.arraycopy(from, start + first, end, 0, count - first);
        oldest = (oldest + count) % limit;
    }

    /**
     * Gives up what is kept, without taking memory: of what has filled the heap something must go,
     * or nobody could be told.
     */
    public void forget() {
        beginning.clear();
        end = null;
    }

    /** How much there was. */
    public long total() {
        return total;
    }

    /** Whether there was more than is kept. */
    public boolean isTruncated() {
        return total > limit;
    }

    /**
     * What is kept, in order. It is not to be changed, and neither does what is added change it.
     */
    public byte[][] toArrays() {
        if (end != null) {
            return new byte[][] {toEnd()};
        }
        return isTruncated() ? new byte[][] {toBeginning()} : beginning.toArrays();
    }

    private byte[] toBeginning() {
        byte[] bytes = Chunks.join(beginning.toArrays());
        return isUtf8 ? Utf8.withoutLastBeginning(bytes) : bytes;
    }

    private byte[] toEnd() {
        byte[] ordered = new byte[limit];
        System.arraycopy(end, oldest, ordered, 0, limit - oldest);
        System.arraycopy(end, 0, ordered, limit - oldest, oldest);
        return isUtf8 ? Utf8.withoutFirstRest(ordered) : ordered;
    }
}
