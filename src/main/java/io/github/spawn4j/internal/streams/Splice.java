// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.streams;

import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.StreamDescriptor;
import java.io.FileDescriptor;
import java.io.OutputStream;

/**
 * The way of a pipe's content into a file that does not lead through the JVM (splice(2)), for one
 * transfer by one thread. What others write to the same file meanwhile, in whatever way, lands
 * before or behind.
 */
final class Splice {
    /*
     * Only into regular files that do not append. The kernel refuses the latter, and into the others
     * splice(2) is no faster (1 GiB into a TCP socket: 1.4 to 1.8 s in C, where copying takes 0.7 to
     * 1.4 s, as the receiver is woken for each pipe's content), and keeps no promise that a copying
     * transfer keeps:
     *
     * A socket is in blocking mode for the kernel, unless a virtual thread has used it, and then
     * SPLICE_F_NONBLOCK holds for the pipe alone. When the peer reads slowly, splice(2) sleeps where
     * neither an interrupt nor a close can reach it, whatever poll(2) has said of the room, and has
     * the pipe locked meanwhile: the child is in state D in its write(2). To see whether the socket
     * is still open would take a lock of the JDK's that is not to be had, or a duplicate, which keeps
     * the connection open when the socket is closed. And the promise that one write to a channel is
     * not torn by another rests on a lock that we cannot take either.
     *
     * For a file there is such a lock: FileDescriptor closes itself, and every stream and channel
     * that has it, with its own monitor held. So do we while we use the number, which then cannot
     * become another file's. A duplicate would protect as well, but closing it ends all locks that
     * the process has on the file (fcntl(2)), FileLocks of the user included.
     */
    private final FileDescriptor file;

    private boolean atEnd;

    private Splice(FileDescriptor file) {
        this.file = file;
    }

    /** The way into the file that {@code out} writes to, or null if only copying leads there. */
    static Splice into(OutputStream out) {
        FileDescriptor file = StreamDescriptor.of(out);
        if (file == null) {
            return null;
        }
        synchronized (file) {
            return Io.canSplice(file) ? new Splice(file) : null;
        }
    }

    /**
     * Moves what is in {@code pipe} to the file's position, 64 KiB at most. Nobody else may read
     * from the pipe meanwhile.
     *
     * @return the bytes moved, 0 at the end, -EAGAIN if the pipe is empty, or another -errno if the
     *     file takes nothing this way; copying then tells why
     */
    int move(int pipe) {
        // A close by another thread waits for as much at most.
        synchronized (file) {
            int moved = Io.splice(pipe, file);
            atEnd = moved == 0;
            return moved;
        }
    }

    /** Whether all has been moved. */
    boolean isAtEnd() {
        return atEnd;
    }
}
