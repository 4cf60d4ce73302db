package io.github.spawn4j;

import io.github.spawn4j.internal.io.Child;
import io.github.spawn4j.internal.io.Terminal;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Foreground;
import io.github.spawn4j.internal.os.Pty;
import java.io.IOException;
import java.util.List;

/**
 * A child that has just been started and that nobody watches yet: what {@link PidfdProcess} and
 * {@link Run} begin with. Immutable; its descriptors belong to whoever takes it over.
 *
 * @param pid the child's pid
 * @param pidfd the child's pidfd
 * @param pipes our ends of its standard streams; null where one is no pipe
 * @param terminal our side of its terminal, or null
 * @param foreground what it has been lent of ours, or null
 */
record Launched(int pid, int pidfd, Fd[] pipes, Terminal terminal, Foreground foreground) {
    /**
     * The outcome of a request.
     *
     * @param pty the child's terminal, from which our side is taken, or null
     * @param sources the sources of its standard streams, or {@link Redirect#NO_SOURCE}
     * @throws IOException if it has failed
     */
    static Launched of(Outcome outcome, Pty pty, int... sources) throws IOException {
        return of(outcome, pty, null, sources);
    }

    /** The same of a child that has been lent the terminal. */
    static Launched of(Outcome outcome, Pty pty, Foreground foreground, int... sources)
            throws IOException {
        outcome.check();
        Fd[] pipes = new Fd[ProcessSettings.STREAMS];
        for (int fd = 0; fd < sources.length; fd++) {
            if (sources[fd] != Redirect.NO_SOURCE) {
                pipes[fd] = new Fd(outcome.pipe(sources[fd]));
            }
        }
        return new Launched(
                outcome.pid(), outcome.pidfd(), pipes, terminal(pty, pipes), foreground);
    }

    private static Terminal terminal(Pty pty, Fd[] pipes) {
        if (pty == null) {
            return null;
        }
        // Before anybody can notice the exit: who looked then would take us for a process that has
        // the terminal still, and keep our side open for it.
        pty.closePeer();
        return new Terminal(pty, pipes[1] == null || pipes[2] == null, pipes[0] == null);
    }

    boolean hasPipe(int fd) {
        return pipes[fd] != null;
    }

    Fd pipe(int fd) {
        return pipes[fd];
    }

    /** The same with another end of its standard error. */
    Launched withStderr(Fd fd) {
        return new Launched(pid, pidfd, new Fd[] {pipes[0], pipes[1], fd}, terminal, foreground);
    }

    /**
     * Takes charge of the child.
     *
     * @param streams what has been made of the pipes
     * @param teardown how it is going to be ended
     */
    Child watch(List<? extends Child.Stream> streams, Teardown teardown) throws IOException {
        return Child.watch(pid, pidfd, streams, teardown.needsGroup(), foreground);
    }
}
