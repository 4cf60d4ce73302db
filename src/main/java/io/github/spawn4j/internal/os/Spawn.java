package io.github.spawn4j.internal.os;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The one call that starts a process, and the memory that it takes. */
public final class Spawn {
    static {
        NativeLibrary.load();
    }

    private Spawn() {}

    /** Starts what the block describes; the outcome is in the block. Returns 0 or -errno. */
    public static int spawn(ByteBuffer block) {
        return spawn0(block);
    }

    /**
     * A block of {@code capacity} bytes, a multiple of the page size, with a child's stack below
     * it.
     */
    public static ByteBuffer allocate(int capacity) {
        NativeLibrary.require();
        Faults.resource("block");
        ByteBuffer block = allocate0(capacity);
        if (block == null) {
            throw new OutOfMemoryError("no memory for a request of " + capacity + " bytes");
        }
        return block.order(ByteOrder.nativeOrder());
    }

    /** Frees a block; it must not be used any more. */
    public static void free(ByteBuffer block) {
        free0(block);
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

    private static native int spawn0(ByteBuffer block);

    private static native ByteBuffer allocate0(int capacity);

    private static native void free0(ByteBuffer block);

    private static native byte[] environment0();

    private static native long signalMask0();
}
