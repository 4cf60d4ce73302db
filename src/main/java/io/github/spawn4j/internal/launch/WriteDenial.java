package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Fd;
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

    private final Fd pidfd;

    private WriteDenial(Fd pidfd) {
        this.pidfd = pidfd;
    }

    /**
     * Denies writes to an executable from now on.
     *
     * @throws IOException if it is no ELF program, or if tracing is forbidden here
     */
    public static WriteDenial of(PinnedExecutable executable) throws IOException {
        return Keeper.call(
                () -> {
                    try (PinnedExecutable.Use use = executable.use();
                            RequestEncoder request = new RequestEncoder(4, 0, 4)) {
                        for (int fd = 0; fd <= 2; fd++) {
                            request.place(request.nullDevice(), fd);
                        }
                        request.closeOthers();
                        request.program(
                                executable.path(),
                                Strings.NONE.plus(executable.path()),
                                Strings.NONE);
                        use.encodeOpenFile(request);
                        request.traced();
                        Outcome outcome = request.launch(RequestLayout.STRATEGY_CLONE3);
                        outcome.check();
                        return new WriteDenial(new Fd(outcome.pidfd()));
                    }
                });
    }

    /** Lets writers in again. Closing twice does nothing. */
    @Override
    public void close() {
        int number = pidfd.acquire();
        if (number < 0) {
            return;
        }
        try {
            Pidfd.sendSignal(number, SIGKILL);
            Pidfd.awaitExit(number);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            pidfd.release(number);
            pidfd.close();
        }
    }
}
