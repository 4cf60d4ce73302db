// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The two kinds of threads, which wait otherwise: in the kernel, or parked. */
public enum ThreadKind {
    PLATFORM {
        @Override
        public Thread start(Runnable task) {
            Thread thread = new Thread(task, "platform");
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        @Override
        public boolean isBlocked(Thread thread) {
            return Arrays.stream(thread.getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("await0"));
        }
    },

    VIRTUAL {
        @Override
        public Thread start(Runnable task) {
            try {
                // Compiled for JDK 17.
                return (Thread)
                        Thread.class
                                .getMethod("startVirtualThread", Runnable.class)
                                .invoke(null, task);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public boolean isBlocked(Thread thread) {
            boolean isParked =
                    thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING;
            return isParked
                    && Arrays.stream(thread.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().contains(".spawn4j.internal."));
        }
    };

    private static final int FIRST_WITH_VIRTUAL = 21;
    private static final long LIMIT_S = 30;

    public abstract Thread start(Runnable task);

    public abstract boolean isBlocked(Thread thread);

    /** Those that this JDK has. */
    public static Stream<ThreadKind> available() {
        return Stream.of(values())
                .filter(
                        kind ->
                                kind == PLATFORM
                                        || Runtime.version().feature() >= FIRST_WITH_VIRTUAL);
    }

    /** Starts {@code task} in a thread of this kind. */
    public <T> Running<T> run(Callable<T> task) {
        FutureTask<T> result = new FutureTask<>(task);
        return new Running<>(this, start(result), result);
    }

    /**
     * A task in a thread of its own.
     *
     * @param kind the thread's kind
     * @param thread the thread
     * @param result what the task returns or throws
     */
    public record Running<T>(ThreadKind kind, Thread thread, FutureTask<T> result) {
        /** Waits until the thread waits, in code of the library, for something to happen. */
        public Running<T> untilBlocked() throws Exception {
            Eventually.isTrue(
                    () -> thread + " waits: " + Arrays.toString(thread.getStackTrace()),
                    () -> kind.isBlocked(thread));
            return this;
        }

        /** What the task returns; the thread has ended then. */
        public T get() throws Exception {
            T value = result.get(LIMIT_S, TimeUnit.SECONDS);
            thread.join();
            return value;
        }

        /** What the task throws; the thread has ended then. */
        public Throwable failure() throws Exception {
            try {
                throw new AssertionError("did not fail, but returned " + get());
            } catch (ExecutionException e) {
                thread.join();
                return e.getCause();
            }
        }
    }
}
