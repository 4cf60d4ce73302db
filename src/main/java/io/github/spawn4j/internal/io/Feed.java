package io.github.spawn4j.internal.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the input of a child, without a thread, and closes it. Thread-safe.
 *
 * <p>A child that does not read all of it has had enough, which is no failure.
 */
public final class Feed implements Child.Stream, Reactor.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private final Fd fd;
    private final byte[] bytes;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private int position;

    /** Known to the reactor under this id, once it had to wait. */
    @GuardedBy("lock")
    private long id;

    /** Takes over a descriptor, which must not block. */
    public Feed(int fd, byte[] bytes) {
        this.fd = new Fd(fd);
        this.bytes = bytes;
    }

    /** Writes what fits, which mostly is all. */
    public void start() {
        ready(0);
    }

    @Override
    public void ready(int events) {
        lock.lock();
        try {
            int number = fd.acquire();
            if (number < 0) {
                return;
            }
            try {
                write(number);
            } catch (IOException e) {
                LOG.debug("the rest of the input is not wanted", e); // EPIPE
                close();
            } finally {
                fd.release();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void write(int number) throws IOException {
        while (position < bytes.length) {
            int count = Io.write(number, bytes, position, bytes.length - position);
            if (count == -Errno.EAGAIN) {
                arm(number);
                return;
            }
            position += count;
        }
        close();
    }

    @GuardedBy("lock")
    private void arm(int number) throws IOException {
        if (id == 0) {
            id = Reactor.register(number, Io.POLLOUT, this);
        } else {
            Reactor.rearm(number, Io.POLLOUT, id);
        }
    }

    @Override
    public void childExited() {
        // Others may still read; if nobody can, the next write says so.
    }

    @Override
    public void close() {
        lock.lock();
        try {
            Reactor.forget(id);
            fd.close();
        } finally {
            lock.unlock();
        }
    }
}
