// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.child.ChildProcess;
import io.github.spawn4j.internal.jdk.JdkChild;
import io.github.spawn4j.internal.streams.Outlet;
import java.util.function.Consumer;

/** One that the JDK has started, with streams of the JDK's. */
final class JdkNewborn extends Newborn {
    private final Process process;

    /** Whether each standard stream is a pipe that leads here. */
    private final boolean[] pipes;

    JdkNewborn(Process process, boolean... pipes) {
        this.process = process;
        this.pipes = pipes;
    }

    @Override
    ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    StandardStreams streams(boolean interruptible) {
        return new JdkStreams(process, pipes[0]);
    }

    @Override
    Input.Writer input(Input input, boolean isTyped, Consumer<Throwable> failed) {
        return pipes[0] ? input.open(process.getOutputStream(), failed) : null;
    }

    @Override
    boolean leadsHere(int fd) {
        return pipes[fd];
    }

    @Override
    Outlet outlet(int fd, Capture capture, CaptureDestination.Sinks sinks) {
        return capture.drain(fd == 1 ? process.getInputStream() : process.getErrorStream(), sinks);
    }

    @Override
    ChildProcess watch(Child.Stream[] ends, Teardown teardown) {
        return JdkChild.watch(process, ends);
    }
}
