package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Fd;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What the streams of a pipe's two ends have in common: a descriptor that threads use in turns,
 * wait for, and close once. Thread-safe.
 */
final class PipeEnd {
    /** What is done when the child has exited. */
    interface LastLook {
        /**
         * Takes what is left if nobody has the other end any more. Returns false if somebody has.
         */
        boolean at(int number) throws IOException;
    }

    private final Fd fd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Readiness readiness;
    private volatile boolean closed;
    private volatile boolean childHasExited;

    /** Takes over a descriptor, to be waited for until it has {@code events} of poll(2). */
    PipeEnd(Fd fd, int events) {
        this.fd = fd;
        this.readiness = new Readiness(fd, events);
    }

    /** The lock of who uses the descriptor, and of what the stream keeps of it. */
    ReentrantLock lock() {
        return lock;
    }

    /** Whether the user has closed it. */
    boolean isClosed() {
        return closed;
    }

    /** As {@link Fd#acquire}. */
    int acquire() {
        return fd.acquire();
    }

    /** As {@link Fd#release}. */
    void release(int number) {
        fd.release(number);
    }

    /** Waits for the descriptor, whose number the caller has acquired. */
    void await(int number) throws IOException, InterruptedException {
        readiness.await(number);
    }

    /** As {@link Readiness#moved}. */
    void moved(int count) {
        readiness.moved(count);
    }

    boolean hasChildExited() {
        return childHasExited;
    }

    /** Gives up the descriptor, as there is nothing more to be done with it. */
    void end() {
        readiness.forget();
        fd.close();
    }

    /** Ends a wait, and then the descriptor. Closing again does nothing. */
    void close() {
        closed = true;
        readiness.wake();
        end();
    }

    /** What a thread that was interrupted finds, as InterruptibleChannel has it: all is closed. */
    ClosedByInterruptException interrupted() {
        close();
        Thread.currentThread().interrupt();
        return new ClosedByInterruptException();
    }

    /**
     * Gives up the descriptor if nobody has the other end any more; else leaves it to the stream,
     * and when that is dropped to nobody.
     */
    void childExited(Object stream, LastLook look) throws IOException {
        childHasExited = true;
        if (!fd.isOpen()) {
            return;
        }
        if (!lock.tryLock()) {
            // Somebody is at work. He will meet the end, or be dropped with the stream while a
            // grandchild has the pipe.
            closeWhenDropped(stream);
            return;
        }
        try {
            int number = fd.acquire();
            if (number < 0) {
                return;
            }
            try {
                if (look.at(number)) {
                    end();
                } else {
                    closeWhenDropped(stream);
                }
            } finally {
                fd.release(number);
            }
        } finally {
            lock.unlock();
        }
    }

    /** This does not refer to the stream, which refers to it. */
    private void closeWhenDropped(Object stream) {
        Leftovers.closeWhenDropped(stream, this::end);
    }
}
