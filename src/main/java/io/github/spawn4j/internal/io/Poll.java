package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;

/**
 * One wait of a platform thread, in the kernel, for one descriptor; another thread that calls
 * {@link #wake} ends it, and where that is wanted an interrupt. Thread-safe, but only the waiting
 * thread closes it.
 *
 * <p>A blocked system call knows nothing of {@link Thread#interrupt()}. Channels do: what is
 * registered with their {@code begin} is closed by an interrupt, and closing this one makes an
 * eventfd readable that is polled as well.
 */
final class Poll implements AutoCloseable {
    private final class Interruption extends AbstractInterruptibleChannel {
        @Override
        protected void implCloseChannel() {
            wake();
        }

        void waitBegins() {
            begin();
        }

        /**
         * Returns whether an interrupt has ended the wait; the thread's interrupt status is then
         * set.
         */
        boolean waitEnds() throws IOException {
            try {
                end(true);
                return false;
            } catch (ClosedByInterruptException e) {
                return true;
            }
        }
    }

    private final Fd eventFd;

    /**
     * Prepares a wait.
     *
     * @throws IOException if no descriptor is left for it
     */
    Poll() throws IOException {
        eventFd = Io.eventFd();
    }

    /**
     * Waits until {@code fd} is ready, which is true, or until the deadline or a wake-up, which is
     * false.
     *
     * @param deadlineNs in {@link System#nanoTime}'s time, or {@link Deadline#NONE}
     * @throws InterruptedException if the thread was or is interrupted; its interrupt status is
     *     cleared
     */
    boolean await(int fd, int events, long deadlineNs) throws IOException, InterruptedException {
        Interruption interruption = new Interruption();
        int wake = eventFd.acquire();
        interruption.waitBegins();
        int ready;
        boolean interrupted;
        try {
            ready = Io.await(fd, events, wake, Deadline.remainingMs(deadlineNs));
        } finally {
            interrupted = interruption.waitEnds();
            eventFd.release(wake);
        }
        if (interrupted) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        return ready != 0;
    }

    /** Waits until {@code fd} is ready, or for a wake-up; an interrupt changes nothing. */
    void awaitUninterruptibly(int fd, int events) throws IOException {
        int wake = eventFd.acquire();
        try {
            Io.await(fd, events, wake, Deadline.remainingMs(Deadline.NONE));
        } finally {
            eventFd.release(wake);
        }
    }

    /** Ends the wait, also one that is yet to begin. */
    void wake() {
        int wake = eventFd.acquire();
        if (wake >= 0) {
            Io.wake(wake);
            eventFd.release(wake);
        }
    }

    @Override
    public void close() {
        eventFd.close();
    }
}
