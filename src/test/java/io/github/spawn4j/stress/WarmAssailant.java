// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.SpawnTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills, stops or freezes a helper or a child that waits, again and again, and lets those go on
 * that it has stopped. Its choice may become a started process before it is hit.
 */
final class WarmAssailant implements AutoCloseable {
    private static final long SEED = 20071119;
    private static final int SIGKILL = 9;
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;
    private static final Path FREEZER = Path.of("/sys/fs/cgroup/freezer");

    private final List<SpawnTemplate> templates;
    private final Random random = new Random(SEED);

    /** Null where there is no freezer. */
    private final Path group = freezer();

    private final Thread thread = new Thread(this::attackAgainAndAgain, "assailant");
    private volatile boolean stopping;
    private volatile int kills;
    private volatile int stops;
    private volatile int freezes;

    WarmAssailant(List<SpawnTemplate> templates) throws IOException {
        this.templates = templates;
        thread.start();
    }

    private static Path freezer() throws IOException {
        if (!Files.isWritable(FREEZER.resolve("cgroup.procs"))) {
            return null;
        }
        return Files.createDirectory(FREEZER.resolve("spawn4j-" + ProcessHandle.current().pid()));
    }

    private void attackAgainAndAgain() {
        while (!stopping) {
            try {
                attack();
            } catch (IOException e) {
                // It has ended.
            }
            pauseMs(20);
        }
    }

    private void pauseMs(int mostMs) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1 + random.nextInt(mostMs)));
    }

    private void attack() throws IOException {
        int pid = victim();
        if (pid == 0) {
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                kill(pid, SIGKILL);
                kills++;
            }
            case 1 -> {
                if (group != null) {
                    freeze(pid);
                    freezes++;
                }
            }
            default -> {
                kill(pid, SIGSTOP);
                stops++;
                pauseMs(150);
                kill(pid, SIGCONT);
            }
        }
    }

    private int victim() {
        if (random.nextInt(3) == 0) {
            int which = random.nextInt(templates.size());
            return (int) templates.get(which).statistics().helperPid();
        }
        List<Long> children = new ArrayList<>(Os.children());
        children.removeIf(pid -> !WarmStorm.isWaiting(pid));
        return children.isEmpty() ? 0 : children.get(random.nextInt(children.size())).intValue();
    }

    private static void kill(int pid, int signal) throws IOException {
        Calls.call("kill", 62, pid, signal);
    }

    private void freeze(int pid) throws IOException {
        Files.writeString(group.resolve("cgroup.procs"), Integer.toString(pid));
        Files.writeString(group.resolve("freezer.state"), "FROZEN");
        pauseMs(150);
        Files.writeString(group.resolve("freezer.state"), "THAWED");
    }

    @Override
    public String toString() {
        return kills + " killed, " + stops + " stopped, " + freezes + " frozen";
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        Os.await("the assailant has ended", () -> !thread.isAlive());
        if (group != null) {
            empty();
            Files.delete(group);
        }
    }

    /** Moves those that live back. */
    private void empty() throws IOException {
        for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
            try {
                Files.writeString(FREEZER.resolve("cgroup.procs"), pid);
            } catch (IOException e) {
                // It has ended.
            }
        }
    }
}
