// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.loop;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Threads;
import java.io.IOException;

/**
 * Which loop is the reactor's, and which one takes the place of a loop that has ended, has been
 * lost, or whose thread has died. Thread-safe.
 *
 * <pre>
 *   none --start--> current --thread dies--> current, with another thread
 *    ^                |  |
 *    +----retire------+  +--lose--> lost: it goes on until there is a successor
 * </pre>
 *
 * <p>A loop is lost when somebody has closed its descriptors, which is seen when one of them fails.
 */
final class Succession {
    private static final Log LOG = Log.of(Succession.class);

    private static volatile Loop current;

    private Succession() {}

    /** The loop that there is, or null. */
    static Loop current() {
        return current;
    }

    /**
     * The loop, which is started on first use, and again where its thread has died.
     *
     * @throws IOException if the kernel gives no epoll instance, as when descriptors have run out;
     *     the next call tries again
     */
    static Loop get() throws IOException {
        Loop loop = current;
        return loop != null && loop.isAlive() ? loop : start();
    }

    private static synchronized Loop start() throws IOException {
        Loop loop = current;
        if (loop != null) {
            if (!loop.isAlive()) {
                startThread(loop);
            }
            return loop;
        }
        loop = new Loop();
        try {
            Registrations.moveTo(loop.watch());
            loop.newcomers().tickIfAnyWaits();
            startThread(loop);
            return loop;
        } catch (IOException | RuntimeException | Error e) {
            current = null;
            loop.watch().close();
            throw e;
        }
    }

    /** Under the lock of the class. */
    private static void startThread(Loop loop) throws IOException {
        Thread thread = loop.newThread();
        current = loop; // before the thread begins, which else finds itself replaced
        Threads.start(thread);
    }

    /** Its thread has died, rather than come to its end: there is another, if one can be had. */
    static synchronized void revive(Loop loop) {
        if (current != loop) {
            return;
        }
        try {
            startThread(loop);
        } catch (IOException e) {
            LOG.debug("{} is started by whoever comes next", loop, e);
        }
    }

    static void wakeUp(Loop loop) throws IOException {
        try {
            loop.watch().wakeUp();
        } catch (ErrnoException e) {
            successor(loop, e).watch().wakeUp();
        }
    }

    /** As {@link Watch#arm}, with the loop that there is. */
    static void arm(int fd, int events, long id, boolean known) throws IOException {
        Loop loop = get();
        try {
            loop.watch().arm(fd, events, id, known);
        } catch (ErrnoException e) {
            orSuccessor(loop, e).watch().add(fd, events, id);
        }
    }

    /** As {@link Watch#disarm}, with the loop that there is. */
    static void disarm(int fd, long id) throws IOException {
        Loop loop = get();
        try {
            loop.watch().disarm(fd, id);
        } catch (ErrnoException e) {
            orSuccessor(loop, e); // which knows nothing of it, or reports once for nothing
        }
    }

    /** As {@link #successor}, or the loop itself if it has only never heard of the descriptor. */
    private static Loop orSuccessor(Loop loop, ErrnoException e) throws IOException {
        // When all were moved to this one, it was not armed.
        return e.errno() == Errno.ENOENT && loop.watch().isIntact() ? loop : successor(loop, e);
    }

    /**
     * The loop that takes the place of one that could not do something.
     *
     * @throws ErrnoException the given one, if it was not the loop's fault
     */
    private static Loop successor(Loop loop, ErrnoException e) throws IOException {
        if (loop == current && loop.watch().isIntact()) {
            throw e;
        }
        lose(loop, e);
        return get();
    }

    /**
     * Gives a loop up. Its descriptors are closed by its thread, which knows whether they are still
     * its own.
     */
    static void lose(Loop loop, ErrnoException e) {
        boolean isNews;
        synchronized (Succession.class) {
            isNews = current == loop;
            if (isNews) {
                current = null;
            }
        }
        if (isNews) {
            // Not under the lock: a backend is code of others, and may wait.
            LOG.error("{}: all that is watched is moved to another one", loop, e);
        }
    }

    /**
     * Has a lost loop go on until there is another one: descriptors or threads may have run out,
     * and perhaps nobody comes who would make one later. Locked, as it may be one that cannot be
     * started.
     */
    static synchronized boolean isEmpty() {
        return current == null;
    }

    /**
     * Makes a successor for a lost loop, if one is needed now.
     *
     * @param hasChores whether the lost one has something left to do, which nobody else may come
     *     and find
     * @return whether there is one; if not, whoever comes next makes it
     */
    static synchronized boolean replace(boolean hasChores) throws IOException {
        if (!hasChores && nothingIsWatched()) {
            return false;
        }
        get();
        return true;
    }

    /** Returns whether {@code loop} may end, as nothing is watched; then it is given up. */
    static synchronized boolean retire(Loop loop) {
        if (current != loop) {
            return false;
        }
        // Every caller adds what it wants, and then looks for a loop. So either it finds none, or
        // what it has added is seen here.
        current = null;
        boolean idle = false;
        try {
            idle = nothingIsWatched();
        } finally {
            if (!idle) {
                current = loop; // also where there was no memory to find out
            }
        }
        return idle;
    }

    private static boolean nothingIsWatched() {
        return Registrations.isEmpty() && Timer.noneIsPending() && Newcomers.noneWaits();
    }
}
