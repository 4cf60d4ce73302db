// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Registration;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Pty;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Writes to the input of a child what comes while it runs, in the order in which it comes and
 * without a thread. Thread-safe.
 */
public final class LiveFeed implements Child.Stream, Child.Input, LiveInput, Reactor.Handler {
    /** Bytes that wait to be written, and who is told of it. */
    private static final class Message {
        private final byte[] bytes;
        private final CompletableFuture<Void> written = new CompletableFuture<>();
        private final Errand telling = new Errand(this::tell);

        /** Null if it was written. */
        private volatile IOException failure;

        Message(byte[] bytes) {
            this.bytes = bytes;
        }

        void tell() {
            if (failure == null) {
                written.complete(null);
            } else {
                written.completeExceptionally(failure);
            }
        }
    }

    private final Fd fd;
    private final boolean isTerminal;

    /** A list, as an ArrayDeque that finds no memory to grow loses what it has. */
    @GuardedBy("this")
    private final Queue<Message> waiting = new LinkedList<>();

    /** How much of the first one has been written. */
    @GuardedBy("this")
    private int position;

    /** The last byte that was written, or -1: what a terminal's end of input depends on. */
    @GuardedBy("this")
    private int last = -1;

    /** Nothing more is taken; what waits is still written. */
    @GuardedBy("this")
    private boolean ended;

    /** The end of the input has been put behind the rest, as a terminal knows one. */
    @GuardedBy("this")
    private boolean saysEnd;

    /** Null until it had to wait. */
    @GuardedBy("this")
    private Registration registration;

    /**
     * Takes over a descriptor, which must not block.
     *
     * @param isTerminal whether it is our side of a terminal, where to close is not to end
     */
    public LiveFeed(Fd fd, boolean isTerminal) {
        this.fd = fd;
        this.isTerminal = isTerminal;
    }

    /** {@inheritDoc} Completed by this thread if that is at once, else by a worker. */
    @Override
    public CompletableFuture<Void> write(byte[] bytes) {
        Message message = new Message(bytes);
        List<Message> done;
        synchronized (this) {
            if (ended || !fd.isOpen()) {
                message.failure = new IOException("Stream closed");
                message.tell();
                return message.written;
            }
            waiting.add(message);
            done = writeOn();
        }
        if (done.remove(message)) {
            message.tell(); // nobody depends on it yet, so that this runs no code of the user
        }
        done.forEach(other -> other.telling.run());
        return message.written;
    }

    @Override
    public void ready(int events) {
        List<Message> done;
        synchronized (this) {
            done = writeOn();
        }
        done.forEach(message -> message.telling.run());
    }

    /** Writes what fits. Returns those that have been dealt with. */
    @GuardedBy("this")
    private List<Message> writeOn() {
        List<Message> done = new ArrayList<>(waiting.size());
        int number = fd.acquire();
        try {
            while (number >= 0 && writeFirst(number)) {
                done.add(waiting.remove());
                position = 0;
            }
        } catch (IOException e) {
            done.addAll(giveUp(Errno.isEpipe(e) ? new IOException("Broken pipe", e) : e));
        } finally {
            fd.release(number);
        }
        return done;
    }

    /** Returns whether all of the first message has been written; false also if there is none. */
    @GuardedBy("this")
    private boolean writeFirst(int number) throws IOException {
        Message first = waiting.peek();
        if (first == null) {
            return closesAtEnd(number);
        }
        while (position < first.bytes.length) {
            int count = Io.write(number, first.bytes, position, first.bytes.length - position);
            if (count == -Errno.EAGAIN) {
                if (isTerminal && Io.remaining(number) >= 0) {
                    throw new IOException("the terminal has been hung up");
                }
                arm();
                return false;
            }
            position += count;
            last = first.bytes[position - 1] & 0xff;
        }
        return true;
    }

    /**
     * Ends the input if that is wanted. Returns whether there is something to be written for it.
     */
    @GuardedBy("this")
    private boolean closesAtEnd(int number) throws IOException {
        if (ended && isTerminal && !saysEnd) {
            saysEnd = true;
            waiting.add(new Message(Pty.endOfInput(number, last)));
            return writeFirst(number);
        }
        if (ended) {
            forget();
        }
        return false;
    }

    @GuardedBy("this")
    private void arm() throws IOException {
        registration = Registration.arm(registration, fd, this, Io.POLLOUT);
    }

    @GuardedBy("this")
    private void forget() {
        ended = true;
        if (registration != null) {
            registration.forget();
        }
        fd.close();
    }

    /** Writes no more. Returns those that wait in vain. */
    @GuardedBy("this")
    private List<Message> giveUp(IOException reason) {
        List<Message> lost = new ArrayList<>(waiting);
        waiting.clear();
        lost.forEach(message -> message.failure = reason);
        forget();
        return lost;
    }

    /** Ends the input behind what waits. */
    @Override
    public void end() {
        synchronized (this) {
            ended = true;
        }
        ready(0);
    }

    @Override
    public void childExited() {
        // Others may still read; if nobody can, the next write says so.
    }

    /** Writes no more, whatever waits. */
    @Override
    public void close() {
        List<Message> lost;
        synchronized (this) {
            lost = giveUp(new IOException("Stream closed"));
        }
        lost.forEach(message -> message.telling.run());
    }
}
