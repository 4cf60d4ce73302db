// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.cgroup;

import io.github.spawn4j.internal.child.Target;
import io.github.spawn4j.internal.loop.Workers;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Everybody in a cgroup (version 2) and those below it, which no daemon escapes. Thread-safe.
 *
 * <p>SIGKILL goes through {@code cgroup.kill} (Linux 5.14), which also hits processes that are
 * being forked, before it is sent to one process after the other, as all other signals are.
 */
public final class CgroupMembers implements Target {
    private static final int SIGKILL = 9;

    /** What cgroup.procs says of a process that has no number in our pid namespace. */
    private static final Integer STRANGER = 0;

    private final Path directory;

    public CgroupMembers(Path directory) {
        this.directory = directory;
    }

    @Override
    public void signal(int signal) throws IOException {
        Set<Integer> members = members();
        boolean hasStrangers = members.remove(STRANGER);
        if (members.contains((int) ProcessHandle.current().pid())) {
            throw new IOException("the JVM itself is in cgroup " + directory);
        }
        Path kill = directory.resolve("cgroup.kill");
        if (signal == SIGKILL && Files.exists(kill)) {
            Files.writeString(kill, "1");
            // It signals first threads, and so misses those whose first thread has ended.
            members = members();
            members.remove(STRANGER);
            hasStrangers = false; // it has reached those of them that it can
        }
        if (Kernel.has(Kernel.PIDFD_OPEN | Kernel.PIDFD_SEND_SIGNAL)) {
            signalEach(members, signal);
        } else {
            signalEachByNumber(members, signal);
        }
        if (hasStrangers) {
            throw new IOException("processes of another pid namespace are in cgroup " + directory);
        }
    }

    /**
     * Where there are no pidfds. Another process could only be hit if it got the pid between the
     * look into the cgroup and the signal.
     */
    private void signalEachByNumber(Set<Integer> members, int signal) throws IOException {
        IOException failure = null;
        for (int pid : members) {
            try {
                if (members().contains(pid)) {
                    Pidfd.kill(pid, signal);
                }
            } catch (IOException e) {
                failure = e; // the others get theirs all the same
            }
        }
        if (failure != null) {
            throw failure;
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
            Set<Integer> still = members();
            still.remove(STRANGER);
            IOException failure = null;
            for (int pid : still) {
                Fd pidfd = pidfds.get(pid);
                try {
                    if (pidfd != null) {
                        Pidfd.sendSignal(pidfd.number(), signal);
                    }
                } catch (IOException e) {
                    failure = e; // the others get theirs all the same
                }
            }
            if (failure != null) {
                throw failure;
            }
        } finally {
            pidfds.values().forEach(Fd::close);
        }
    }

    /**
     * The pids of all processes in it or below; {@code 0} for each that has none in our pid
     * namespace.
     */
    public Set<Integer> members() throws IOException {
        Set<Integer> members = new HashSet<>();
        addMembers(directory, members);
        return members;
    }

    private static void addMembers(Path group, Set<Integer> members) throws IOException {
        try (DirectoryStream<Path> below = Files.newDirectoryStream(group, Files::isDirectory)) {
            for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
                members.add(Integer.valueOf(pid));
            }
            for (Path child : below) {
                addMembers(child, members);
            }
        } catch (DirectoryIteratorException e) {
            ignoreIfRemoved(e.getCause());
        } catch (IOException e) {
            ignoreIfRemoved(e);
        }
    }

    /**
     * Only an empty one can be removed. By what the kernel says (ENOENT, ENODEV) and not by looking
     * again: another one may bear the name by then.
     */
    private static void ignoreIfRemoved(IOException e) throws IOException {
        boolean isRemoved =
                e instanceof NoSuchFileException
                        || String.valueOf(e.getMessage()).endsWith("No such device");
        if (!isRemoved) {
            throw e;
        }
    }

    @Override
    public CompletableFuture<Boolean> isGone() {
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        Workers.execute(
                () -> {
                    try {
                        answer.complete(isEmpty());
                    } catch (IOException | RuntimeException | Error e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    /** Whether no live process is in it or below; true also if it has been removed. */
    public boolean isEmpty() throws IOException {
        try {
            return Files.readAllLines(directory.resolve("cgroup.events")).contains("populated 0");
        } catch (IOException e) {
            ignoreIfRemoved(e);
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
