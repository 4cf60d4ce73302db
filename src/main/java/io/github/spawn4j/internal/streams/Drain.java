// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.loop.Chore;
import io.github.spawn4j.internal.loop.Errand;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Registration;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Reads an output of a child to its end, without a thread: the reactor reads what is there, keeps
 * it in a buffer, and hands it to a listener. Thread-safe.
 *
 * <p>The listener is user code and is called by a worker. Until it returns nothing more is read, so
 * that a slow one slows down its own child and nothing else.
 *
 * <pre>
 *   READING --bytes for the listener--> CALLING
 *     | ^------it has returned------------' |
 *     |                                     |
 *     +--end, failure, abandoned--> ENDED <-+ abandoned
 *                                    | ^
 *             somebody has to be told| |there was no memory for it
 *                                    v |
 *                                 PASSED_ON
 * </pre>
 */
public final class Drain extends Chore implements Outlet, Reactor.Handler {
    /** Told of all that is read, one call at a time. */
    public interface Listener {
        void bytes(ByteBuffer bytes) throws Exception;

        /** Nothing more will come. */
        void end() throws Exception;

        /** Called meanwhile by another thread: the run has ended, and nobody is to be told more. */
        void stop();
    }

    /** The listener has thrown the cause. */
    public static final class ListenerException extends IOException {
        private static final long serialVersionUID = 1L;

        public ListenerException(Throwable cause) {
            super("listener", cause); // its own text would be code of the user
        }
    }

    /** More has come than may be kept. */
    public static final class OverflowException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Reads in a row, so that one busy child does not keep the reactor from all others. */
    private static final int MOST_READS = 16;

    enum State {
        /** It reads when there is something. */
        READING,

        /** The listener has been given something and has not returned. */
        CALLING,

        /** Nothing more is read. */
        ENDED,

        /** The end is, or has been, told to the listener and to the run. */
        PASSED_ON;

        boolean mayBecome(State next) {
            if (this == READING) {
                return next == CALLING || next == ENDED;
            }
            if (this == CALLING) {
                return next == READING || next == ENDED;
            }
            return next == (this == ENDED ? PASSED_ON : ENDED);
        }
    }

    private final Fd fd;
    private final boolean isTerminal;
    private final long most;

    /** Null where nobody listens. */
    private final Listener listener;

    private final CompletableFuture<Void> done = new CompletableFuture<>();

    @GuardedBy("this")
    private final CaptureBuffer captured;

    /** Null before it begins. */
    @GuardedBy("this")
    private Registration registration;

    @GuardedBy("this")
    private State state = State.READING;

    /** The listener has been told of the end. Confined to the worker that tells it. */
    private boolean endTold;

    /** What went wrong first, kept as it may take several attempts to tell it. */
    private volatile Throwable failure;

    /** Nobody waits for it any more. */
    private volatile boolean abandoned;

    private final ForeignCall listening = new ForeignCall();

    /** How much is still read although the end has not come; negative while there is no limit. */
    @GuardedBy("this")
    private int remaining = -1;

    @GuardedBy("this")
    private boolean cut;

    @GuardedBy("this")
    private boolean childHasExited;

    /**
     * Takes over a descriptor, which must not block.
     *
     * @param isTerminal whether it is our side of a terminal rather than of a pipe
     * @param most how much may come, beyond which it is a failure; {@link Long#MAX_VALUE} for any
     * @param listener or null
     */
    public Drain(Fd fd, boolean isTerminal, CaptureBuffer captured, long most, Listener listener) {
        this.fd = fd;
        this.isTerminal = isTerminal;
        this.captured = captured;
        this.most = most;
        this.listener = listener;
    }

    @Override
    public void start() throws IOException {
        synchronized (this) {
            arm();
        }
    }

    @GuardedBy("this")
    private void arm() throws IOException {
        registration = Registration.arm(registration, fd, this, Io.POLLIN);
    }

    /** The only place where the state changes; what is not drawn above is refused. */
    @GuardedBy("this")
    private void moveTo(State next) {
        if (!state.mayBecome(next)) {
            throw new IllegalStateException(state + " cannot become " + next);
        }
        state = next;
    }

    @GuardedBy("this")
    private boolean hasEnded() {
        return state == State.ENDED || state == State.PASSED_ON;
    }

    @Override
    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void ready(int events) {
        advance();
    }

    /** On the reactor thread. */
    private void advance() {
        readOn();
        finishIfEnded();
    }

    private synchronized void readOn() {
        try {
            if (state == State.READING && reachesEnd()) {
                end();
            }
        } catch (Throwable e) {
            // Whatever it is: what was read may be lost, which must not look like a success.
            fail(e);
        }
    }

    /** Goes on where a worker has left off, or where there was no memory to go on. */
    @Override
    protected void perform() throws IOException {
        synchronized (this) {
            if (failure != null) {
                endEarly();
            } else if (state == State.READING) {
                resume();
            }
        }
        finishIfEnded();
    }

    @GuardedBy("this")
    private void fail(Throwable e) {
        if (e instanceof OutOfMemoryError) {
            captured.forget();
        }
        noteFailure(e);
        endEarly();
    }

    private void noteFailure(Throwable e) {
        if (failure == null) {
            failure = e;
        }
    }

    /**
     * Reads what is there. Returns whether that was the end; if not, an event or a call will
     * follow.
     */
    @GuardedBy("this")
    private boolean reachesEnd() throws IOException {
        byte[] buffer = Reactor.buffer();
        int number = fd.acquire();
        try {
            for (int reads = 0; reads < MOST_READS; reads++) {
                if (remaining == 0) {
                    cut = Io.remaining(number) != 0;
                    return true;
                }
                byte[] room = listener == null ? captured.room() : null;
                int count =
                        room == null
                                ? read(number, buffer, 0, buffer.length)
                                : read(number, room, captured.filled(), captured.fillable(room));
                if (count == 0) {
                    return true;
                }
                if (count == -Errno.EAGAIN) {
                    remaining = Math.min(remaining, 0); // somebody else has read it
                    break;
                }
                remaining = remaining > 0 ? remaining - count : remaining;
                if (room != null) {
                    captured.fill(count);
                } else if (take(buffer, count)) {
                    return false;
                }
            }
            if (remaining >= 0) {
                Reactor.schedule(0, this::advance);
                return false;
            }
            arm();
            return false;
        } finally {
            fd.release(number);
        }
    }

    /** As read(2), but not of more than is still to be read. */
    @GuardedBy("this")
    private int read(int number, byte[] bytes, int offset, int length) throws IOException {
        int most = remaining < 0 ? length : Math.min(remaining, length);
        return Io.readTerminal(number, bytes, offset, most); // or a pipe
    }

    /** Returns whether the listener is called with it. */
    @GuardedBy("this")
    private boolean take(byte[] buffer, int count) throws IOException {
        captured.add(buffer, count);
        if (captured.total() > most) {
            throw new OverflowException();
        }
        if (listener == null) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, count));
        moveTo(State.CALLING);
        Workers.execute(() -> deliver(bytes));
        return true;
    }

    /** On a worker. */
    private void deliver(ByteBuffer bytes) {
        call(() -> listener.bytes(bytes));
        returned();
        attempt();
    }

    private synchronized void returned() {
        if (state == State.CALLING) { // else it was abandoned meanwhile
            moveTo(State.READING);
        }
    }

    @GuardedBy("this")
    private void resume() throws IOException {
        if (remaining >= 0) {
            Reactor.schedule(0, this::advance); // whether or not there is more
            return;
        }
        arm();
    }

    private interface Call {
        void run() throws Exception;
    }

    /** Calls the listener on this thread. */
    private void call(Call call) {
        if (!listening.begin()) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) { // user code: whatever it throws harms its own process only
            if (!abandoned) { // else it was interrupted, which is no failure
                noteFailure(listenerFailure(e));
            }
        } finally {
            listening.end();
        }
    }

    private static Throwable listenerFailure(Throwable e) {
        try {
            return new ListenerException(e);
        } catch (OutOfMemoryError none) {
            return e;
        }
    }

    /** Ends the reading although somebody may still write. */
    @GuardedBy("this")
    private void endEarly() {
        cut |= !hasEnded();
        end();
        fd.close();
    }

    @GuardedBy("this")
    private void end() {
        if (!hasEnded()) {
            moveTo(State.ENDED);
            if (registration != null) {
                registration.forget();
            }
        }
        if (childHasExited || !isTerminal) {
            fd.close(); // to close the last of our sides of a terminal is to hang up on the child
        }
    }

    /** Not under the lock, as it continues with code of others. */
    private void finishIfEnded() {
        if (!beginsToPassOn()) {
            return;
        }
        boolean done = false;
        try {
            passOn();
            done = true;
        } finally {
            if (!done) {
                takeBackPassedOn();
                Reactor.retry(this);
            }
        }
    }

    private synchronized boolean beginsToPassOn() {
        boolean begins = state == State.ENDED;
        if (begins) {
            moveTo(State.PASSED_ON);
        }
        return begins;
    }

    private synchronized void takeBackPassedOn() {
        moveTo(State.ENDED);
    }

    private void passOn() {
        if (failure != null || listener == null) {
            complete();
        } else {
            new Errand(this::deliverEnd).run();
        }
    }

    private void deliverEnd() {
        if (!endTold) {
            endTold = true;
            call(listener::end);
        }
        complete();
    }

    private void complete() {
        if (failure == null) {
            done.complete(null);
        } else {
            done.completeExceptionally(failure);
        }
    }

    @Override
    public void cut() {
        setRemaining();
        advance();
    }

    private synchronized void setRemaining() {
        if (hasEnded() || remaining >= 0) {
            return;
        }
        int number = fd.acquire();
        try {
            if (Io.remaining(number) < 0) {
                // The kernel counts only a part of what is there.
                remaining = isTerminal ? TerminalInput.MOST_LEFT : Io.available(number);
            } // else nobody can write any more, so that the end comes by itself
        } catch (IOException e) {
            remaining = 0;
        } finally {
            fd.release(number);
        }
    }

    @Override
    public void abandon() {
        abandoned = true;
        synchronized (this) {
            endEarly();
        }
        if (listener != null) {
            listener.stop();
        }
        listening.endForGood();
        done.complete(null);
    }

    @Override
    public Captured captured() {
        synchronized (this) {
            return new Captured(captured.toArrays(), captured.total(), cut);
        }
    }

    /**
     * What was read.
     *
     * @param bytes what of it was kept, in order
     * @param total how much it was
     * @param isCut whether somebody could still have written more
     */
    public record Captured(byte[][] bytes, long total, boolean isCut) {}

    @Override
    public void childExited() {
        synchronized (this) {
            childHasExited = true;
            if (hasEnded()) {
                fd.close();
            }
        }
    }

    @Override
    public void close() {
        abandon();
    }
}
