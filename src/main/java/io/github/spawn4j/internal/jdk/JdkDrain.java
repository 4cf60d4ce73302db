// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.jdk;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.loop.Reactor;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.streams.CaptureBuffer;
import io.github.spawn4j.internal.streams.Drain;
import io.github.spawn4j.internal.streams.ForeignCall;
import io.github.spawn4j.internal.streams.Outlet;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/**
 * Reads an output of the JDK's to its end, by a thread of its own, which also calls the listener.
 * Thread-safe.
 *
 * <p>Nothing ends a read of the JDK's but the end of the output. So a thread whose reading was cut
 * waits on where a grandchild keeps the output open, and what it then reads is dropped.
 */
public final class JdkDrain implements Outlet {
    private static final int BUFFER_SIZE = 16 * 1024;

    /** How long nothing must come for what is in the pipe to be taken for read. */
    private static final long QUIET_NS = 20_000_000;

    private final InputStream from;
    private final long most;

    /** Null where nobody listens. */
    private final Drain.Listener listener;

    private final ForeignCall listening = new ForeignCall();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    @GuardedBy("this")
    private final CaptureBuffer captured;

    /** Nothing more is taken. */
    @GuardedBy("this")
    private boolean ended;

    @GuardedBy("this")
    private boolean cut;

    /** Whether the thread waits for more, or is about to. */
    @GuardedBy("this")
    private boolean waiting;

    /**
     * One that is yet to begin.
     *
     * @param most how much may come, beyond which it is a failure
     * @param listener or null
     */
    public JdkDrain(InputStream from, CaptureBuffer captured, long most, Drain.Listener listener) {
        this.from = from;
        this.captured = captured;
        this.most = most;
        this.listener = listener;
    }

    @Override
    public void start() throws IOException {
        Threads.start(Threads.daemon("spawn4j-output", 0, this::read));
    }

    private void read() {
        Throwable failure = null;
        try {
            byte[] buffer = new byte[BUFFER_SIZE];
            int count = next(buffer);
            while (count >= 0) {
                take(buffer, count);
                count = next(buffer);
            }
            if (listener != null && markEnded()) {
                call(listener::end);
            }
        } catch (Throwable e) { // whatever it is: what was read may be lost
            failure = e;
        }
        finish(failure);
    }

    /** Returns a negative number when nothing more is to be read. */
    private int next(byte[] buffer) throws IOException {
        synchronized (this) {
            if (ended) {
                return -1;
            }
            waiting = true;
        }
        int count = from.read(buffer);
        synchronized (this) {
            waiting = false;
            return ended ? -1 : count;
        }
    }

    private void take(byte[] buffer, int count) throws IOException {
        synchronized (this) {
            captured.add(buffer, count);
            if (captured.total() > most) {
                throw new Drain.OverflowException();
            }
        }
        if (listener != null) {
            ByteBuffer bytes = ByteBuffer.wrap(Arrays.copyOf(buffer, count));
            call(() -> listener.bytes(bytes));
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private void call(Call call) throws IOException {
        if (!listening.begin()) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) { // user code: whatever it throws harms its own process only
            throw new Drain.ListenerException(e);
        } finally {
            listening.end();
        }
    }

    /** Returns false if it was cut or given up before. */
    private boolean markEnded() {
        synchronized (this) {
            boolean first = !ended;
            ended = true;
            return first;
        }
    }

    private void finish(Throwable failure) {
        boolean first = markEnded();
        if (failure == null) {
            done.complete(null);
            return;
        }
        synchronized (this) {
            cut |= first;
            if (failure instanceof OutOfMemoryError) {
                captured.forget();
            }
        }
        done.completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public void cut() {
        cutIfQuiet(-1);
    }

    /**
     * Whether something is there cannot be asked while the thread reads, so that time has to tell.
     */
    private void cutIfQuiet(long known) {
        long total;
        boolean quiet;
        synchronized (this) {
            if (ended) {
                return;
            }
            total = captured.total();
            quiet = waiting && total == known;
            if (quiet) {
                ended = true;
                cut = true;
            }
        }
        if (quiet) {
            endCut();
        } else {
            lookLater(total);
        }
    }

    private void lookLater(long total) {
        try {
            Reactor.schedule(QUIET_NS, () -> cutIfQuiet(total));
        } catch (IOException e) {
            abandon(); // nobody would look again
        }
    }

    /** The thread is in the JDK's code: another one tells the listener of the end. */
    private void endCut() {
        if (listener == null) {
            done.complete(null);
        } else {
            Workers.execute(this::tellEnd);
        }
    }

    private void tellEnd() {
        try {
            call(listener::end);
            done.complete(null);
        } catch (IOException | RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }

    @Override
    public void abandon() {
        synchronized (this) {
            cut |= !ended;
            ended = true;
        }
        if (listener != null) {
            listener.stop();
        }
        listening.endForGood();
        done.complete(null);
    }

    @Override
    public Drain.Captured captured() {
        synchronized (this) {
            return new Drain.Captured(captured.toArrays(), captured.total(), cut);
        }
    }

    @Override
    public void childExited() {
        // The JDK has been told before.
    }

    @Override
    public void close() {
        abandon();
    }
}
