// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.os.TimeSlice;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The work of the reactor's thread: turn by turn it waits for events, tells them, and does what is
 * due. Confined to that thread, or to its successor, unless a method says otherwise.
 */
final class Loop {
    private static final Log LOG = Log.of(Loop.class);

    private static final long STACK_SIZE = 256 * 1024;

    /** What one read of a pipe can give at most. */
    private static final int BUFFER_SIZE = 64 * 1024;

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

    /** How many parts a turn has. */
    private static final int STEPS = 6;

    private final Watch watch = new Watch();
    private final Newcomers newcomers = new Newcomers();
    private final Afterwards afterwards = new Afterwards();

    private volatile Runner thread;

    // Nothing is taken out of a list before it has been dealt with, so that a step that fails
    // midway is taken up again.

    /** How many events the kernel has given, and how many of them have been told. */
    private int ready;

    private int told;

    private boolean waitedLong;
    private boolean ended;

    /** One without a thread. */
    Loop() throws IOException {}

    /** A thread of its own kind, so that handlers find the buffer that goes with it. */
    static final class Runner extends Thread {
        private final Loop loop;
        private final byte[] buffer = new byte[BUFFER_SIZE];

        private Runner(Loop loop) {
            super(Threads.outermostGroup(), null, "spawn4j-reactor", STACK_SIZE, false);
            this.loop = loop;
        }

        @Override
        public void run() {
            try {
                begin();
                while (loop.goesOn()) {
                    loop.turn();
                }
            } finally {
                if (!loop.ended && loop.thread == this) {
                    Succession.revive(loop);
                }
            }
        }

        private void begin() {
            try {
                loop.watch.own();
                TimeSlice.halve();
                new Drill().attempt();
                pause();
            } catch (Throwable e) {
                LOG.debug("{} begins badly", this, e);
            }
        }

        Loop loop() {
            return loop;
        }

        byte[] buffer() {
            return buffer;
        }
    }

    /** A thread for it, which is yet to be started. Under the lock of {@link Succession}. */
    Thread newThread() throws IOException {
        Runner runner =
                Threads.daemon(
                        new Supplier<>() {
                            @Override
                            public Runner get() {
                                return new Runner(Loop.this);
                            }
                        });
        thread = runner;
        return runner;
    }

    /** Whether its thread is. For all threads. */
    boolean isAlive() {
        return thread.isAlive();
    }

    /** For all threads. */
    Watch watch() {
        return watch;
    }

    /** For all threads. */
    Newcomers newcomers() {
        return newcomers;
    }

    Afterwards afterwards() {
        return afterwards;
    }

    /** Outside of every guard. */
    private boolean goesOn() {
        Faults.resource("turn");
        if (!ended && (Succession.current() == this || Succession.isEmpty())) {
            return true;
        }
        ended = true;
        handOver();
        watch.closeIfOwn();
        return false;
    }

    private boolean hasChores() {
        return !afterwards.isEmpty() || newcomers.hasTaken();
    }

    /** Leaves to the successor what is still to be done. */
    private void handOver() {
        while (!afterwards.isEmpty()) {
            Reactor.retry(afterwards.take());
        }
        while (newcomers.hasTaken()) {
            Reactor.retry(newcomers.take());
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

    private void await() throws IOException {
        if (told < ready) {
            return; // as the last turn failed midway
        }
        int timeoutMs = afterwards.isEmpty() ? timeoutMs() : 0;
        waitedLong = timeoutMs == LONGEST_WAIT_MS;
        if (Succession.current() != this || (waitedLong && !watch.isIntact())) {
            replace();
            return;
        }
        told = 0;
        ready = 0;
        try {
            ready = watch.await(timeoutMs);
        } catch (ErrnoException e) {
            if (watch.isIntact()) {
                throw e;
            }
            replace();
        }
    }

    private void replace() throws IOException {
        Succession.lose(this, new ErrnoException("epoll_wait", Errno.EBADF));
        if (!Succession.replace(hasChores())) {
            ended = true;
        }
    }

    private int timeoutMs() {
        int timerMs = Deadline.remainingMs(Timer.earliestNs());
        int mostMs = newcomers.isTicking() ? Newcomers.TICK_MS : LONGEST_WAIT_MS;
        return timerMs < 0 ? mostMs : Math.min(timerMs, mostMs);
    }

    private void dispatch() {
        while (told < ready) {
            dispatch(watch.id(told), watch.events(told));
            told++;
        }
    }

    private static void dispatch(long id, int events) {
        if (id == Watch.WAKE) {
            return; // to look after newcomers
        }
        Registration registration = Registrations.find(id);
        if (registration != null) {
            registration.dispatch(events);
        }
    }

    /** A few of those that can wait, to look for events in between. */
    private void doSome() {
        if (ready >= MANY && afterwards.count() <= MOST_AFTERWARDS) {
            return;
        }
        int most = Math.max(FEW, ready);
        for (int i = 0; i < most && !afterwards.isEmpty(); i++) {
            afterwards.take().attempt();
        }
    }

    private void doSoon() {
        newcomers.attemptAll();
        if (!newcomers.isTicking()) {
            Waker.closeIdle(); // also what was given back just after the last time
        }
    }

    private void endIfIdle() {
        if (!waitedLong || ready > 0 || hasChores()) {
            return;
        }
        if (Succession.retire(this)) {
            ended = true;
            watch.close();
        }
    }

    @Override
    public String toString() {
        return "reactor with " + watch;
    }
}
