package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Epoll;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of the library: it waits, with epoll, for all children that run and all pipes that
 * a virtual thread waits on. Thread-safe.
 */
final class Reactor {
    /*
     * A child is registered from its start to its exit, so that it is reaped whether or not anybody waits, and so that its handle, which
     * only the registry may know by then, is not collected before. The exit is the only event of a pidfd; a pipe is registered on its
     * first wait and armed for one event at a time.
     *
     * Why a thread and not SIGCHLD: signal handlers belong to the whole process, and to somebody else. Why one and not one per child:
     * that is what makes two thousand children expensive in the JDK.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Reactor.class);

    private static final long STACK_SIZE = 256 * 1024;

    /**
     * Told on the reactor thread that its descriptor is ready: must neither wait nor call code of
     * the user.
     */
    interface Handler {
        void ready(int events);
    }

    private final Epoll epoll;
    private final ConcurrentHashMap<Long, Handler> handlers = new ConcurrentHashMap<>();
    private final AtomicLong lastId = new AtomicLong();

    private Reactor() throws IOException {
        epoll = new Epoll();
        Thread thread = new Thread(null, this::run, "spawn4j-reactor", STACK_SIZE, false);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * The reactor, which is started on first use.
     *
     * @throws IOException if the kernel gives no epoll instance, as when descriptors have run out;
     *     the next call tries again
     */
    static Reactor get() throws IOException {
        Reactor reactor = instance;
        return reactor != null ? reactor : create();
    }

    private static volatile Reactor instance;

    private static synchronized Reactor create() throws IOException {
        if (instance == null) {
            instance = new Reactor();
        }
        return instance;
    }

    /**
     * Reports one event of {@code fd} to {@code handler}. Returns the id under which it is known.
     */
    long add(int fd, int events, Handler handler) throws IOException {
        long id = lastId.incrementAndGet();
        handlers.put(id, handler);
        try {
            epoll.add(fd, events | Epoll.ONESHOT, id);
        } catch (IOException e) {
            handlers.remove(id);
            throw e;
        }
        return id;
    }

    /** Arms a descriptor for one more event. */
    void rearm(int fd, int events, long id) throws IOException {
        epoll.modify(fd, events | Epoll.ONESHOT, id);
    }

    /** Reports nothing of a descriptor until it is armed again. */
    void disarm(int fd, long id) throws IOException {
        epoll.modify(fd, Epoll.ONESHOT, id);
    }

    /**
     * Forgets a descriptor that is about to be closed, which is what takes it out of the kernel's
     * list.
     */
    void forget(long id) {
        handlers.remove(id);
    }

    private void run() {
        try {
            while (true) {
                int ready = epoll.await(-1);
                for (int i = 0; i < ready; i++) {
                    dispatch(epoll.data(i), epoll.events(i));
                }
            }
        } catch (IOException e) {
            // Only if somebody has closed our descriptor. The next process gets a new reactor.
            LOG.error(
                    "the reactor has lost its epoll instance; running children are no longer watched",
                    e);
            instance = null;
        }
    }

    private void dispatch(long id, int events) {
        Handler handler = handlers.get(id);
        try {
            if (handler != null) {
                handler.ready(events);
            }
        } catch (RuntimeException | Error e) {
            // Nothing that happens to one descriptor may end the waiting for all others.
            LOG.error("event {} of {}", events, handler, e);
        }
    }
}
