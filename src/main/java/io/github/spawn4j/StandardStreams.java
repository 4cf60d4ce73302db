// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.teardown.Escalation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Our ends of a process' three standard streams, as its user has them. Thread-safe. */
abstract class StandardStreams {
    /** What tells the ends that the child has exited, and closes them. */
    abstract Child.Stream[] ends();

    abstract OutputStream stdin();

    abstract InputStream stdout();

    abstract InputStream stderr();

    /** Whether standard input is ours to be ended. */
    abstract boolean hasInput();

    /** Whether somebody may have written something that is still on this side of the pipe. */
    abstract boolean hasBuffers();

    /** Ends standard input, without what is buffered for it. Does not wait. */
    abstract void endInput() throws IOException;

    /** The same, and gives up what is on its way. Does not wait. */
    abstract void closeInput() throws IOException;

    /**
     * Closes all as {@link Process#destroy} does.
     *
     * @param hasExited whether the process had ended by itself, so that its output can be read yet
     */
    abstract void destroy(boolean hasExited) throws IOException;

    /**
     * Takes a teardown to its end, and lets those who are reading read what is printed meanwhile;
     * the ends are closed by the caller.
     *
     * @param closesInput whether the teardown ends the input itself
     */
    abstract void tearDown(Escalation teardown, boolean closesInput) throws IOException;
}
