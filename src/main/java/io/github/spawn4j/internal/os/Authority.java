// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.util.Arrays;

/** Who the calling thread is, for the kernel: process, ids, groups, capabilities. Immutable. */
public final class Authority {
    static {
        NativeLibrary.load();
    }

    private final byte[] bytes;

    private Authority(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The authority of the calling thread. */
    public static Authority current() throws IOException {
        NativeHalf.require();
        byte[] bytes = new byte[size0()];
        Errno.check("capget", read0(bytes));
        return new Authority(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Authority authority && Arrays.equals(bytes, authority.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    private static native int size0();

    private static native int read0(byte[] bytes);
}
