// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is kept of an output, in whatever pieces it comes. */
class CaptureBufferTest {
    private static final int LENGTH = 300_000;

    /** Larger than a chunk, and smaller; the last one larger than all there is. */
    private static final int[] LIMITS = {
        0, 1, 511, 4096, 65_536, 65_537, 200_000, LENGTH, LENGTH + 1
    };

    private static final int[] PIECES = {1, 12, 700, 4096, 65_536};

    private final byte[] output = new byte[LENGTH];

    CaptureBufferTest() {
        new Random(1).nextBytes(output);
    }

    /** Adds all of the output, in pieces of up to {@code most} bytes, some of them by its room. */
    private void addAll(CaptureBuffer buffer, int most) {
        Random random = new Random(most);
        byte[] piece = new byte[most];
        int position = 0;
        while (position < LENGTH) {
            int count = Math.min(1 + random.nextInt(most), LENGTH - position);
            byte[] room = random.nextBoolean() ? buffer.room() : null;
            if (room == null) {
                System.arraycopy(output, position, piece, 0, count);
                buffer.add(piece, count);
            } else {
                count = Math.min(count, buffer.fillable(room));
                System.arraycopy(output, position, room, buffer.filled(), count);
                buffer.fill(count);
            }
            position += count;
        }
    }

    private static byte[] kept(CaptureBuffer buffer) {
        return Chunks.join(buffer.toArrays());
    }

    @Test
    void keepsTheBeginningToTheByte() {
        for (int limit : LIMITS) {
            for (int most : PIECES) {
                CaptureBuffer buffer = new CaptureBuffer(limit, false, false);

                addAll(buffer, most);

                assertThat(kept(buffer))
                        .as("%d of pieces of %d", limit, most)
                        .isEqualTo(Arrays.copyOf(output, Math.min(limit, LENGTH)));
                assertThat(buffer.total()).isEqualTo(LENGTH);
                assertThat(buffer.isTruncated()).isEqualTo(limit < LENGTH);
            }
        }
    }

    @Test
    void keepsTheEndToTheByte() {
        for (int limit : LIMITS) {
            for (int most : PIECES) {
                CaptureBuffer buffer = new CaptureBuffer(limit, true, false);

                addAll(buffer, most);

                assertThat(kept(buffer))
                        .as("%d of pieces of %d", limit, most)
                        .isEqualTo(Arrays.copyOfRange(output, Math.max(0, LENGTH - limit), LENGTH));
            }
        }
    }

    @Test
    void whatHasBeenGivenOutIsNotChangedByWhatComesAfterwards() {
        for (boolean keepsEnd : new boolean[] {false, true}) {
            CaptureBuffer buffer = new CaptureBuffer(700, keepsEnd, false);
            buffer.add(output, 600);
            byte[][] given = buffer.toArrays();

            addAll(buffer, 50);

            assertThat(Chunks.join(given)).isEqualTo(Arrays.copyOf(output, 600));
        }
    }

    @Test
    void takesForOneLineLittleMoreThanTheLine() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        kept(oneLine());

        long before = threads.getThreadAllocatedBytes(thread);
        CaptureBuffer buffer = oneLine();
        byte[][] arrays = buffer.toArrays();
        long allocated = threads.getThreadAllocatedBytes(thread) - before;

        assertThat(Chunks.length(arrays)).isEqualTo(80);
        assertThat(allocated).isLessThan(512);
    }

    private CaptureBuffer oneLine() {
        CaptureBuffer buffer = new CaptureBuffer(1 << 20, false, true);
        buffer.add(output, 80);
        return buffer;
    }
}
