package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Epoll;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.TimeSlice;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one thread of the library: it waits, with epoll, for all children that run and all pipes that
 * a virtual thread waits on. Thread-safe.
 */
public final class Reactor {
    /*
     * A child is known here from its start to its exit, so that it is reaped whether or not anybody
     * waits, and so that its handle, which nobody else may know by then, is not collected before. The
     * exit is the only event of a pidfd; a pipe is registered on its first wait and armed for one
     * event at a time.
     *
     * Most children are short, and waited for by the thread that has started them. To wake this
     * thread for each of those would cost more than their exit. So a new child is a newcomer at
     * first: this thread looks after newcomers a few milliseconds later and registers those that
     * are still there and that nobody polls. Whoever wants to be told of an exit registers at once.
     *
     * Why a thread and not SIGCHLD: signal handlers belong to the whole process, and to somebody
     * else. Why one and not one per child: that is what makes two thousand children expensive in
     * the JDK.
     */
    private static final Log LOG = Log.of(Reactor.class);

    private static final long STACK_SIZE = 256 * 1024;

    /** What one read of a pipe can give at most. */
    private static final int BUFFER_SIZE = 64 * 1024;

    /**
     * Told on the reactor thread that its descriptor is ready: must neither wait nor call code of
     * the user.
     */
    interface Handler {
        void ready(int events);
    }

    /** Looked after by the reactor thread soon: must neither wait nor call code of the user. */
    interface Newcomer {
        /** Registers itself, unless it is done already. */
        void settle() throws IOException;
    }

    /** How soon newcomers are looked after. */
    private static final int TICK_MS = 5;

    /** After so many looks without newcomers the thread sleeps until it is woken. */
    private static final int MOST_IDLE_TICKS = 20;

    /** Tasks that have waited; more than these do not wait for a quiet moment. */
    private static final int MOST_AFTERWARDS = 4096;

    /**
     * Of events at once: a mass of exits. Fewer do not keep tasks waiting, as pipes that somebody
     * writes to without a pause would do that for ever.
     */
    private static final int MANY = 64;

    private static final int FEW = 4;

    /** The id of the eventfd that wakes the thread; those of handlers are higher. */
    private static final long WAKE = 0;

    /** A thread of its own kind, so that handlers find the buffer that goes with it. */
    private final class Loop extends Thread {
        private final byte[] buffer = new byte[BUFFER_SIZE];
        private final Queue<Runnable> afterwards = new ArrayDeque<>();

        Loop() {
            super(null, null, "spawn4j-reactor", STACK_SIZE, false);
            setDaemon(true);
        }

        @Override
        public void run() {
            TimeSlice.halve();
            Reactor.this.run(afterwards);
        }
    }

    private final Epoll epoll;
    private final Fd wake;

    /** Whether the thread looks after newcomers by itself. */
    private final AtomicBoolean ticking = new AtomicBoolean();

    // Shared by all reactors there have been, as one that has lost its epoll instance may find
    // itself waiting on its successor's, which has got the same number.
    private static final ConcurrentHashMap<Long, Handler> HANDLERS = new ConcurrentHashMap<>();
    private static final Queue<Newcomer> NEWCOMERS = new ConcurrentLinkedQueue<>();
    private static final AtomicLong LAST_ID = new AtomicLong(WAKE);

    private Reactor() throws IOException {
        epoll = new Epoll();
        try {
            wake = Io.eventFd();
            // Readable from now on: to wake the thread is to arm it, which writes nothing, so that
            // it hurts nobody if the number has become somebody else's.
            Io.wake(number(wake));
            epoll.add(number(wake), Epoll.ONESHOT, WAKE);
            new Loop().start();
        } catch (IOException | Error e) {
            epoll.close();
            throw e;
        }
    }

    /** Whether the current thread is the reactor's. */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof Loop;
    }

    /**
     * For handlers: does {@code task} on this thread when there is nothing more urgent. So of a
     * thousand children that end at once the last exit is told before the first is reaped.
     */
    static void afterwards(Runnable task) {
        ((Loop) Thread.currentThread()).afterwards.add(task);
    }

    /** For handlers: memory to read into, whose content is lost when they return. */
    static byte[] buffer() {
        return ((Loop) Thread.currentThread()).buffer;
    }

    /**
     * Does {@code task}, which must neither wait nor call code of the user, on the reactor thread
     * after {@code delayNs}.
     *
     * @throws IOException if there is no reactor and none can be made
     */
    public static Timer schedule(long delayNs, Runnable task) throws IOException {
        Timer timer = Timer.add(System.nanoTime() + delayNs, task);
        try {
            if (timer.isEarliest() && !isCurrent()) {
                get().wakeUp();
            }
        } catch (IOException e) {
            timer.cancel();
            throw e;
        }
        return timer;
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

    private static int number(Fd fd) {
        int number = fd.acquire();
        fd.release();
        return number;
    }

    /** Looks after {@code newcomer} within a few milliseconds. */
    static void welcome(Newcomer newcomer) throws IOException {
        NEWCOMERS.add(newcomer);
        Reactor reactor = get();
        if (!reactor.ticking.get() && reactor.ticking.compareAndSet(false, true)) {
            reactor.wakeUp();
        }
    }

    private void wakeUp() throws IOException {
        try {
            epoll.modify(number(wake), Io.POLLIN | Epoll.ONESHOT, WAKE);
        } catch (ErrnoException e) {
            if (!isLoss(e)) {
                throw e;
            }
            lose(this);
            Reactor next = get();
            next.ticking.set(true);
            next.epoll.modify(number(next.wake), Io.POLLIN | Epoll.ONESHOT, WAKE);
        }
    }

    /**
     * Reports one event of {@code fd} to {@code handler}. Returns the id under which it is known.
     */
    static long register(int fd, int events, Handler handler) throws IOException {
        long id = LAST_ID.incrementAndGet();
        HANDLERS.put(id, handler);
        try {
            add(fd, events, id);
        } catch (IOException e) {
            HANDLERS.remove(id);
            throw e;
        }
        return id;
    }

    private static void add(int fd, int events, long id) throws IOException {
        Reactor reactor = get();
        try {
            reactor.epoll.add(fd, events | Epoll.ONESHOT, id);
        } catch (ErrnoException e) {
            if (!isLoss(e)) {
                throw e;
            }
            // Somebody has closed our descriptor, or opened his own under its number.
            lose(reactor);
            get().epoll.add(fd, events | Epoll.ONESHOT, id);
        }
    }

    /** Arms a registered descriptor for one more event. */
    static void rearm(int fd, int events, long id) throws IOException {
        try {
            get().epoll.modify(fd, events | Epoll.ONESHOT, id);
        } catch (ErrnoException e) {
            if (!isLoss(e)) {
                throw e;
            }
            add(fd, events, id);
        }
    }

    /** Reports nothing of a registered descriptor until it is armed again. */
    static void disarm(int fd, long id) throws IOException {
        try {
            get().epoll.modify(fd, Epoll.ONESHOT, id);
        } catch (ErrnoException e) {
            if (!isLoss(e)) {
                throw e;
            }
            // The reactor that knew it is gone, and so is the report.
        }
    }

    /** Whether the epoll instance is not, or no longer, the one that knows the descriptor. */
    private static boolean isLoss(ErrnoException e) {
        return e.errno() == Errno.EBADF || e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT;
    }

    private static synchronized void lose(Reactor reactor) {
        if (instance == reactor) {
            instance = null;
        }
    }

    /**
     * Forgets a descriptor that is about to be closed, which is what takes it out of the kernel's
     * list.
     */
    static void forget(long id) {
        HANDLERS.remove(id);
    }

    private void run(Queue<Runnable> afterwards) {
        try {
            int idleTicks = 0;
            while (true) {
                int ready = epoll.await(afterwards.isEmpty() ? timeoutMs() : 0);
                for (int i = 0; i < ready; i++) {
                    dispatch(epoll.data(i), epoll.events(i));
                }
                runTimers();
                if (ready < MANY || afterwards.size() > MOST_AFTERWARDS) {
                    runSome(afterwards, Math.max(FEW, ready));
                }
                idleTicks = settleNewcomers() ? 0 : idleTicks + 1;
                if (idleTicks > MOST_IDLE_TICKS) {
                    ticking.set(false);
                    // One that has come since would not wake us.
                    ticking.compareAndSet(false, !NEWCOMERS.isEmpty());
                }
            }
        } catch (IOException e) {
            // Only if somebody has closed our descriptor. The next process gets a new reactor.
            LOG.error(
                    "the reactor has lost its epoll instance; running children are no longer watched",
                    e);
            lose(this);
            runSome(afterwards, afterwards.size());
        }
    }

    private int timeoutMs() {
        int timerMs = Deadline.remainingMs(Timer.earliestNs());
        if (!ticking.get()) {
            return timerMs;
        }
        return timerMs < 0 ? TICK_MS : Math.min(timerMs, TICK_MS);
    }

    private static void runTimers() {
        Runnable task = Timer.pollDue();
        while (task != null) {
            run(task);
            task = Timer.pollDue();
        }
    }

    /** A few, to look for events in between. */
    private static void runSome(Queue<Runnable> tasks, int most) {
        for (int i = 0; i < most && !tasks.isEmpty(); i++) {
            run(tasks.poll());
        }
    }

    /** Nothing that happens in one task may end the waiting for all others. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.error("{}", task, e);
        }
    }

    /** Returns whether there were any. */
    private static boolean settleNewcomers() {
        // Not those that come back, for want of a descriptor or memory.
        int count = NEWCOMERS.size();
        for (int i = 0; i < count; i++) {
            Newcomer newcomer = NEWCOMERS.poll();
            try {
                newcomer.settle();
            } catch (IOException e) {
                LOG.debug("{} is looked after again later", newcomer, e);
                NEWCOMERS.add(newcomer);
            }
        }
        return count > 0;
    }

    private void dispatch(long id, int events) {
        if (id == WAKE) {
            return; // to look after newcomers
        }
        Handler handler = HANDLERS.get(id);
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
