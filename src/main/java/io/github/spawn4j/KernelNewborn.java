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

/** One that the kernel has made for us, with pipes of ours. */
final class KernelNewborn extends Newborn {
    private final Launched launched;

    KernelNewborn(Launched launched) {
        this.launched = launched;
    }

    @Override
    Terminal terminal() {
        return launched.terminal();
    }

    @Override
    MemoryWatch memory() {
        return launched.memory();
    }

    @Override
    int startKind() {
        return launched.startKind();
    }

    @Override
    void stderr(Fd fd) {
        launched.stderr(fd);
    }

    @Override
    StandardStreams streams(boolean interruptible) {
        return new PipeStreams(launched, interruptible);
    }

    @Override
    Input.Writer input(Input input, boolean isTyped, Consumer<Throwable> failed) {
        if (launched.hasPipe(0)) {
            return input.open(launched.pipe(0), null, failed);
        }
        Terminal terminal = launched.terminal();
        if (terminal == null || terminal.writer() == null) {
            return null;
        }
        Input typed = isTyped ? input : Input.NONE;
        return typed.open(terminal.writer(), terminal, failed);
    }

    /** What a terminal shows is the output whose stream is no pipe. */
    @Override
    boolean leadsHere(int fd) {
        boolean isShown = launched.terminal() != null && launched.terminal().reader() != null;
        return launched.hasPipe(fd) || (isShown && (fd == 1 || launched.hasPipe(1)));
    }

    @Override
    Outlet outlet(int fd, Capture capture, CaptureDestination.Sinks sinks) {
        return launched.hasPipe(fd)
                ? capture.drain(launched.pipe(fd), false, sinks)
                : capture.drain(launched.terminal().reader(), true, sinks);
    }

    @Override
    ChildProcess watch(Child.Stream[] ends, Teardown teardown) throws IOException {
        return launched.watch(ends, teardown.needsGroup());
    }
}
