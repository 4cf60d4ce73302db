// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.cgroup.MemoryWatch;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.streams.Outlet;
import io.github.spawn4j.internal.streams.Terminal;
import java.io.IOException;
import java.util.function.Consumer;

/**
 * A process that has just been started, for whoever takes it over: {@link PidfdProcess} or {@link
 * Run}. One thread at a time.
 */
abstract class Newborn {
    /** Our side of its terminal, or null. */
    Terminal terminal() {
        return null;
    }

    /** Tells what it died of, or null. */
    MemoryWatch memory() {
        return null;
    }

    /** As {@link Launched#startKind} has it. */
    int startKind() {
        return Launched.COLD;
    }

    /** Its handle where that is known already, or null. */
    ProcessHandle handle() {
        return null;
    }

    /** Gives it another end of its standard error. */
    void stderr(Fd fd) {
        throw new AssertionError("its streams are not ours");
    }

    /**
     * The streams that its user gets.
     *
     * @param interruptible whether an interrupt of a thread that uses a stream closes the stream
     */
    abstract StandardStreams streams(boolean interruptible);

    /** What writes standard input of a run, or null where that is not ours. */
    abstract Input.Writer input(Input input, boolean isTyped, Consumer<Throwable> failed);

    /** Whether standard output or standard error leads here. */
    abstract boolean leadsHere(int fd);

    /** What reads an output of a run that leads here. */
    abstract Outlet outlet(int fd, Capture capture, CaptureDestination.Sinks sinks);

    /** Takes charge of it. */
    abstract ChildProcess watch(Child.Stream[] ends, Teardown teardown) throws IOException;
}
