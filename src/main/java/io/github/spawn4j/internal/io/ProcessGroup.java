package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The process group that a child leads. Thread-safe.
 *
 * <p>From Linux 6.9 on it is signalled by the leader's pidfd, which is safe even after the leader
 * has been reaped: a group keeps the number while it has members, and the pidfd knows which group
 * it was. Before that it is signalled by number, and only while the leader runs.
 */
public final class ProcessGroup implements Target {
    private final Child leader;

    /** A duplicate of the leader's pidfd, as the leader closes its own when it is reaped. */
    private final Fd pidfd;

    ProcessGroup(Child leader, Fd pidfd) {
        this.leader = leader;
        this.pidfd = pidfd;
    }

    @Override
    public void signal(int signal) throws IOException {
        trySignal(signal);
    }

    /** Returns false if nobody is left, or nobody who can be reached. */
    private boolean trySignal(int signal) throws IOException {
        int number = pidfd.acquire();
        if (number < 0) {
            return false;
        }
        try {
            return Pidfd.sendGroupSignal(number, signal);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EINVAL) {
                throw e;
            }
            return signalByNumber(signal); // before Linux 6.9
        } finally {
            pidfd.release(number);
        }
    }

    private boolean signalByNumber(int signal) throws IOException {
        try {
            return leader.whileRunning(pid -> Optional.of(killGroup((int) pid, signal)))
                    .orElse(false);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean killGroup(int group, int signal) {
        try {
            return Pidfd.kill(-group, signal);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isGone() throws IOException {
        return leader.exit() != null && (!trySignal(0) || !hasLiveMember());
    }

    /** Whether one of them is no zombie, which a signal cannot tell. */
    private boolean hasLiveMember() throws IOException {
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                if (isLiveMember(process)) {
                    return true;
                }
            }
            return false;
        }
    }

    private boolean isLiveMember(Path process) throws IOException {
        String stat;
        try {
            stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            if (Files.exists(process)) {
                throw e; // not because it is gone
            }
            return false;
        }
        // Behind the name, which may contain anything: state, parent, group.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
        return Integer.parseInt(fields[2]) == leader.pid()
                && !fields[0].equals("Z")
                && !fields[0].equals("X");
    }

    @Override
    public boolean readsFiles() {
        return true;
    }

    @Override
    public void release() {
        pidfd.close();
    }

    @Override
    public String toString() {
        return "process group " + leader.pid();
    }
}
