// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/**
 * A descriptor that stands for a process before there is one, and is its pidfd afterwards, under
 * the same number. Whoever opens it closes it. One thread at a time.
 */
public final class PidfdHandle implements AutoCloseable {
    private final Fd fd;

    private PidfdHandle(Fd fd) {
        this.fd = fd;
    }

    /** An eventfd that nobody signals: other than a memfd's, its poll is never ready. */
    public static PidfdHandle open() throws IOException {
        NativeHalf.require();
        return new PidfdHandle(Io.eventFd());
    }

    public int number() {
        int number = fd.acquire();
        fd.release(number);
        return number;
    }

    /** int dup3(int pidfd, int number, O_CLOEXEC) */
    public void become(int pidfd) throws IOException {
        int number = fd.acquire();
        if (number < 0) {
            return;
        }
        try {
            Errno.check("dup3", Pidfd.duplicate0(pidfd, number));
        } finally {
            fd.release(number);
        }
    }

    /** int pidfd_getfd(int pidfd, int targetfd, unsigned flags) */
    public int getFd(int targetFd) throws IOException {
        int number = fd.acquire();
        if (number < 0) {
            throw new ErrnoException("pidfd_getfd", Errno.EBADF);
        }
        try {
            return Errno.check("pidfd_getfd", Pidfd.getFd0(number, targetFd));
        } finally {
            fd.release(number);
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
