// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.loop.Chore;
import io.github.spawn4j.internal.loop.Chores;
import io.github.spawn4j.internal.loop.Deadline;
import io.github.spawn4j.internal.loop.Poll;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Registration;
import io.github.spawn4j.internal.loop.VirtualThreads;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Exit;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Foreground;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.internal.os.Log;
import io.github.spawn4j.internal.os.NativeHalf;
import io.github.spawn4j.internal.os.Pidfd;
import io.github.spawn4j.internal.os.Threads;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * A child of the JVM from its start until its exit has been collected: its pidfd and its pipes.
 * Thread-safe.
 *
 * <p>The first that notices the exit, the reactor or a thread that waits, tells the others. No user
 * learns of an exit before it has been collected.
 */
public final class Child extends Chore implements Reactor.Handler, ChildProcess {
    /*
     * A thread that waits reaps the child when it finds that it has ended. The reactor only looks: a
     * thousand more may have ended that somebody waits for, and reaping takes the kernel longer than
     * everything else that there is to do for an exit. It reaps when it has a moment (cleanUp), unless
     * a thread has done so that is about to tell a user. Once told, a user expects neither a zombie
     * nor that the pid is still taken.
     *
     * What fails because something has run out for a while is left to the reactor, as a chore, which
     * the child itself is.
     *
     * The reactor waits for the child's lock. So that is a monitor, which the JVM leaves whatever
     * is thrown: a stack that overflows as somebody enters a ReentrantLock leaves that locked for
     * ever, and no exit of any child would be told any more. Nothing waits under it.
     */
    private static final int SIGKILL = 9;

    private static final Log LOG = Log.of(Child.class);

    /** How long to leave a zombie to its tracer before looking again. */
    private static final long TRACER_NS = 1_000_000;

    /** An end of ours of one of its standard streams. */
    public interface Stream extends Closeable {
        /** Told when the child has exited, by whoever has found that out: must not wait. */
        void childExited() throws IOException;
    }

    /** A child's standard input, as a teardown ends it. Thread-safe. */
    public interface Input extends Closeable {
        /** Ends it behind what is on its way. Ending again does nothing. Does not wait. */
        void end() throws IOException;

        /** Gives up what is still on its way. Does not wait. */
        @Override
        void close() throws IOException;
    }

    private final int pid;
    private final Fd pidfd;
    private final Stream[] streams;

    /** Null where it has not been lent the terminal. */
    private final Foreground foreground;

    /** Null where it has not been asked for; whoever asks for it releases it. */
    private ProcessGroup group;

    /** Null where nobody is to be told. */
    private volatile Runnable killNote;

    /**
     * For threads that park until the exit; null while there has been none. What is done at the
     * exit without waiting is in {@link #followers}.
     */
    @GuardedBy("this")
    private CompletableFuture<Exit> exited;

    private final Chores followers = new Chores();
    private volatile Exit exit;

    /** Whether it has been reaped. Not before the exit is known. */
    private volatile boolean collected;

    /** Whether the exit is kept back: neither collected nor told. Changed under the lock. */
    private volatile boolean held;

    /** Whether its streams know of the exit, or are about to be told. */
    @GuardedBy("this")
    private boolean streamsTold;

    /** Null until the reactor is to watch it. */
    @GuardedBy("this")
    private Registration registration;

    /** Platform threads that poll the pidfd. */
    @GuardedBy("this")
    private int pollers;

    private Child(int pid, Fd pidfd, Stream[] streams, Foreground foreground) {
        this.pid = pid;
        this.pidfd = pidfd;
        this.streams = streams;
        this.foreground = foreground;
    }

    private static volatile boolean prepared;

    /** Makes sure that children can be watched, or discarded, so that none is started in vain. */
    public static void prepare() throws IOException {
        NativeHalf.require();
        Reactor.prepare();
        if (!prepared) {
            Pidfd.prepare();
            prepared = true;
        }
    }

    /**
     * Takes charge of a child that has just been started: of its pidfd, and of our ends of its
     * streams.
     *
     * @param streams belong to the child from then on
     * @param leadsGroup whether {@link #processGroup} will be asked for
     * @param foreground what is taken back when it has ended, or null
     * @throws IOException if it cannot be watched; all is left to the caller then
     */
    public static Child watch(
            int pid, Fd pidfd, Stream[] streams, boolean leadsGroup, Foreground foreground)
            throws IOException {
        Child child = new Child(pid, pidfd, streams, foreground);
        try {
            if (leadsGroup) {
                child.group = new ProcessGroup(child, Io.duplicate(pidfd.number()));
            }
            Reactor.soon(child);
            return child;
        } catch (IOException | RuntimeException | Error e) {
            child.releaseGroup();
            throw e;
        }
    }

    /**
     * To be called when the child has been discarded, as nobody could take it over: its pidfd is
     * closed or about to be. Takes no memory.
     */
    public void abandon() {
        releaseGroup();
    }

    private void releaseGroup() {
        if (group != null) {
            group.release();
        }
    }

    /** What the reactor does for it. */
    @Override
    protected void perform() throws IOException {
        if (exit == null) {
            settle();
        } else {
            cleanUp();
        }
    }

    /** Lets the reactor watch the child, unless its exit is known or somebody polls it. */
    private void settle() throws IOException {
        synchronized (this) {
            if (exit == null && pollers == 0) {
                watch();
            }
        }
    }

    @GuardedBy("this")
    private void watch() throws IOException {
        registration = Registration.arm(registration, pidfd, this, Io.POLLIN);
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public ProcessGroup processGroup() {
        return group;
    }

    @Override
    public int pidfd() {
        int number = pidfd.acquire();
        pidfd.release(number);
        return number;
    }

    @Override
    public void signal(int signal) throws IOException {
        trySignal(signal);
    }

    @Override
    public CompletableFuture<Boolean> isGone() {
        return CompletableFuture.completedFuture(exit() != null);
    }

    @Override
    public boolean readsFiles() {
        return false;
    }

    /**
     * Keeps the exit back, which is then neither collected nor told until {@link #releaseExit}. So
     * nobody else gets the pid, nor can there be another process group of that number. Returns
     * false if it is too late.
     */
    boolean holdExit() {
        synchronized (this) {
            held = exit == null && pidfd.isOpen();
            return held;
        }
    }

    /** Lets the exit be collected and told. */
    void releaseExit() {
        synchronized (this) {
            if (!held) {
                return;
            }
            held = false;
        }
        watchSoon(); // as the reactor may have been told of it meanwhile
    }

    /** What is done while the pid is the child's. */
    interface Use {
        void run() throws IOException;
    }

    /** Does {@code use}, unless the exit has been collected. Returns whether it was done. */
    boolean ifUncollected(Use use) throws IOException {
        synchronized (this) {
            if (collected || !pidfd.isOpen()) {
                return false;
            }
            use.run();
            return true;
        }
    }

    /** Sends a signal. Returns false if the child has ended. */
    @Override
    public boolean trySignal(int signal) throws IOException {
        Threads.requireStack();
        if (signal == SIGKILL) {
            noteKill();
        }
        if (!Kernel.has(Kernel.PIDFD_SEND_SIGNAL)) {
            // The pid stays the child's until we collect its exit.
            synchronized (this) {
                return exit == null && Pidfd.kill(pid, signal);
            }
        }
        int number = pidfd.acquire();
        if (number < 0) {
            return false;
        }
        try {
            return Pidfd.sendSignal(number, signal);
        } finally {
            pidfd.release(number);
        }
    }

    @Override
    public void beforeKill(Runnable note) {
        killNote = note;
    }

    @Override
    public void noteKill() {
        Runnable note = killNote;
        if (note != null && exit() == null) {
            note.run();
        }
    }

    /** The exit, which is then collected, or null while the child runs. Does not wait. */
    @Override
    public Exit exit() {
        if (!collected) {
            Threads.requireStack(); // else it is collected, and nobody is told
            try {
                if (reap()) {
                    tell();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return exit;
    }

    /**
     * As {@link #exit}, for a user: not before the streams know of it too, whose descriptors would
     * else count against his next start.
     */
    @Override
    public Exit exitWithStreams() {
        Exit found = exit();
        if (found != null) {
            tellStreams();
        }
        return found;
    }

    /**
     * Does {@code task} when the exit is known, at once or on whatever thread finds it out, and
     * again a little later if it throws: code of ours only, which must not wait, does no harm when
     * it is done twice, and calls {@link #exit} before it tells a user.
     */
    @Override
    public void whenExited(Runnable task) {
        Threads.requireStack();
        followers.add(new Follower(task));
        if (exit != null) {
            tellFollowers();
        } else {
            watchSoon();
        }
    }

    /** Null if no thread has parked before the exit was known. */
    private CompletableFuture<Exit> exited() {
        synchronized (this) {
            if (exited == null && exit == null) {
                exited = new CompletableFuture<>();
            }
            return exited;
        }
    }

    private static final class Follower extends Chore {
        private final Runnable task;

        Follower(Runnable task) {
            this.task = task;
        }

        @Override
        protected void perform() {
            task.run();
        }

        @Override
        public String toString() {
            return "what follows an exit, " + task;
        }
    }

    /** At once, or when the reactor can. */
    private void watchSoon() {
        try {
            settle();
        } catch (IOException | RuntimeException | Error e) {
            Reactor.retry(this);
            LOG.debug("{} is not watched at once", this, e);
        }
    }

    private void tellFollowers() {
        CompletableFuture<Exit> waitedFor = exited();
        if (waitedFor != null) {
            waitedFor.complete(exit);
        }
        followers.attemptAll();
    }

    /** Called by the thread that has found out the exit. */
    private void tell() {
        try {
            tellFollowers();
            tellStreams();
        } catch (RuntimeException | Error e) {
            Reactor.retry(this);
            throw e;
        }
    }

    /** Collects the exit, if the child has ended. Returns whether this was what found it out. */
    private boolean reap() throws IOException {
        synchronized (this) {
            int number = collected || held ? -1 : pidfd.acquire();
            try {
                Exit found = number < 0 ? null : Pidfd.reap(number, exit);
                if (found == null) {
                    return false;
                }
                boolean news = exit == null;
                if (news) {
                    takeForegroundBack();
                    exit = found;
                }
                collected = true;
                pidfd.close();
                if (registration != null) {
                    registration.forget();
                }
                return news;
            } finally {
                pidfd.release(number);
            }
        }
    }

    /** Looks whether the child has ended, without collecting the exit. */
    private void peek() throws IOException {
        synchronized (this) {
            int number = exit == null && !held ? pidfd.acquire() : -1;
            try {
                Exit found = number < 0 ? null : Pidfd.peek(number);
                if (found != null) {
                    takeForegroundBack();
                    exit = found;
                }
            } finally {
                pidfd.release(number);
            }
        }
    }

    /** Before anybody is told: to read from the terminal in the background stops the JVM. */
    private void takeForegroundBack() {
        if (foreground == null) {
            return;
        }
        try {
            foreground.takeBack(pid);
        } catch (IOException e) {
            LOG.debug("the terminal of {}", this, e); // hung up, so that there is none any more
        }
    }

    /** Does it once for all threads that ask; again if it has failed. */
    private void tellStreams() {
        if (!beginToTellStreams()) {
            return;
        }
        boolean done = false;
        try {
            for (Stream stream : streams) {
                stream.childExited();
            }
            done = true;
        } catch (IOException e) {
            // A pipe of ours that cannot be looked at stays as it is, for the caller to meet.
            done = true;
            LOG.debug("pipes of {}", this, e);
        } finally {
            if (!done) {
                takeBackStreamsTold();
            }
        }
    }

    private boolean beginToTellStreams() {
        synchronized (this) {
            boolean first = !streamsTold;
            streamsTold = true;
            return first;
        }
    }

    private void takeBackStreamsTold() {
        synchronized (this) {
            streamsTold = false;
        }
    }

    /** Called by the reactor when the pidfd is readable: the child has ended. */
    @Override
    public void ready(int events) throws IOException {
        peek();
        if (held) {
            return; // releaseExit() looks again
        }
        if (exit == null) {
            // It is traced, and its tracer has not collected it yet. Not at once, as the pidfd
            // stays ready for as long as the tracer holds the exit.
            Reactor.schedule(TRACER_NS, this::watchSoon);
            return;
        }
        Reactor.afterwards(this);
        tellFollowers();
    }

    private void cleanUp() {
        exit();
        tellFollowers();
        tellStreams();
    }

    /**
     * Waits for the exit.
     *
     * @param deadlineNs in {@link System#nanoTime}'s time, or {@link Deadline#NONE}
     * @return the exit, or null if the deadline has passed
     * @throws InterruptedException if the thread was or is interrupted; its interrupt status is
     *     cleared
     */
    @Override
    public Exit await(long deadlineNs) throws InterruptedException {
        Exit found = awaitCollected(deadlineNs);
        if (found != null) {
            tellStreams(); // as in exitWithStreams()
        }
        return found;
    }

    private Exit awaitCollected(long deadlineNs) throws InterruptedException {
        if (exit != null) {
            return exit();
        }
        Threads.requireStack(); // else this thread stays counted as one that polls, and no other
        // looks
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
            enterPoll();
            try {
                return poll(poll, number, deadlineNs);
            } finally {
                leavePoll();
            }
        } finally {
            pidfd.release(number);
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
    private void enterPoll() throws IOException {
        synchronized (this) {
            if (pollers == 0 && exit == null && registration != null) {
                registration.disarm();
            }
            pollers++;
        }
    }

    private void leavePoll() {
        if (exit != null) {
            return; // nobody counts them any more
        }
        synchronized (this) {
            pollers--;
        }
        watchSoon();
    }

    private Exit park(long deadlineNs) throws InterruptedException {
        try {
            CompletableFuture<Exit> told = exited();
            if (told != null) {
                watchSoon();
                told.get(Deadline.remainingNs(deadlineNs), TimeUnit.NANOSECONDS);
            }
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
    @Override
    public <T> Optional<T> whileRunning(LongFunction<Optional<T>> lookup) {
        synchronized (this) {
            return exit == null ? lookup.apply(pid) : Optional.empty();
        }
    }

    @Override
    public String toString() {
        return "child " + pid;
    }

    @Override
    public void closeStreams() throws IOException {
        for (Stream stream : streams) {
            stream.close();
        }
    }
}
