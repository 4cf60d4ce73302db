// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Native;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * By what a process can be confined here. Tried in a child, on first use, for the thread that asks
 * first; it takes the making of namespaces. Thread-safe.
 */
public final class Confinement {
    /** Landlock that also keeps files from being cut short, Linux 6.2. */
    @Native public static final long LANDLOCK = 1;

    /** mount_setattr(2), Linux 5.12. */
    @Native public static final long MOUNT_SETATTR = 1 << 1;

    /** A network namespace, if need be in a user namespace. */
    @Native public static final long NETWORK_NAMESPACE = 1 << 2;

    /** A mount namespace, if need be in a user namespace. */
    @Native public static final long MOUNT_NAMESPACE = 1 << 3;

    /** A user namespace. */
    @Native public static final long USER_NAMESPACE = 1 << 4;

    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final String CAPABILITIES = "CapEff:";

    private static final int CAP_SETPCAP = 8;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYS_RESOURCE = 24;

    static {
        NativeLibrary.load();
    }

    private Confinement() {}

    /**
     * Whether all of {@code mechanisms} are there.
     *
     * @throws UncheckedIOException if there could be no child to ask
     */
    public static boolean has(long mechanisms) {
        try {
            NativeHalf.require();
            long found = Errno.check(Kernel.PROBE, mechanisms0());
            return (found & mechanisms) == mechanisms;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether RLIMIT_NPROC counts the processes of a user namespace by themselves, as it does from
     * Linux 5.14 on, and is not passed over, as it is for root.
     */
    public static boolean countsProcesses() {
        long unlimited = (1L << CAP_SYS_ADMIN) | (1L << CAP_SYS_RESOURCE);
        return isAtLeast(5, 14) && (capabilities() & unlimited) == 0 && has(USER_NAMESPACE);
    }

    /** Whether the calling thread may give its child fewer capabilities. */
    public static boolean mayDropCapabilities() {
        return ((capabilities() >> CAP_SETPCAP) & 1) != 0;
    }

    /** Those of the calling thread; none where /proc does not tell. */
    private static long capabilities() {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith(CAPABILITIES)) {
                    return Long.parseUnsignedLong(
                            line.substring(CAPABILITIES.length()).strip(), 16);
                }
            }
        } catch (IOException e) {
            // Without /proc.
        }
        return 0;
    }

    private static boolean isAtLeast(int major, int minor) {
        String[] version = System.getProperty("os.version").split("[^0-9]", 3);
        int ours = Integer.parseInt(version[0]);
        return ours > major || (ours == major && Integer.parseInt(version[1]) >= minor);
    }

    private static native int mechanisms0();
}
