package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Executable;
import io.github.spawn4j.internal.os.Fd;
import java.io.IOException;
import java.nio.file.Path;

/** A directory of the JVM's, open (O_PATH) for the moment of one spawn. One thread at a time. */
public final class OpenDirectory implements AutoCloseable {
    private final Fd fd;

    private OpenDirectory(Fd fd) {
        this.fd = fd;
    }

    /**
     * Opens {@code directory}.
     *
     * @param what what it is for, for messages
     * @throws LaunchException if it cannot be opened
     */
    public static OpenDirectory open(String what, Path directory) throws IOException {
        try {
            return new OpenDirectory(Executable.pin(PathBytes.of(what, directory)));
        } catch (ErrnoException e) {
            throw new LaunchException(
                    "open " + what,
                    RequestLayout.NO_INDEX,
                    e.errno(),
                    "\"" + Text.printable(directory.toString()) + "\"");
        }
    }

    /** The number of the descriptor, which is good until this is closed. */
    public int fd() {
        return fd.number();
    }

    @Override
    public void close() {
        fd.close();
    }
}
