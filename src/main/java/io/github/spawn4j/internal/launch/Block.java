package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Spawn;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Off-heap memory for one request at a time, kept for the next one. One thread at a time.
 *
 * <p>A pool for the whole JVM rather than one block per thread: virtual threads come by the
 * thousand, and few of them spawn at once.
 */
final class Block implements AutoCloseable {
    /** Holds the environment and the arguments of an ordinary request. */
    private static final int USUAL_CAPACITY = 64 * 1024;

    private static final ArrayBlockingQueue<ByteBuffer> POOL = new ArrayBlockingQueue<>(32);

    private ByteBuffer bytes;

    private Block(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** A block from the pool, or a new one. */
    static Block acquire() {
        ByteBuffer bytes = POOL.poll();
        return new Block(bytes == null ? Spawn.allocate(USUAL_CAPACITY) : bytes);
    }

    ByteBuffer bytes() {
        return bytes;
    }

    /** Makes room for {@code capacity} bytes; what was written so far stays. */
    void ensureCapacity(int capacity) {
        if (capacity <= bytes.capacity()) {
            return;
        }
        int wanted = bytes.capacity();
        while (wanted < capacity) {
            wanted = Math.multiplyExact(wanted, 2);
        }
        ByteBuffer larger = Spawn.allocate(wanted);
        larger.put(0, bytes, 0, bytes.capacity());
        Spawn.free(bytes);
        bytes = larger;
    }

    /** Returns the memory. A block of unusual size is freed, so that the pool stays small. */
    @Override
    public void close() {
        if (bytes.capacity() != USUAL_CAPACITY || !POOL.offer(bytes)) {
            Spawn.free(bytes);
        }
        bytes = null;
    }
}
