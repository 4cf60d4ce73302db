// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Our end of a pipe that a child writes to, buffered. Thread-safe; readers take turns.
 *
 * <p>The descriptor is closed at the end of the output, by {@link #close}, or when the child has
 * exited and nobody else can write: what is left is then kept in memory, a pipe's content at most.
 * An interrupt changes nothing, as with the streams of the JDK's processes, or closes the stream
 * where that was asked for.
 */
public sealed class PipeInput extends InputStream implements Child.Stream, PipeEnd.User
        permits TerminalInput {
    private static final int BUFFER_SIZE = 8192;

    /** What a transfer copies at once: the best size into sockets, where more is slower again. */
    private static final int TRANSFER_SIZE = 1 << 15;

    /** What is read at once where much comes: all that a pipe mostly holds. */
    private static final int MUCH = 1 << 16;

    /** After so much, to a reader with large arrays, the pipe is made wide for what follows. */
    private static final int PLENTY = 1 << 20;

    /** Reads in a row of what is dropped, so that one busy child does not keep the reactor. */
    private static final int MOST_DROPS = 16;

    /** A reader that took something so lately is about to take more, unless it waits for it. */
    private static final long READING_NS = 500_000_000;

    /** The same of a child that may be waiting for room: not so long, as its grace runs. */
    private static final long MAKING_ROOM_NS = 100_000_000;

    private static final int END = -1;

    /** Shared by all that have buffered nothing, as most streams of a child are idle. */
    private static final byte[] NOTHING = {};

    /** One way to take bytes out of the pipe: how many, 0 at the end, or -errno. */
    private interface Taking {
        int from(int number) throws IOException;
    }

    private final PipeEnd pipe;
    private final ReentrantLock lock;

    /**
     * Read, but not yet asked for: a buffer for small reads, or what was left when the child
     * exited.
     */
    @GuardedBy("lock")
    private byte[] buffer = NOTHING;

    @GuardedBy("lock")
    private int position;

    @GuardedBy("lock")
    private int limit;

    /** When something was last taken, in {@link System#nanoTime}'s time. Changed under the lock. */
    private volatile long takenNs = System.nanoTime() - READING_NS;

    /** How many bytes have been taken. */
    @GuardedBy("lock")
    private long taken;

    /** Some of it was dropped, so that nobody may read on as if nothing were missing. */
    private volatile boolean spilt;

    /**
     * The lock is a reader's, who may hold it for any time; others give it back in a moment.
     * Changed under the lock.
     */
    private volatile boolean beingRead;

    /** A reader has come to the end. Changed under the lock. */
    private volatile boolean endTold;

    /** Completed when a reader has come to the end; null where nobody has asked. */
    private volatile CompletableFuture<Void> end;

    /**
     * Takes over a descriptor.
     *
     * @param isInterruptible whether an interrupt of a reader closes the stream, as with {@link
     *     java.nio.channels.InterruptibleChannel}
     */
    public PipeInput(Fd fd, boolean isInterruptible) {
        pipe = new PipeEnd(fd, Io.POLLIN, isInterruptible);
        lock = pipe.lock();
    }

    /** The bytes read, 0 at the end, or -EAGAIN if there are none yet. */
    int read(int number, byte[] bytes, int offset, int length) throws IOException {
        return Io.read(number, bytes, offset, length);
    }

    /** How many bytes are left at most if nobody can write any more, or -1 while somebody can. */
    int remaining(int number) throws IOException {
        return Io.remaining(number);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            checkOpen();
            return 0;
        }
        PipeEnd.requireStack();
        lock.lock();
        beingRead = true;
        try {
            checkOpen();
            int count = readBuffered(bytes, offset, length);
            pipe.checkNotCutOff();
            if (count == END) {
                tellEnd(); // behind the check: a thread that waits for this then closes the stream
            }
            return count;
        } catch (ErrnoException e) {
            throw PipeEnd.failure(e);
        } finally {
            beingRead = false;
            lock.unlock();
            afterUse();
        }
    }

    /** {@inheritDoc} {@link #readAllBytes} reads in the same way. */
    @Override
    public byte[] readNBytes(int length) throws IOException {
        if (length < 0) {
            throw new IllegalArgumentException("length " + length + " is negative");
        }
        Chunks chunks = new Chunks();
        byte[] bytes = new byte[Math.min(length, BUFFER_SIZE)];
        int count;
        do {
            int left = length - chunks.length();
            if (chunks.isMuch()) {
                byte[] room = chunks.room();
                int offset = chunks.filled();
                count = read(room, offset, Math.min(room.length - offset, left));
                chunks.fill(Math.max(count, 0));
            } else {
                count = read(bytes, 0, Math.min(bytes.length, left));
                chunks.add(bytes, Math.max(count, 0));
                bytes = count == bytes.length && count < left ? new byte[MUCH] : bytes;
            }
        } while (count > 0);
        return Chunks.join(chunks.toArrays());
    }

    /** When the lock has been left. */
    private void afterUse() {
        pipe.afterUse(this);
    }

    /** Whether the descriptor is of no more use when nobody can write any more. */
    boolean closesAtEnd() {
        return true;
    }

    private void checkOpen() throws IOException {
        if (pipe.isClosed() || spilt) {
            throw PipeEnd.streamClosed();
        }
    }

    /** Reads what is there, after waiting for it if nothing is. */
    @GuardedBy("lock")
    private int readBuffered(byte[] bytes, int offset, int length) throws IOException {
        if (position < limit) {
            int count = Math.min(length, limit - position);
            System.arraycopy(buffer, position, bytes, offset, count);
            position += count;
            return count;
        }
        if (length >= BUFFER_SIZE) {
            if (length >= MUCH && taken >= PLENTY) {
                pipe.widen();
            }
            return take(number -> read(number, bytes, offset, length));
        }
        if (buffer.length != BUFFER_SIZE) {
            buffer = new byte[BUFFER_SIZE];
        }
        byte[] empty = buffer;
        int filled = take(number -> read(number, empty, 0, BUFFER_SIZE));
        position = 0;
        limit = Math.max(filled, 0);
        return filled < 0 ? filled : readBuffered(bytes, offset, length);
    }

    /** As {@link #readBuffered}, from the pipe. */
    @GuardedBy("lock")
    private int take(Taking taking) throws IOException {
        int number = pipe.isOver() ? -1 : pipe.acquire();
        if (number < 0) {
            return END;
        }
        try {
            int count;
            while ((count = taking.from(number)) == -Errno.EAGAIN) {
                pipe.await(number);
            }
            if (count == 0) {
                pipe.setOver();
                if (closesAtEnd()) {
                    pipe.end();
                }
                return END;
            }
            takenNs = System.nanoTime();
            pipe.moved(count);
            taken += count;
            return count;
        } finally {
            pipe.release(number);
        }
    }

    @GuardedBy("lock")
    private void tellEnd() {
        endTold = true;
        CompletableFuture<Void> awaited = end;
        if (awaited != null) {
            awaited.complete(null);
        }
    }

    /** Whether a thread is about to read, or waits for something to be read. */
    public boolean isBeingRead() {
        return beingRead || lock.hasQueuedThreads(); // others hold the lock too, for a moment
    }

    /** Whether a thread may still be dealing with what it has read. */
    public boolean hasJustBeenRead() {
        return hasBeenReadFor(READING_NS);
    }

    private boolean hasBeenReadFor(long lastNs) {
        return System.nanoTime() - takenNs < lastNs;
    }

    /** Completed when a reader has come to the end. */
    public CompletableFuture<Void> end() {
        CompletableFuture<Void> awaited = new CompletableFuture<>();
        end = awaited;
        if (endTold) {
            awaited.complete(null); // else a reader does, as he sees that somebody waits
        }
        return awaited;
    }

    /** What the child's writers fill before they wait, at most. */
    int capacity(int number) throws IOException {
        return Io.capacity(number);
    }

    /**
     * Drops what is there if the child may be waiting for room and nobody has taken anything
     * lately; the stream cannot be read any more then. Does not wait. Returns whether it has.
     */
    boolean spill(byte[] buffer) throws IOException {
        if (!lock.tryLock()) {
            return false; // somebody is at it
        }
        try {
            boolean isRead = !spilt && hasBeenReadFor(MAKING_ROOM_NS);
            int number = pipe.isOver() || isRead ? -1 : pipe.acquire();
            if (number < 0) {
                return false;
            }
            try {
                // A pipe of pages that are not filled is full with half of what it could hold.
                if (!spilt && Io.available(number) < capacity(number) / 2) {
                    return false;
                }
                return drop(number, buffer);
            } finally {
                pipe.release(number);
            }
        } finally {
            lock.unlock();
            afterUse();
        }
    }

    @GuardedBy("lock")
    private boolean drop(int number, byte[] buffer) throws IOException {
        spilt = true;
        boolean hasDropped = false;
        int count = 0;
        for (int reads = 0; reads < MOST_DROPS && (reads == 0 || count > 0); reads++) {
            count = read(number, buffer, 0, buffer.length);
            hasDropped |= count > 0;
        }
        return hasDropped;
    }

    @Override
    public int available() throws IOException {
        checkOpen();
        PipeEnd.requireStack();
        while (!lock.tryLock()) {
            if (beingRead) {
                return 0; // a reader waits for the first byte
            }
            Thread.yield(); // the exit is being dealt with: to say 0 would lose what is there
        }
        try {
            int number = pipe.acquire();
            if (number < 0) {
                return limit - position;
            }
            try {
                return limit - position + Io.available(number);
            } catch (ErrnoException e) {
                throw PipeEnd.failure(e);
            } finally {
                pipe.release(number);
            }
        } finally {
            lock.unlock();
            afterUse();
        }
    }

    /**
     * Closes the descriptor if nobody can write any more, after taking what is left; else leaves it
     * to the reader.
     */
    @Override
    public void childExited() throws IOException {
        pipe.childExited(this);
    }

    @Override
    public boolean takeRest(int number) throws IOException {
        int remaining = remaining(number);
        if (remaining < 0) {
            return false;
        }
        lock.lock(); // the caller holds it already; here for the compiler to see
        try {
            keepRest(number, remaining);
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** Leaves in the buffer what was there and then what is left in the pipe. */
    @GuardedBy("lock")
    private void keepRest(int number, int remaining) throws IOException {
        byte[] rest = new byte[limit - position + remaining];
        System.arraycopy(buffer, position, rest, 0, limit - position);
        int length = limit - position;
        while (length < rest.length) {
            int count = read(number, rest, length, rest.length - length);
            if (count <= 0) {
                break;
            }
            length += count;
        }
        buffer = length == rest.length ? rest : Arrays.copyOf(rest, length);
        position = 0;
        limit = length;
    }

    /**
     * {@inheritDoc}
     *
     * <p>By {@link Splice} as far as that goes, else by copying. When another thread closes {@code
     * out} meanwhile, the next bytes that come meet an error of {@code out}.
     */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        Splice splice = spliceInto(out);
        long moved = 0;
        if (splice != null) {
            moved = move(splice, out);
            if (splice.isAtEnd()) {
                return moved;
            }
        }
        byte[] bytes = new byte[TRANSFER_SIZE];
        int count;
        while ((count = read(bytes, 0, bytes.length)) != END) {
            out.write(bytes, 0, count);
            moved += count;
        }
        return moved;
    }

    /** The way into {@code out} that does not lead through the JVM, or null. */
    Splice spliceInto(OutputStream out) {
        return Splice.into(out);
    }

    /** Moves what the kernel can move. Returns how many bytes. */
    private long move(Splice splice, OutputStream out) throws IOException {
        PipeEnd.requireStack();
        lock.lock();
        beingRead = true;
        try {
            checkOpen();
            int left = limit - position;
            long moved = left;
            out.write(buffer, position, left);
            position = limit;
            pipe.widen();
            int count;
            while ((count = take(splice::move)) >= 0) {
                moved += count;
                checkOpen();
                pipe.checkInterrupt(); // a file on a slow disk never lets it wait
            }
            if (pipe.isOver()) {
                tellEnd();
            }
            return moved;
        } catch (ErrnoException e) {
            throw PipeEnd.failure(e);
        } finally {
            beingRead = false;
            lock.unlock();
            afterUse();
        }
    }

    /**
     * Closes the stream; a reader that waits gets an {@link IOException}. Closing again does
     * nothing.
     */
    @Override
    public void close() throws IOException {
        pipe.close();
    }

    /** Closes the stream as {@link Process#destroy} does: a reader that waits gets what comes. */
    public void closeAfterUse() throws IOException {
        pipe.closeAfterUse();
    }

    /** Whether, after the exit, somebody can still write there. */
    public boolean isHeld() {
        return pipe.isOpen();
    }
}
