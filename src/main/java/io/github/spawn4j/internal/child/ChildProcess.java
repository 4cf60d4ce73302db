// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import io.github.spawn4j.internal.os.Exit;
import java.io.IOException;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * A child of the JVM from its start until its exit is known, whoever has started it: {@link Child},
 * or the JDK. Thread-safe.
 */
public interface ChildProcess extends Target {
    int pid();

    /** The number of the pidfd, or -1 if there is none, or none any more. */
    int pidfd();

    /** The exit, which is then collected, or null while the child runs. Does not wait. */
    Exit exit();

    /** As {@link #exit}, for a user: not before the streams know of it too. */
    Exit exitWithStreams();

    /**
     * Waits for the exit.
     *
     * @param deadlineNs in {@link System#nanoTime}'s time, or {@code Deadline.NONE}
     * @return the exit, or null if the deadline has passed
     * @throws InterruptedException if the thread was or is interrupted
     */
    Exit await(long deadlineNs) throws InterruptedException;

    /**
     * Does {@code task} when the exit is known, on whatever thread, and again a little later if it
     * throws: code of ours only, which must not wait and does no harm when it is done twice.
     */
    void whenExited(Runnable task);

    /** Sends a signal. Returns false if the child has ended. */
    boolean trySignal(int signal) throws IOException;

    /** Has {@code note} called before SIGKILL is sent from here to a child that has not ended. */
    void beforeKill(Runnable note);

    /** To be called before SIGKILL is sent to the child in another way. */
    void noteKill();

    /** Null where it has not been asked for. */
    ProcessGroup processGroup();

    /**
     * Looks something up by pid while no other process can have it; empty once the exit is known.
     */
    <T> Optional<T> whileRunning(LongFunction<Optional<T>> lookup);

    /** Closes our ends of the streams. */
    void closeStreams() throws IOException;
}
