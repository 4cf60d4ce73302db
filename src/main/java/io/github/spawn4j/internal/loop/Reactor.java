// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import java.io.IOException;

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
     * Most children are short, and waited for by the thread that has started them. Waking this
     * thread for each of them would cost more than their exit. So a new child is a newcomer at
     * first: this thread looks after newcomers a few milliseconds later and registers those that
     * are still there and that nobody polls. Whoever wants to be told of an exit registers at once.
     *
     * Nothing that fails once may end the watching. So each step of a turn is guarded for itself, and
     * what fails in one is a chore that stays until it has been done. What is watched belongs to no
     * loop: registrations, timers and chores are everybody's, and survive the loop and its thread. A thread that
     * has died has a successor on the same epoll instance. If that instance is lost, because
     * somebody has closed our descriptor, all registrations move to a new one.
     * When nothing is
     * watched the thread ends, so that it keeps no class loader that is dropped.
     *
     * Why a thread and not SIGCHLD: signal handlers belong to the whole process, and to somebody
     * else. Why one and not one per child: that is what makes two thousand children expensive in
     * the JDK.
     *
     * Loop is what the thread does, Watch is the epoll instance that it waits at, and Succession
     * decides which loop is the current one. Newcomers, Afterwards, Timer and Registrations are what it has to do.
     */
    private Reactor() {}

    /**
     * Told on the reactor thread that its descriptor is ready: must neither wait nor call code of
     * the user. Told again a little later if it throws, and perhaps without a reason.
     */
    public interface Handler {
        void ready(int events) throws IOException;
    }

    /**
     * Makes sure that there is a reactor, so that nothing is begun in vain that has to be watched.
     *
     * @throws IOException if there is none and none can be made
     */
    public static void prepare() throws IOException {
        Succession.get();
    }

    /** Whether processes are being started, as far as the reactor knows. */
    static boolean isTicking() {
        Loop loop = Succession.current();
        return loop != null && loop.newcomers().isTicking();
    }

    /** Whether the current thread is the reactor's. */
    private static boolean isCurrent() {
        return Thread.currentThread() instanceof Loop.Runner runner
                && runner.loop() == Succession.current();
    }

    /** For handlers: memory to read into, whose content is lost when they return. */
    public static byte[] buffer() {
        return ((Loop.Runner) Thread.currentThread()).buffer();
    }

    /**
     * For handlers: does {@code chore} on this thread when there is nothing more urgent. So of a
     * thousand children that end at once the last exit is told before the first is reaped.
     */
    public static void afterwards(Chore chore) {
        if (Thread.currentThread() instanceof Loop.Runner runner) {
            runner.loop().afterwards().add(chore);
        } else {
            retry(chore);
        }
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
            // Also for one that is not the first: the first may be withdrawn.
            Loop loop = Succession.get();
            if (timer.isEarliest() && !isCurrent()) {
                Succession.wakeUp(loop);
            }
        } catch (IOException | RuntimeException | Error e) {
            timer.cancel();
            throw e;
        }
        return timer;
    }

    /** Does {@code chore}, for the first time, within a few milliseconds. */
    public static void soon(Chore chore) throws IOException {
        Newcomers.add(chore);
        tick();
    }

    /** Does {@code chore} once more, a few milliseconds later. Never throws. */
    public static void retry(Chore chore) {
        Newcomers.add(chore);
        try {
            tick();
        } catch (Throwable e) {
            // It is not forgotten: the next reactor finds it.
        }
    }

    private static void tick() throws IOException {
        Loop loop = Succession.get();
        if (loop.newcomers().beginTicking() && !isCurrent()) {
            Succession.wakeUp(loop);
        }
    }
}
