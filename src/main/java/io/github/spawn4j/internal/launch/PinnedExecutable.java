// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Executable;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Kernel;
import java.io.IOException;

/**
 * A program that was opened, identified and prepared once. Thread-safe; whoever made it closes it.
 *
 * <p>What is executed is the open file where the kernel then names the process properly (Linux
 * 6.14), else, and for scripts, whose interpreter needs a path, what the path leads to; either way
 * only after the path was found to lead to the same file still.
 */
public final class PinnedExecutable implements AutoCloseable {
    /** A step: this executable will not do any more. */
    static final String STALE = "template is stale";

    /** Likewise. */
    private static final String CLOSED = "template is closed";

    private final byte[] path;
    private final Fd file;
    private final byte[] identity = new byte[RequestLayout.IDENTITY_SIZE];
    private final boolean byDescriptor;

    /**
     * Opens and identifies the program at {@code path}.
     *
     * @throws IOException if it cannot be opened
     */
    public PinnedExecutable(byte[] path) throws IOException {
        this(path, Executable.pin(path));
    }

    /**
     * Identifies an open program.
     *
     * @param path where it was found, encoded; empty if it was found nowhere
     * @param file the file, O_PATH; closed with this, or if this fails
     */
    public PinnedExecutable(byte[] path, Fd file) throws IOException {
        this.path = path;
        this.file = file;
        int fd = file.acquire();
        try {
            Executable.identity(fd, identity);
            byDescriptor =
                    (Kernel.capabilities() & Kernel.EXECVE_CHECK) != 0 && Executable.isElf(fd);
        } catch (IOException e) {
            file.close();
            throw e;
        } finally {
            file.release(fd);
        }
    }

    public byte[] path() {
        return path;
    }

    /**
     * Begins a spawn.
     *
     * @throws LaunchException with EBADF if this is closed
     */
    public Use use() throws LaunchException {
        int fd = file.acquire();
        if (fd < 0) {
            throw new LaunchException(CLOSED, RequestLayout.NO_INDEX, Errno.EBADF, "");
        }
        return new Use(fd);
    }

    /**
     * Whether a spawn has failed because the executable has changed or was closed, so that a new
     * one may do.
     */
    public static boolean isStale(LaunchException e) {
        return e.step().equals(STALE) || e.step().equals(CLOSED);
    }

    /** One spawn from the executable, which stays open meanwhile even if it is closed. */
    public final class Use implements AutoCloseable {
        private final int fd;

        private Use(int fd) {
            this.fd = fd;
        }

        /**
         * Adds the check of the file's identity, and its execution by descriptor if that is
         * possible and {@code mayExecuteDescriptor}.
         */
        public void encode(RequestEncoder request, boolean mayExecuteDescriptor) {
            request.identity(identity);
            if (byDescriptor && mayExecuteDescriptor) {
                request.pinned(fd);
            }
        }

        /** Adds the execution of the open file, whatever has become of its path. */
        public void encodeOpenFile(RequestEncoder request) {
            request.pinned(fd);
        }

        /** Adds what the proposal demands: all checks, and the execution of the open file. */
        public void encodeStrictly(RequestEncoder request) {
            request.identity(identity);
            request.flag(RequestLayout.FLAG_STRICT_IDENTITY);
            request.pinned(fd);
        }

        @Override
        public void close() {
            file.release(fd);
        }
    }

    @Override
    public void close() {
        file.close();
    }
}
