// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Io;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Keeps a program from being written to: a process of ours that has executed it and stands, traced,
 * at its first instruction, so that to the kernel the file is busy. Thread-safe; whoever made it
 * closes it.
 *
 * <p>A lease (F_SETLEASE) would need no process, but delays writers instead of refusing them, and
 * only the owner of a file can take one. The process is traced by the {@link Keeper}'s thread and
 * killed by the kernel with it, so it survives no JVM.
 */
public final class WriteDenial implements AutoCloseable {
    private static final int SIGKILL = 9;

    private final int pid;
    private final Fd pidfd;

    private WriteDenial(int pid, Fd pidfd) {
        this.pid = pid;
        this.pidfd = pidfd;
    }

    /**
     * Denies writes to an executable from now on.
     *
     * @throws IOException if it is no ELF program, or if tracing is forbidden here
     */
    public static WriteDenial of(PinnedExecutable executable) throws IOException {
        return of(executable, Keeper.instance());
    }

    /** The same, by the thread of {@code keeper}. */
    static WriteDenial of(PinnedExecutable executable, Keeper keeper) throws IOException {
        return keeper.call(
                () -> {
                    RequestEncoder request = new RequestEncoder(4, 1, 4);
                    try (PinnedExecutable.Use use = executable.use()) {
                        for (int fd = 0; fd <= 2; fd++) {
                            request.actions().place(request.nullDevice(), fd);
                        }
                        request.actions().closeOthers();
                        request.program(
                                executable.path(),
                                Strings.NONE.plus(executable.path()),
                                Strings.NONE);
                        use.encodeOpenFile(request);
                        // A signal to the group of the JVM is none of its business: a stop signal
                        // before exec would leave it and its tracer waiting for each other.
                        request.attribute(Attribute.session());
                        request.traced();
                        Outcome outcome = request.outcome();
                        request.launch(RequestLayout.STRATEGY_CLONE3);
                        outcome.check();
                        return adopt(outcome.pid(), outcome.pidfd());
                    }
                });
    }

    /** No memory, and nobody would ever end the process. */
    private static WriteDenial adopt(int pid, int pidfd) throws IOException {
        try {
            return new WriteDenial(pid, new Fd(pidfd));
        } catch (OutOfMemoryError e) {
            Pidfd.kill(pid, SIGKILL);
            Pidfd.awaitExit(pidfd);
            Io.close(pidfd);
            throw e;
        }
    }

    /** Lets writers in again. Closing twice does nothing. */
    @Override
    public void close() {
        int number = pidfd.acquire();
        if (number < 0) {
            return;
        }
        try {
            kill(number);
            Pidfd.awaitExit(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            pidfd.release(number);
            pidfd.close();
        }
    }

    /** The pid stays the process's until we reap it. */
    private void kill(int number) throws IOException {
        if (Kernel.has(Kernel.PIDFD_SEND_SIGNAL)) {
            Pidfd.sendSignal(number, SIGKILL);
        } else {
            Pidfd.kill(pid, SIGKILL);
        }
    }
}
