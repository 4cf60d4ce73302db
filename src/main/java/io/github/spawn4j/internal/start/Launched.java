// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.start;

import io.github.spawn4j.internal.cgroup.MemoryWatch;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Foreground;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.Pidfd;
import io.github.spawn4j.internal.os.Pty;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.streams.Terminal;
import io.github.spawn4j.internal.warm.WarmProgram;
import java.io.IOException;

/**
 * A child between its clone and whoever takes it over: what {@code PidfdProcess} and {@code Run}
 * begin with. One thread at a time.
 *
 * <p>It is made before there is a child, with room for all that comes with one, so that at no
 * moment a child has no owner, however little memory there is: until it has been taken over, {@link
 * #abandon} leaves nothing of it.
 */
public final class Launched {
    private static final Log LOG = Log.of(Launched.class);

    /** How many standard streams there are. */
    public static final int STREAMS = 3;

    public static final int COLD = 0;
    public static final int WARM = 1;
    public static final int PARKED = 2;

    private static final Fd[] NO_PIPES = new Fd[STREAMS];

    private final Fd pidfd = Fd.reserved();

    /** Our ends of its standard streams; null where one is no pipe. */
    private Fd[] pipes = NO_PIPES;

    /** Our side of its terminal, or null. */
    private Terminal terminal;

    /** What it has been lent of ours, or null. */
    private Foreground foreground;

    /** What may start it warm, or null. */
    private WarmProgram warm;

    /** Whether it was. */
    private boolean isWarm;

    /** Whether it had been waiting. */
    private boolean wasParked;

    /** Tells what it died of, or null. */
    private MemoryWatch memory;

    private int pid;

    /** Null until it is watched. */
    private Child child;

    /** Has it started warm if {@code program}, which may be null, can do that. */
    public void warm(WarmProgram program) {
        warm = program;
    }

    /**
     * Ends a request and starts the process.
     *
     * @param pty the child's terminal, from which our side is taken, or null
     * @param sources the sources of its standard streams, or {@link RequestEncoder#NO_SOURCE}
     * @throws IOException if it has failed; nothing is left then, and there may be another attempt
     */
    public void launch(RequestEncoder request, int strategy, Pty pty, int... sources)
            throws IOException {
        launch(request, strategy, pty, null, sources);
    }

    /** The same of a child that is lent the foreground of our terminal. */
    public void launch(
            RequestEncoder request, int strategy, Pty pty, Foreground lent, int... sources)
            throws IOException {
        Threads.requireStack();
        boolean succeeded = false;
        try {
            foreground = lent;
            reservePipes(sources);
            terminal = terminal(pty);
            Outcome outcome = request.outcome();
            try {
                isWarm = warm != null && warm.start(request, strategy);
                if (!isWarm) {
                    request.launch(strategy);
                }
            } finally {
                // Also if the thread was stopped in the very moment when the call returned.
                take(outcome, sources);
            }
            outcome.check();
            if (pty != null) {
                // Before anybody can notice the exit: a look after it would take us for a process
                // that still has the terminal, and keep our side open for it.
                pty.closePeer();
            }
            request.recycle();
            succeeded = true;
        } finally {
            if (!succeeded) {
                abandon();
            }
        }
    }

    private void reservePipes(int[] sources) {
        for (int fd = 0; fd < sources.length; fd++) {
            if (sources[fd] != RequestEncoder.NO_SOURCE) {
                setPipe(fd, Fd.reserved());
            }
        }
    }

    private void setPipe(int fd, Fd pipe) {
        if (pipes == NO_PIPES) {
            pipes = new Fd[STREAMS];
        }
        pipes[fd] = pipe;
    }

    private Terminal terminal(Pty pty) {
        return pty == null
                ? null
                : new Terminal(pty, pipes[1] == null || pipes[2] == null, pipes[0] == null);
    }

    /** Takes no memory. */
    private void take(Outcome outcome, int[] sources) {
        if (outcome.pid() <= 0) {
            return;
        }
        pid = outcome.pid();
        wasParked = outcome.wasParked();
        pidfd.open(outcome.pidfd());
        for (int fd = 0; fd < sources.length; fd++) {
            if (pipes[fd] != null) {
                pipes[fd].open(outcome.pipe(sources[fd]));
            }
        }
    }

    /** Has its exit judged by {@code watch}, which may be null. */
    public void memory(MemoryWatch watch) {
        memory = watch;
    }

    public MemoryWatch memory() {
        return memory;
    }

    /** The number of the pidfd, until somebody watches the child. */
    public int pidfd() {
        return pidfd.number();
    }

    /**
     * {@link #COLD}, {@link #WARM} or {@link #PARKED}: a class for it would slow the first start.
     */
    public int startKind() {
        return wasParked ? PARKED : isWarm ? WARM : COLD;
    }

    public boolean hasPipe(int fd) {
        return pipes[fd] != null;
    }

    public Fd pipe(int fd) {
        return pipes[fd];
    }

    public Terminal terminal() {
        return terminal;
    }

    /** Gives it another end of its standard error. */
    public void stderr(Fd fd) {
        setPipe(2, fd);
    }

    /**
     * Takes charge of the child.
     *
     * @param streams what has been made of the pipes
     * @param leadsGroup whether its process group will be asked for
     */
    public Child watch(Child.Stream[] streams, boolean leadsGroup) throws IOException {
        child = Child.watch(pid, pidfd, streams, leadsGroup, foreground);
        return child;
    }

    /**
     * Kills and reaps the child, if there is one, and closes all that came with it, as nobody can
     * take it over. Takes neither memory nor a thread.
     */
    public void abandon() {
        int number = pidfd.acquire();
        if (number >= 0) {
            Pidfd.discard(pid, number);
        }
        pidfd.release(number);
        if (child == null) {
            pidfd.close();
        } else {
            child.abandon(); // the reactor, which knows it, closes the pidfd
        }
        for (Fd pipe : pipes) {
            if (pipe != null) {
                pipe.close();
            }
        }
        if (terminal != null) {
            terminal.close();
        }
        takeForegroundBack();
    }

    /** The child is gone, and every other process that reads from the terminal would be stopped. */
    private void takeForegroundBack() {
        try {
            if (foreground != null) {
                foreground.takeBack();
            }
        } catch (IOException e) {
            LOG.debug("the terminal of a child that could not be started", e); // hung up
        }
    }
}
