// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.os;

import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.function.Supplier;

/** The threads of the library, which belong to nobody else. */
public final class Threads {
    /** More calls in each other than there are of ours and the JDK's in any start. */
    private static final int DEEPEST = 100;

    static {
        NativeLibrary.load();
    }

    private Threads() {}

    /**
     * A daemon thread that has nothing of the thread that happens to need it first: it serves the
     * whole JVM, and would keep the class loader of a web application, say, from being unloaded.
     * Its context class loader is the system's, as with the common pool, its thread group the
     * outermost one, which is never destroyed.
     *
     * @param stackSize in bytes; 0 for the usual one
     * @return the thread, which has not been started
     */
    public static Thread daemon(String name, long stackSize, Runnable task) {
        return daemon(() -> new Thread(outermostGroup(), task, name, stackSize, false));
    }

    /** The same for a thread of its own kind, which says itself that its group is the outermost. */
    @SuppressWarnings("removal") // until JDK 24 a thread keeps the access control context
    public static <T extends Thread> T daemon(Supplier<T> constructor) {
        // Privileged: that context is then not the caller's, with all class loaders of its stack.
        return AccessController.doPrivileged(
                new PrivilegedAction<T>() {
                    @Override
                    public T run() {
                        return neutral(constructor.get());
                    }
                });
    }

    private static <T extends Thread> T neutral(T thread) {
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    /**
     * Starts a thread.
     *
     * @throws ErrnoException with EAGAIN if a limit on threads is met, which may pass
     */
    public static void start(Thread thread) throws ErrnoException {
        try {
            Faults.resource(thread.getName());
            thread.start();
        } catch (OutOfMemoryError e) {
            throw refusal(e);
        }
    }

    /** What {@link Thread#start} means by its {@link OutOfMemoryError}. */
    public static ErrnoException refusal(OutOfMemoryError e) {
        ErrnoException refusal = new ErrnoException("pthread_create", Errno.EAGAIN);
        refusal.initCause(e);
        return refusal;
    }

    /**
     * Makes sure that the stack of the calling thread has room for what must not be left half done:
     * a process may be started at the bottom of a recursion that has no end.
     *
     * @throws StackOverflowError if it has not, before anything has begun
     */
    public static void requireStack() {
        requireStack(DEEPEST);
    }

    /** The same for so many calls in each other. */
    public static void requireStack(int calls) {
        if (calls > 0) {
            requireStack(calls - 1);
        }
    }

    /** A group that is never destroyed. */
    public static ThreadGroup outermostGroup() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /**
     * Whether the calling thread, rather than another of the JVM's, has children or traces
     * somebody: waitid(2) with __WNOTHREAD, which looks and takes nothing.
     */
    public static boolean hasChildren() {
        return hasChildren0();
    }

    private static native boolean hasChildren0();
}
