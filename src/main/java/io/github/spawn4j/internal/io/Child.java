package io.github.spawn4j.internal.io;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Exit;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child of the JVM from its start until its exit has been collected: its pidfd and its pipes.
 * Thread-safe.
 *
 * <p>Whoever notices the exit first, the reactor or a thread that waits, tells the others. No user
 * learns of an exit before it has been collected.
 */
public final class Child implements Reactor.Handler, Reactor.Newcomer, Target {
    /*
     * A thread that waits reaps the child when it finds that it has ended. The reactor only looks: a
     * thousand more may have ended whom somebody waits for, and reaping takes the kernel longer than
     * everything else there is to do for one. It reaps when it has a moment (cleanUp), unless
     * somebody was about to tell a user before that and has done it: a user who has been told
     * expects neither a zombie nor that the pid is still taken.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Child.class);
    private static final int SIGKILL = 9;
    private static final long UNREGISTERED = 0;

    /** How long to leave a zombie to its tracer before looking again. */
    private static final long TRACER_NS = 1_000_000;

    /** An end of ours of one of its standard streams. */
    public interface Stream extends Closeable {
        /** Told when the child has exited, by whoever has found that out: must not wait. */
        void childExited() throws IOException;
    }

    private final int pid;
    private final Fd pidfd;
    private final List<? extends Stream> streams;

    /** Null where it has not been asked for; whoever asks for it releases it. */
    private ProcessGroup group;

    private final ReentrantLock lock = new ReentrantLock();
    private final CompletableFuture<Exit> exited = new CompletableFuture<>();
    private volatile Exit exit;

    /** Whether it has been reaped. Not before the exit is known. */
    private volatile boolean collected;

    /** Known to the reactor under this id; not while it is {@link #UNREGISTERED}. */
    @GuardedBy("lock")
    private long id = UNREGISTERED;

    /** Platform threads that poll the pidfd. */
    @GuardedBy("lock")
    private int pollers;

    private Child(int pid, int pidfd, List<? extends Stream> streams) {
        this.pid = pid;
        this.pidfd = new Fd(pidfd);
        this.streams = streams;
    }

    /** Makes sure that children can be watched, so that none is started in vain. */
    public static void prepare() throws IOException {
        Reactor.get();
    }

    /**
     * Takes charge of a child that has just been started, and of our ends of its streams.
     *
     * @param leadsGroup whether {@link #processGroup} will be asked for
     * @throws IOException if it cannot be watched; it is then killed and reaped, and everything is
     *     closed
     */
    public static Child watch(
            int pid, int pidfd, List<? extends Stream> streams, boolean leadsGroup)
            throws IOException {
        Child child = new Child(pid, pidfd, streams);
        try {
            if (leadsGroup) {
                child.group = new ProcessGroup(child, Io.duplicate(pidfd));
            }
            Reactor.welcome(child);
            return child;
        } catch (IOException | RuntimeException | Error e) {
            child.abandon(e);
            throw e;
        }
    }

    /** Lets the reactor watch the child, unless its exit is known or somebody polls it. */
    @Override
    public void settle() throws IOException {
        lock.lock();
        try {
            if (exit == null && pollers == 0) {
                watch();
            }
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void watch() throws IOException {
        int number = pidfd.acquire();
        if (number < 0) {
            return; // abandoned
        }
        try {
            if (id == UNREGISTERED) {
                id = Reactor.register(number, Io.POLLIN, this);
            } else {
                Reactor.rearm(number, Io.POLLIN, id);
            }
        } finally {
            pidfd.release();
        }
    }

    private void abandon(Throwable reason) {
        int number = pidfd.acquire();
        try {
            signal(SIGKILL);
            Pidfd.awaitExit(number);
        } catch (IOException e) {
            reason.addSuppressed(e);
        } finally {
            pidfd.release();
            pidfd.close();
            if (group != null) {
                group.release();
            }
        }
        try {
            closeStreams();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    public int pid() {
        return pid;
    }

    public ProcessGroup processGroup() {
        return group;
    }

    /** The number of the pidfd, or -1 once the exit has been collected. */
    public int pidfd() {
        int number = pidfd.acquire();
        if (number >= 0) {
            pidfd.release();
        }
        return number;
    }

    @Override
    public void signal(int signal) throws IOException {
        trySignal(signal);
    }

    @Override
    public boolean isGone() {
        return exit() != null;
    }

    @Override
    public boolean readsFiles() {
        return false;
    }

    /** Sends a signal. Returns false if the child has ended. */
    public boolean trySignal(int signal) throws IOException {
        if (!Kernel.has(Kernel.PIDFD_SEND_SIGNAL)) {
            // The pid stays the child's until we collect its exit.
            lock.lock();
            try {
                return exit == null && Pidfd.kill(pid, signal);
            } finally {
                lock.unlock();
            }
        }
        int number = pidfd.acquire();
        if (number < 0) {
            return false;
        }
        try {
            return Pidfd.sendSignal(number, signal);
        } finally {
            pidfd.release();
        }
    }

    /** The exit, which is then collected, or null while the child runs. Does not wait. */
    public Exit exit() {
        if (!collected) {
            try {
                if (reap()) {
                    tellStreams();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return exit;
    }

    /**
     * Completed with the exit, by whoever finds it out: for code of ours only, which must not wait,
     * and calls {@link #exit} before it tells a user.
     */
    public CompletableFuture<Exit> exited() {
        try {
            settle();
        } catch (IOException e) {
            // The reactor looks after the child all the same, only later.
            LOG.debug("{} is not watched at once", this, e);
        }
        return exited;
    }

    /** Collects the exit, if the child has ended. Returns whether this was what found it out. */
    private boolean reap() throws IOException {
        boolean news;
        lock.lock();
        try {
            int number = collected ? -1 : pidfd.acquire();
            if (number < 0) {
                return false;
            }
            try {
                Exit found = Pidfd.reap(number);
                if (found == null) {
                    return false;
                }
                news = exit == null;
                if (news) {
                    exit = found;
                }
                collected = true;
                pidfd.close();
                if (id != UNREGISTERED) {
                    Reactor.forget(id);
                }
            } finally {
                pidfd.release();
            }
        } finally {
            lock.unlock();
        }
        if (news) {
            exited.complete(exit);
        }
        return news;
    }

    /** Looks whether the child has ended. Returns whether this was what found it out. */
    private boolean peek() throws IOException {
        Exit found;
        lock.lock();
        try {
            int number = exit == null ? pidfd.acquire() : -1;
            if (number < 0) {
                return false;
            }
            try {
                found = Pidfd.peek(number);
                exit = found;
            } finally {
                pidfd.release();
            }
        } finally {
            lock.unlock();
        }
        if (found != null) {
            exited.complete(found);
        }
        return found != null;
    }

    /** To be called once, by whoever has found out the exit. */
    private void tellStreams() {
        try {
            for (Stream stream : streams) {
                stream.childExited();
            }
        } catch (IOException e) {
            // A pipe of ours that cannot be looked at stays as it is, for the caller to meet.
            LOG.debug("pipes of {}", this, e);
        }
    }

    /** Called by the reactor when the pidfd is readable: the child has ended. */
    @Override
    public void ready(int events) {
        try {
            if (peek()) {
                Reactor.afterwards(this::cleanUp);
            } else if (exit == null) {
                lookAgainSoon(); // it is traced, and its tracer has not collected it yet
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cleanUp() {
        try {
            exit();
        } finally {
            tellStreams();
        }
    }

    /** Not at once: the pidfd stays ready for as long as the tracer holds the exit. */
    private void lookAgainSoon() {
        try {
            Reactor.schedule(TRACER_NS, this::settleQuietly);
        } catch (IOException e) {
            LOG.debug("{} is looked after by who waits for it", this, e);
        }
    }

    private void settleQuietly() {
        try {
            settle();
        } catch (IOException e) {
            LOG.debug("{} is looked after by who waits for it", this, e);
        }
    }

    /**
     * Waits for the exit.
     *
     * @param deadlineNs in {@link System#nanoTime}'s time, or {@link Deadline#NONE}
     * @return the exit, or null if the deadline has passed
     * @throws InterruptedException if the thread was or is interrupted; its interrupt status is
     *     cleared
     */
    public Exit await(long deadlineNs) throws InterruptedException {
        if (exit != null) {
            return exit();
        }
        if (VirtualThreads.isCurrent()) {
            return park(deadlineNs);
        }
        try (Poll poll = new Poll()) {
            return poll(poll, deadlineNs);
        } catch (ErrnoException e) {
            if (!Errno.isExhaustion(e.errno())) {
                throw new UncheckedIOException(e);
            }
            return park(deadlineNs); // takes no descriptor
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Exit poll(Poll poll, long deadlineNs) throws IOException, InterruptedException {
        int number = pidfd.acquire();
        if (number < 0) {
            return park(deadlineNs); // somebody is about to say what he has collected
        }
        try {
            enterPoll(number);
            try {
                return poll(poll, number, deadlineNs);
            } finally {
                leavePoll();
            }
        } finally {
            pidfd.release();
        }
    }

    private Exit poll(Poll poll, int number, long deadlineNs)
            throws IOException, InterruptedException {
        while (true) {
            boolean ready = poll.await(number, Io.POLLIN, deadlineNs);
            Exit found = exit();
            if (found != null || Deadline.hasPassed(deadlineNs)) {
                return found;
            }
            if (ready) {
                LockSupport.parkNanos(TRACER_NS); // it is traced: its tracer collects it first
            }
        }
    }

    /**
     * While somebody polls, the reactor need not be woken as well: that would cost more than the
     * exit itself.
     */
    private void enterPoll(int number) throws IOException {
        lock.lock();
        try {
            if (pollers == 0 && exit == null && id != UNREGISTERED) {
                Reactor.disarm(number, id);
            }
            pollers++;
        } finally {
            lock.unlock();
        }
    }

    private void leavePoll() throws IOException {
        lock.lock();
        try {
            if (--pollers == 0 && exit == null) {
                watch();
            }
        } finally {
            lock.unlock();
        }
    }

    private Exit park(long deadlineNs) throws InterruptedException {
        try {
            exited().get(Deadline.remainingNs(deadlineNs), TimeUnit.NANOSECONDS);
            return exit();
        } catch (TimeoutException e) {
            return exit();
        } catch (ExecutionException e) {
            throw new AssertionError("only completed normally", e);
        }
    }

    /**
     * Looks something up by pid while no other process can have it; empty once the exit is known.
     */
    public <T> Optional<T> whileRunning(LongFunction<Optional<T>> lookup) {
        lock.lock();
        try {
            return exit == null ? lookup.apply(pid) : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "child " + pid;
    }

    /** Closes our ends of the streams. */
    public void closeStreams() throws IOException {
        for (Stream stream : streams) {
            stream.close();
        }
    }
}
