package io.github.spawn4j.internal.io;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Everybody in a cgroup (version 2) and those below it, which no daemon escapes. Thread-safe.
 *
 * <p>SIGKILL goes through {@code cgroup.kill} (Linux 5.14), which also hits who is being forked;
 * other signals, and SIGKILL on older kernels, to one process after the other.
 */
public final class Cgroup implements Target {
    private static final int SIGKILL = 9;

    private final Path directory;

    public Cgroup(Path directory) {
        this.directory = directory;
    }

    @Override
    public void signal(int signal) throws IOException {
        Set<Integer> members = members();
        if (members.contains((int) ProcessHandle.current().pid())) {
            throw new IOException("the JVM itself is in cgroup " + directory);
        }
        Path kill = directory.resolve("cgroup.kill");
        if (signal == SIGKILL && Files.exists(kill)) {
            Files.writeString(kill, "1");
        } else {
            signalEach(members, signal);
        }
    }

    /**
     * A pid may be somebody else's by now. But if it is still a member's after its pidfd has been
     * opened, the pidfd is that member's.
     */
    private void signalEach(Set<Integer> members, int signal) throws IOException {
        Map<Integer, Fd> pidfds = new HashMap<>();
        try {
            for (int pid : members) {
                Pidfd.open(pid).ifPresent(pidfd -> pidfds.put(pid, pidfd));
            }
            for (int pid : members()) {
                Fd pidfd = pidfds.get(pid);
                if (pidfd != null) {
                    Pidfd.sendSignal(pidfd.acquire(), signal);
                    pidfd.release();
                }
            }
        } finally {
            pidfds.values().forEach(Fd::close);
        }
    }

    private Set<Integer> members() throws IOException {
        Set<Integer> members = new HashSet<>();
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> groups = files.filter(Files::isDirectory).toList();
            for (Path group : groups) {
                Files.readAllLines(group.resolve("cgroup.procs")).stream()
                        .map(Integer::valueOf)
                        .forEach(members::add);
            }
        } catch (NoSuchFileException e) {
            // Only an empty one can be removed.
        }
        return members;
    }

    @Override
    public boolean isGone() throws IOException {
        try {
            return Files.readAllLines(directory.resolve("cgroup.events")).contains("populated 0");
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    @Override
    public boolean readsFiles() {
        return true;
    }

    @Override
    public String toString() {
        return "cgroup " + directory;
    }
}
