// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Executable;
import io.github.spawn4j.internal.os.Fd;
import java.io.IOException;
import java.nio.file.Path;

/** A cgroup whose directory is open, so that children can be started in it. Thread-safe. */
public final class OpenCgroup implements AutoCloseable {
    private static final String OPEN = "open cgroup";

    private final String name;

    /** O_PATH. */
    private final Fd directory;

    /** Tells whether it is frozen, at a sixth of what it costs to open that each time; or null. */
    private final Fd events;

    private OpenCgroup(Path path, Fd directory, Fd events) {
        name = quoted(path);
        this.directory = directory;
        this.events = events;
    }

    /**
     * Opens a cgroup for one start, whose {@link Use} closes it.
     *
     * @throws LaunchException if it cannot be opened
     */
    public static Use once(Path path) throws IOException {
        return new OpenCgroup(path, pin(path), null).use(true);
    }

    /**
     * Opens a cgroup for many starts.
     *
     * @throws IOException if it cannot be opened
     */
    public static OpenCgroup keep(Path path) throws IOException {
        Fd directory = pin(path);
        try {
            byte[] file = PathBytes.of("cgroup", path.resolve("cgroup.events"));
            return new OpenCgroup(path, directory, Executable.open(file));
        } catch (IOException | RuntimeException | Error e) {
            directory.close();
            throw e;
        }
    }

    private static Fd pin(Path path) throws IOException {
        try {
            return Executable.pin(PathBytes.of("cgroup", path));
        } catch (ErrnoException e) {
            throw refusal(quoted(path), e.errno());
        }
    }

    private static String quoted(Path path) {
        return "\"" + Text.printable(path.toString()) + "\"";
    }

    private static LaunchException refusal(String name, int errno) {
        return new LaunchException(OPEN, RequestLayout.NO_INDEX, errno, name);
    }

    /**
     * Begins a start in it.
     *
     * @throws LaunchException if it has been closed, and so removed
     */
    public Use use() throws LaunchException {
        return use(false);
    }

    private Use use(boolean once) throws LaunchException {
        int number = directory.acquire();
        if (number < 0) {
            throw refusal(name, Errno.ENOENT);
        }
        return new Use(number, events == null ? -1 : events.acquire(), once);
    }

    /** The descriptors of one start, open until this is closed. One thread at a time. */
    public final class Use implements AutoCloseable {
        private final int directoryNumber;
        private final int eventsNumber;
        private final boolean once;

        private Use(int directoryNumber, int eventsNumber, boolean once) {
            this.directoryNumber = directoryNumber;
            this.eventsNumber = eventsNumber;
            this.once = once;
        }

        /** Tells the request where the child is to be. */
        public void encode(RequestEncoder request) {
            request.attribute(Attribute.cgroup(directoryNumber, eventsNumber, name));
        }

        @Override
        public void close() {
            directory.release(directoryNumber);
            if (events != null) {
                events.release(eventsNumber);
            }
            if (once) {
                OpenCgroup.this.close();
            }
        }
    }

    @Override
    public void close() {
        directory.close();
        if (events != null) {
            events.close();
        }
    }
}
