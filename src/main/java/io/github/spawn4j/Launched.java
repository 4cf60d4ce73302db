package io.github.spawn4j;

import io.github.spawn4j.internal.io.Child;
import io.github.spawn4j.internal.launch.Outcome;
import java.io.IOException;
import java.util.List;

/**
 * A child that has just been started and that nobody watches yet: what {@link PidfdProcess} and
 * {@link Run} begin with. Immutable; its descriptors belong to whoever takes it over.
 *
 * @param pid the child's pid
 * @param pidfd the child's pidfd
 * @param pipes our ends of its standard streams, or {@link #NO_PIPE}
 */
record Launched(int pid, int pidfd, int[] pipes) {
    private static final int NO_PIPE = -1;

    /**
     * The outcome of a request.
     *
     * @param sources the sources of its standard streams, or {@link Redirect#NO_SOURCE}
     * @throws IOException if it has failed
     */
    static Launched of(Outcome outcome, int... sources) throws IOException {
        outcome.check();
        int[] pipes = new int[ProcessSettings.STREAMS];
        for (int fd = 0; fd < pipes.length; fd++) {
            boolean none = fd >= sources.length || sources[fd] == Redirect.NO_SOURCE;
            pipes[fd] = none ? NO_PIPE : outcome.pipe(sources[fd]);
        }
        return new Launched(outcome.pid(), outcome.pidfd(), pipes);
    }

    boolean hasPipe(int fd) {
        return pipes[fd] != NO_PIPE;
    }

    int pipe(int fd) {
        return pipes[fd];
    }

    /** The same with another end of its standard error. */
    Launched withStderr(int fd) {
        return new Launched(pid, pidfd, new int[] {pipes[0], pipes[1], fd});
    }

    /**
     * Takes charge of the child.
     *
     * @param streams what has been made of the pipes
     * @param teardown how it is going to be ended
     */
    Child watch(List<? extends Child.Stream> streams, Teardown teardown) throws IOException {
        return Child.watch(pid, pidfd, streams, teardown.needsGroup());
    }
}
