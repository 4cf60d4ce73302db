// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.io.IOException;

/** A system call failed: which one, and its error number. */
public final class ErrnoException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int errno;
    private final String explanation;

    public ErrnoException(String call, int errno) {
        super(call + ": " + Errno.name(errno) + " (" + explain(errno) + ")");
        this.call = call;
        this.errno = errno;
        explanation = "";
    }

    /** What has failed is no call of the kernel's, and {@code cause} says why. */
    ErrnoException(String call, int errno, Throwable cause) {
        super(call + ": " + Errno.name(errno) + "; " + cause.getMessage(), cause);
        this.call = call;
        this.errno = errno;
        explanation = cause.getMessage();
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

    /** What the error number does not say, or an empty string. */
    public String explanation() {
        return explanation;
    }
}
