// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Registration;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Pty;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Writes the input of a child, without a thread, and closes it. Thread-safe.
 *
 * <p>A child that does not read all of it has had enough, which is no failure.
 */
public final class Feed implements Child.Stream, Child.Input, Reactor.Handler {
    private final Fd fd;
    private final boolean isTerminal;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    @GuardedBy("this")
    private byte[] bytes;

    @GuardedBy("this")
    private int position;

    /** The end of the input has been added to it, as a terminal knows one. */
    @GuardedBy("this")
    private boolean saysEnd;

    /** What went wrong, kept until somebody has been told. */
    @GuardedBy("this")
    private IOException failure;

    /** Null until it had to wait. */
    @GuardedBy("this")
    private Registration registration;

    /**
     * Takes over a descriptor, which must not block.
     *
     * @param isTerminal whether it is our side of a terminal, where to close is not to end
     */
    public Feed(Fd fd, byte[] bytes, boolean isTerminal) {
        this.fd = fd;
        this.bytes = bytes;
        this.isTerminal = isTerminal;
    }

    /**
     * Completed exceptionally if it could not be written although somebody reads. For code of ours
     * only, which must not wait.
     */
    public CompletableFuture<Void> done() {
        return done;
    }

    /** Writes what fits, which mostly is all. */
    public void start() {
        ready(0);
    }

    @Override
    public void ready(int events) {
        IOException known = writeOn();
        if (known != null) {
            done.completeExceptionally(known);
        }
    }

    /** Writes what fits. Returns what has gone wrong, or null. */
    private IOException writeOn() {
        synchronized (this) {
            int number = fd.acquire();
            try {
                if (number >= 0) {
                    write(number);
                }
            } catch (IOException e) {
                failure = Errno.isEpipe(e) ? null : e;
                close();
            } finally {
                fd.release(number);
            }
            return failure;
        }
    }

    @GuardedBy("this")
    private void write(int number) throws IOException {
        if (position == bytes.length) {
            addEnd(number);
        }
        while (position < bytes.length) {
            int count = Io.write(number, bytes, position, bytes.length - position);
            if (count == -Errno.EAGAIN) {
                if (isTerminal && Io.remaining(number) >= 0) {
                    break; // hung up: epoll would say at once, and for ever, that it is ready
                }
                arm();
                return;
            }
            position += count;
            if (position == bytes.length) {
                addEnd(number);
            }
        }
        close();
    }

    @GuardedBy("this")
    private void addEnd(int number) throws IOException {
        if (isTerminal && !saysEnd) {
            saysEnd = true;
            bytes = Pty.endOfInput(number, position == 0 ? -1 : bytes[position - 1] & 0xff);
            position = 0;
        }
    }

    @GuardedBy("this")
    private void arm() throws IOException {
        registration = Registration.arm(registration, fd, this, Io.POLLOUT);
    }

    /** Writes nothing more except the end. */
    @Override
    public void end() {
        synchronized (this) {
            if (!isTerminal) {
                close();
                return;
            }
            if (!saysEnd) {
                bytes = Arrays.copyOf(bytes, position);
            }
        }
        ready(0);
    }

    @Override
    public void childExited() {
        // Others may still read; if nobody can, the next write says so.
    }

    @Override
    public void close() {
        synchronized (this) {
            if (registration != null) {
                registration.forget();
            }
            fd.close();
        }
    }
}
