// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Whether the native half of the library is here, for callers that can do without it. Thread-safe.
 */
public final class NativeHalf {
    private static final String LINUX = "Linux";
    private static final File ALWAYS_THERE = new File("/dev/null");

    /** What the jar, its copy and the linker take at once. */
    private static final int ENOUGH = 4;

    private NativeHalf() {}

    /**
     * Loads it if that has not been done yet.
     *
     * @throws ErrnoException with ENOSYS and the reason if it cannot be loaded; the next call tries
     *     again
     */
    public static void require() throws ErrnoException {
        try {
            NativeLibrary.require();
        } catch (UnsatisfiedLinkError e) {
            throw new ErrnoException("native library", Errno.ENOSYS, e);
        }
    }

    /**
     * The same for methods that neither start a process nor throw {@link IOException}.
     *
     * @throws UnsupportedOperationException with the reason if it cannot be loaded; the next call
     *     tries again
     */
    public static void requireUnchecked() {
        try {
            NativeLibrary.require();
        } catch (UnsatisfiedLinkError e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
    }

    /** Why it cannot be loaded, or null if it is, or has just been. */
    public static String absence() {
        Optional<? extends Throwable> failure = NativeLibrary.failure();
        return failure.isPresent() ? failure.get().getMessage() : null; // a lambda is dear at first
    }

    /** Whether this is the system that it is made for; else it will never be here. */
    public static boolean isLinux() {
        return LINUX.equals(System.getProperty("os.name"));
    }

    /** Whether so few files can be opened that the library may be there the next time. */
    public static boolean lacksDescriptors() {
        return isLinux() && !canOpen(ENOUGH);
    }

    /** Each while the others are open. */
    private static boolean canOpen(int files) {
        if (files == 0) {
            return true;
        }
        try (InputStream opened = new FileInputStream(ALWAYS_THERE)) {
            return opened.available() >= 0 && canOpen(files - 1);
        } catch (IOException e) {
            return false;
        }
    }
}
