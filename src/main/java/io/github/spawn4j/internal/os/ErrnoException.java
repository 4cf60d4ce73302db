// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/** A system call failed: which one, and its error number. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;

    public ErrnoException(String call, int errno) {
        super(call + ": " + Errno.name(errno) + " (" + explain(errno) + ")");
        this.call = call;
        this.errno = errno;
    }

    private static String explain(int errno) {
        String limit = Errno.limit(errno);
        return Errno.text(errno) + (limit.isEmpty() ? "" : "; " + limit);
    }

    /** The name of the call. */
    public String call() {
        return call;
    }

    public int errno() {
        return errno;
    }
}
