// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.util.Optional;

/**
 * Makes the JDK's own kind of handle for a process that has gone. {@link ProcessHandle#of} finds
 * only processes that are there, and the JDK's handles equal only their own kind.
 */
public final class JdkHandle {
    /** No process starts then, so that a later one with this pid is not taken for this one. */
    private static final long NEVER = Long.MAX_VALUE;

    static {
        NativeLibrary.load();
    }

    private JdkHandle() {}

    /** The handle, where the JDK is one whose constructor we know. */
    public static Optional<ProcessHandle> ofEnded(long pid) {
        return Optional.ofNullable((ProcessHandle) create0(pid, NEVER));
    }

    private static native Object create0(long pid, long startTime);
}
