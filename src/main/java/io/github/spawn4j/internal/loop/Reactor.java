package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Epoll;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.EventList;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.os.TimeSlice;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

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
     * Nothing that fails once may end the watching. So each step of a turn is guarded for itself, and
     * what fails in one is a chore that stays until it has been done. What is watched belongs to no
     * reactor: registrations, timers and chores are everybody's, and survive this object and its
     * thread. A thread that has died has a successor on the same epoll instance; an epoll instance
     * that is lost, as somebody has closed our descriptor, one that all registrations are moved to.
     * Where nothing is watched the thread ends, so that a class loader which is dropped is not kept.
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
     * the user. Told again a little later if it throws, and perhaps without a reason.
     */
    public interface Handler {
        void ready(int events) throws IOException;
    }

    /** How soon newcomers are looked after, and what has failed is tried again. */
    private static final int TICK_MS = 5;

    /** After so many looks without newcomers the thread sleeps until it is woken. */
    private static final int MOST_IDLE_TICKS = 20;

    /**
     * After so long without anything to watch the thread ends, and so soon it sees that its epoll
     * instance is another one.
     */
    private static final int LONGEST_WAIT_MS = 5000;

    /** After a step that failed, which it may do again and again. */
    private static final long PAUSE_NS = 1_000_000;

    /** Chores that have waited; more than these do not wait for a quiet moment. */
    private static final int MOST_AFTERWARDS = 4096;

    /**
     * Of events at once: a mass of exits. Fewer do not keep chores waiting, as pipes that somebody
     * writes to without a pause would do that for ever.
     */
    private static final int MANY = 64;

    private static final int FEW = 4;

    /** The id of the eventfd that wakes the thread; those of registrations are higher. */
    private static final long WAKE = 0;

    /** Chores for within a tick: newcomers, and what has failed. */
    private static final Chores SOON = new Chores();

    private static volatile Reactor instance;

    /** How many parts a turn has. */
    private static final int STEPS = 6;

    /** A thread of its own kind, so that handlers find the buffer that goes with it. */
    private static final class Loop extends Thread {
        private final Reactor reactor;
        private final byte[] buffer = new byte[BUFFER_SIZE];

        Loop(Reactor reactor) {
            super(Threads.outermostGroup(), null, "spawn4j-reactor", STACK_SIZE, false);
            this.reactor = reactor;
        }

        @Override
        public void run() {
            try {
                begin();
                while (reactor.goesOn()) {
                    reactor.turn();
                }
            } finally {
                reactor.threadEnds(this);
            }
        }

        private void begin() {
            try {
                reactor.own();
                TimeSlice.halve();
                new Drill().attempt();
                pause();
            } catch (Throwable e) {
                LOG.debug("{} begins badly", this, e);
            }
        }
    }

    private final EventList epoll;
    private final Fd wake;

    /** Whether the thread looks after newcomers by itself. */
    private final AtomicBoolean ticking = new AtomicBoolean();

    private volatile Loop thread;

    // All that follows is confined to the thread, or to its successor. Nothing is taken out of a
    // list before it has been dealt with, so that a step that fails midway is taken up again.

    /** How many events the kernel has given, and how many of them have been told. */
    private int ready;

    private int told;

    private Chore firstAfterwards;
    private Chore lastAfterwards;
    private int afterwardsCount;

    /** What has been taken from {@link #SOON}. */
    private Chore soon;

    private int idleTicks;
    private boolean waitedLong;
    private boolean ended;

    private Reactor() throws IOException {
        epoll = EventList.open();
        try {
            wake = Io.eventFd();
            // Readable from now on: to wake the thread is to arm it, which writes nothing, so that
            // it hurts nobody if the number has become somebody else's.
            Io.wake(wake.number());
            epoll.add(wake.number(), Epoll.ONESHOT, WAKE);
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void close() {
        epoll.close();
        if (wake != null) {
            wake.close();
        }
    }

    private void own() throws IOException {
        epoll.own();
        wake.own();
    }

    /** Closes what the thread still owns: the rest has been closed by others. */
    private void closeOwn() {
        epoll.closeIfOwn();
        wake.closeIfOwn();
    }

    /** Whether processes are being started, as far as the reactor knows. */
    public static boolean isTicking() {
        Reactor reactor = instance;
        return reactor != null && reactor.ticking.get();
    }

    /** Whether the current thread is the reactor's. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof Loop loop && loop.reactor == instance;
    }

    /**
     * For handlers: does {@code chore} on this thread when there is nothing more urgent. So of a
     * thousand children that end at once the last exit is told before the first is reaped.
     */
    public static void afterwards(Chore chore) {
        if (Thread.currentThread() instanceof Loop loop) {
            loop.reactor.addAfterwards(chore);
        } else {
            retry(chore);
        }
    }

    private void addAfterwards(Chore chore) {
        if (!chore.enter()) {
            return;
        }
        if (firstAfterwards == null) {
            firstAfterwards = chore;
        } else {
            lastAfterwards.next = chore;
        }
        lastAfterwards = chore;
        afterwardsCount++;
    }

    private Chore takeAfterwards() {
        Chore chore = firstAfterwards;
        firstAfterwards = chore.next;
        if (firstAfterwards == null) {
            lastAfterwards = null; // else the last child of all would never be collected
        }
        afterwardsCount--;
        chore.leave();
        return chore;
    }

    private Chore takeSoon() {
        Chore chore = soon;
        soon = chore.next;
        chore.leave();
        return chore;
    }

    /** For handlers: memory to read into, whose content is lost when they return. */
    public static byte[] buffer() {
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
            Reactor reactor =
                    get(); // also for one that is not the first: the first may be withdrawn
            if (timer.isEarliest() && !isCurrent()) {
                wakeUp(reactor);
            }
        } catch (IOException | RuntimeException | Error e) {
            timer.cancel();
            throw e;
        }
        return timer;
    }

    /**
     * Makes sure that there is a reactor, so that nothing is begun in vain that has to be watched.
     *
     * @throws IOException if there is none and none can be made
     */
    public static void prepare() throws IOException {
        get();
    }

    /**
     * The reactor, which is started on first use, and again where its thread has died.
     *
     * @throws IOException if the kernel gives no epoll instance, as when descriptors have run out;
     *     the next call tries again
     */
    static Reactor get() throws IOException {
        Reactor reactor = instance;
        return reactor != null && reactor.thread.isAlive() ? reactor : start();
    }

    private static synchronized Reactor start() throws IOException {
        Reactor reactor = instance;
        if (reactor != null) {
            if (!reactor.thread.isAlive()) {
                reactor.startThread();
            }
            return reactor;
        }
        reactor = new Reactor();
        try {
            Registrations.moveTo(reactor);
            reactor.ticking.set(!SOON.isEmpty());
            reactor.startThread();
            return reactor;
        } catch (IOException | RuntimeException | Error e) {
            instance = null;
            reactor.close();
            throw e;
        }
    }

    /** Under the lock of the class. */
    private void startThread() throws IOException {
        Loop loop =
                Threads.daemon(
                        new Supplier<>() {
                            @Override
                            public Loop get() {
                                return new Loop(Reactor.this);
                            }
                        });
        thread = loop;
        instance = this; // before the thread begins, which else finds itself replaced
        Threads.start(loop);
    }

    /**
     * The thread has died, rather than come to its end: there is another one, if one can be had.
     */
    private void threadEnds(Loop loop) {
        if (!ended && thread == loop) {
            synchronized (Reactor.class) {
                if (instance == this) {
                    tryToStartThread();
                }
            }
        }
    }

    private void tryToStartThread() {
        try {
            startThread();
        } catch (IOException e) {
            LOG.debug("{} is started by whoever comes next", this, e);
        }
    }

    /** Does {@code chore}, for the first time, within a few milliseconds. */
    public static void soon(Chore chore) throws IOException {
        SOON.add(chore);
        tick();
    }

    /** Has {@code chore} done by the reactor that is about to be made. */
    static void remember(Chore chore) {
        SOON.add(chore);
    }

    /** Does {@code chore} once more, a few milliseconds later. Never throws. */
    public static void retry(Chore chore) {
        SOON.add(chore);
        try {
            tick();
        } catch (Throwable e) {
            // It is not forgotten: the next reactor finds it.
        }
    }

    private static void tick() throws IOException {
        Reactor reactor = get();
        if (!reactor.ticking.get() && reactor.ticking.compareAndSet(false, true) && !isCurrent()) {
            wakeUp(reactor);
        }
    }

    private static void wakeUp(Reactor reactor) throws IOException {
        try {
            reactor.armWake();
        } catch (ErrnoException e) {
            successor(reactor, e).armWake();
        }
    }

    private void armWake() throws IOException {
        epoll.modify(wake.number(), Io.POLLIN | Epoll.ONESHOT, WAKE);
    }

    /**
     * For a registration: reports one event of {@code fd}.
     *
     * @param known whether it may have been added before
     */
    static void arm(int fd, int events, long id, boolean known) throws IOException {
        Reactor reactor = get();
        try {
            if (known) {
                reactor.epoll.modify(fd, events | Epoll.ONESHOT, id);
            } else {
                reactor.add(fd, events, id);
            }
        } catch (ErrnoException e) {
            orSuccessor(reactor, e).add(fd, events, id);
        }
    }

    /** Adds what may be there already, as others move all registrations to a new instance. */
    void add(int fd, int events, long id) throws IOException {
        try {
            epoll.add(fd, events | Epoll.ONESHOT, id);
        } catch (ErrnoException e) {
            if (!epoll.knows(fd)) {
                throw e;
            }
            epoll.modify(fd, events | Epoll.ONESHOT, id);
        }
    }

    /** For a registration: reports nothing of {@code fd} until it is armed again. */
    static void disarm(int fd, long id) throws IOException {
        Reactor reactor = get();
        try {
            reactor.epoll.modify(fd, Epoll.ONESHOT, id);
        } catch (ErrnoException e) {
            orSuccessor(reactor, e); // which knows nothing of it, or reports once for nothing
        }
    }

    /**
     * As {@link #successor}, or the reactor itself if it has only never heard of the descriptor.
     */
    private static Reactor orSuccessor(Reactor reactor, ErrnoException e) throws IOException {
        // When all were moved to this one, it was not armed.
        return e.errno() == Errno.ENOENT && reactor.isIntact() ? reactor : successor(reactor, e);
    }

    /**
     * The reactor that takes the place of one that could not do something.
     *
     * @throws ErrnoException the given one, if it was not the reactor's fault
     */
    private static Reactor successor(Reactor reactor, ErrnoException e) throws IOException {
        if (reactor == instance && reactor.isIntact()) {
            throw e;
        }
        reactor.lose(e);
        return get();
    }

    /** Its descriptors are closed by its thread, which knows whether they are still its own. */
    private void lose(ErrnoException e) {
        boolean isNews;
        synchronized (Reactor.class) {
            isNews = instance == this;
            if (isNews) {
                instance = null;
            }
        }
        if (isNews) {
            // Not under the lock: a backend is code of others, and may wait.
            LOG.error("{}: all that is watched is moved to another one", this, e);
        }
    }

    /** Whether the epoll instance is still the one that was made for this. */
    private boolean isIntact() {
        return epoll.knows(wake.number());
    }

    /** Outside of every guard. */
    private boolean goesOn() {
        Faults.resource("turn");
        if (!ended && (instance == this || !hasSuccessor())) {
            return true;
        }
        ended = true;
        handOver();
        closeOwn();
        return false;
    }

    /**
     * One that is lost goes on until it has one: descriptors or threads may have run out, and
     * perhaps nobody comes who would make one later. Locked, as it may be one that cannot be
     * started.
     */
    private static synchronized boolean hasSuccessor() {
        return instance != null;
    }

    private static boolean nothingIsWatched() {
        return Registrations.isEmpty() && Timer.noneIsPending() && SOON.isEmpty();
    }

    private boolean hasChores() {
        return firstAfterwards != null || soon != null;
    }

    /** Leaves to the successor what is still to be done. */
    private void handOver() {
        while (firstAfterwards != null) {
            retry(takeAfterwards());
        }
        while (soon != null) {
            retry(takeSoon());
        }
    }

    /** One turn of the thread. A step that fails does not keep the others from being taken. */
    private void turn() {
        for (int step = 0; step < STEPS; step++) {
            try {
                take(step);
            } catch (Throwable e) {
                pause(); // which takes no memory, of which there may be none
            }
        }
    }

    /** By number: the first start of a JVM would wait for references to be made. */
    private void take(int step) throws IOException {
        switch (step) {
            case 0 -> await();
            case 1 -> dispatch();
            case 2 -> Timer.runDue();
            case 3 -> doSome();
            case 4 -> doSoon();
            default -> endIfIdle();
        }
    }

    private static void pause() {
        Thread.interrupted(); // else there is no pause
        LockSupport.parkNanos(PAUSE_NS);
    }

    /**
     * Fails once, so that all that is called then has been called: what is called for the first
     * time when there is no memory cannot be loaded or linked.
     */
    private static final class Drill extends Chore {
        private Exception failure = new Exception();

        @Override
        protected void perform() throws Exception {
            Exception now = failure;
            failure = null;
            if (now != null) {
                throw now;
            }
        }

        @Override
        public String toString() {
            return "a drill";
        }
    }

    private void await() throws IOException {
        if (told < ready) {
            return; // as the last turn failed midway
        }
        int timeoutMs = afterwardsCount == 0 ? timeoutMs() : 0;
        waitedLong = timeoutMs == LONGEST_WAIT_MS;
        if (instance != this || (waitedLong && !isIntact())) {
            replace();
            return;
        }
        told = 0;
        ready = 0;
        try {
            ready = epoll.await(timeoutMs);
        } catch (ErrnoException e) {
            if (isIntact()) {
                throw e;
            }
            replace();
        }
    }

    private void replace() throws IOException {
        lose(new ErrnoException("epoll_wait", Errno.EBADF));
        synchronized (Reactor.class) {
            // With chores left, there is to be another one: nobody else may come and find them.
            if (!hasChores() && nothingIsWatched()) {
                ended = true; // whoever comes next makes another one
                return;
            }
            get();
        }
    }

    private int timeoutMs() {
        int timerMs = Deadline.remainingMs(Timer.earliestNs());
        int mostMs = ticking.get() ? TICK_MS : LONGEST_WAIT_MS;
        return timerMs < 0 ? mostMs : Math.min(timerMs, mostMs);
    }

    private void dispatch() {
        while (told < ready) {
            dispatch(epoll.data(told), epoll.events(told));
            told++;
        }
    }

    private void dispatch(long id, int events) {
        if (id == WAKE) {
            return; // to look after newcomers
        }
        Registration registration = Registrations.find(id);
        if (registration != null) {
            registration.dispatch(events);
        }
    }

    /** A few of those that can wait, to look for events in between. */
    private void doSome() {
        if (ready >= MANY && afterwardsCount <= MOST_AFTERWARDS) {
            return;
        }
        int most = Math.max(FEW, ready);
        for (int i = 0; i < most && firstAfterwards != null; i++) {
            takeAfterwards().attempt();
        }
    }

    private void doSoon() {
        if (soon == null) {
            soon = SOON.takeAll(); // not those that come back
        }
        idleTicks = soon != null ? 0 : idleTicks + 1;
        while (soon != null) {
            takeSoon().attempt();
        }
        if (idleTicks > MOST_IDLE_TICKS) {
            ticking.set(false);
            // One that has come since would not wake us.
            ticking.compareAndSet(false, !SOON.isEmpty());
        }
        if (!ticking.get()) {
            Waker.closeIdle(); // also what was given back just after the last time
        }
    }

    private void endIfIdle() {
        if (!waitedLong || ready > 0 || hasChores()) {
            return;
        }
        synchronized (Reactor.class) {
            if (instance != this) {
                return;
            }
            // Every caller adds what it wants, and then looks for a reactor. So either it finds
            // none, or what it has added is seen here.
            instance = null;
            boolean idle = false;
            try {
                idle = nothingIsWatched();
            } finally {
                if (!idle) {
                    instance = this; // also where there was no memory to find out
                }
            }
            ended = idle;
        }
        if (!ended) {
            return;
        }
        close();
    }

    @Override
    public String toString() {
        return "reactor with " + epoll + ", woken by " + wake;
    }
}
