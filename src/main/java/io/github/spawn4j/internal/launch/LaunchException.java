// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import java.io.IOException;

/**
 * A launch was refused or has failed: at which step, on what, with which error number. The API
 * makes its own exception of it, whose message ends with this one's.
 */
public final class LaunchException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String step;
    private final int index;
    private final int errno;
    private final String object;

    /**
     * @param step the kernel's word for what was done
     * @param index which of the caller's actions it was, or -1
     * @param errno the error number
     * @param object what it was done to, or an empty string
     */
    public LaunchException(String step, int index, int errno, String object) {
        this(step, index, errno, object, "");
    }

    /**
     * @param explanation what the error number does not say, or an empty string
     */
    public LaunchException(String step, int index, int errno, String object, String explanation) {
        super(describe(step, index, errno, object, explanation));
        this.step = step;
        this.index = index;
        this.errno = errno;
        this.object = object;
    }

    /** What a system call of the JVM's own has said. */
    public static LaunchException of(ErrnoException call) {
        LaunchException e =
                new LaunchException(
                        call.call(), RequestLayout.NO_INDEX, call.errno(), "", call.explanation());
        e.initCause(call);
        return e;
    }

    private static String describe(
            String step, int index, int errno, String object, String explanation) {
        // As the JDK says it, then what it does not say.
        StringBuilder text = new StringBuilder("error=").append(errno);
        text.append(", ").append(Errno.text(errno)).append(" (");
        if (index >= 0) {
            text.append("action ").append(index).append(": ");
        }
        text.append(step);
        if (!object.isEmpty()) {
            text.append(' ').append(object);
        }
        text.append(": ").append(Errno.name(errno));
        String limit = Errno.limit(errno);
        if (!limit.isEmpty()) {
            text.append(" (").append(limit).append(')');
        }
        if (!explanation.isEmpty()) {
            text.append("; ").append(explanation);
        }
        return text.append(')').toString();
    }

    /** What it was done to, without quotation marks; or an empty string. */
    public String object() {
        return object.startsWith("\"") ? object.substring(1, object.length() - 1) : object;
    }

    public String step() {
        return step;
    }

    public int index() {
        return index;
    }

    public int errno() {
        return errno;
    }
}
