// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.internal.os.Pidfd;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The process group that a child leads. Thread-safe.
 *
 * <p>From Linux 6.9 on it is signalled by the leader's pidfd, which is safe even after the leader
 * has been reaped: a group keeps the number while it has members, and the pidfd knows which group
 * it was. Before that, and where a filter refuses it, the group is signalled by number, which stays
 * the group's only until the leader is reaped. There a teardown keeps the leader's exit back until
 * the last signal is sent.
 *
 * <p>Whether somebody is left is for the kernel to say (signal 0). What it cannot say is whether
 * all of them are zombies; that is in /proc, where it can be trusted.
 */
public final class ProcessGroup implements Target {
    private final Child leader;

    /** A duplicate of the leader's pidfd, as the leader closes its own when it is reaped. */
    private final Fd pidfd;

    /** A member that was alive the last time somebody looked. */
    private volatile int member = ProcessTable.NOBODY;

    /** Whether /proc did not tell zombies from others the last time somebody looked. */
    private volatile boolean isUncertain;

    ProcessGroup(Child leader, Fd pidfd) {
        this.leader = leader;
        this.pidfd = pidfd;
    }

    @Override
    public void signal(int signal) throws IOException {
        send(signal);
    }

    @Override
    public boolean readsFiles() {
        return false;
    }

    /** Returns false if nobody is left, not even a zombie. */
    private boolean send(int signal) throws IOException {
        if (!Kernel.has(Kernel.PIDFD_GROUP_SIGNAL)) {
            return sendByNumber(signal);
        }
        int number = pidfd.acquire();
        if (number < 0) {
            return false;
        }
        try {
            return Pidfd.sendGroupSignal(number, signal);
        } finally {
            pidfd.release(number);
        }
    }

    private boolean sendByNumber(int signal) throws IOException {
        int group = leader.pid();
        if (signal == 0) {
            return Pidfd.kill(-group, 0); // harmless, should the number be another group's by now
        }
        boolean[] sent = new boolean[1];
        boolean isOurs = leader.ifUncollected(() -> sent[0] = Pidfd.kill(-group, signal));
        if (!isOurs && Pidfd.kill(-group, 0)) {
            throw new UnreachableException(
                    "somebody is left in "
                            + this
                            + ", whose leader's exit has been collected, and no signal reaches a"
                            + " group after that before Linux 6.9 or under a filter");
        }
        return sent[0];
    }

    /** Whether the kernel knows of nobody, not even a zombie. */
    private boolean isEmpty() throws IOException {
        try {
            return !send(0);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM) {
                return false; // there is a member that we may not signal
            }
            throw e;
        }
    }

    /**
     * The pids of all that live in it. Reads files.
     *
     * @throws IOException if /proc does not show all processes, or if another group may have the
     *     number
     */
    public Set<Integer> members() throws IOException {
        Set<Integer> members = ProcessTable.get().members(leader.pid());
        // The kernel keeps the number for as long as somebody is in the group: if somebody still
        // is, those who were seen are its members.
        if (isEmpty()) {
            return Set.of();
        }
        if (!Kernel.has(Kernel.PIDFD_GROUP_SIGNAL) && leader.pidfd() < 0) {
            throw new UnreachableException(this + " may be another one's by now, before Linux 6.9");
        }
        return members;
    }

    @Override
    public CompletableFuture<Boolean> isGone() {
        try {
            if (isEmpty()) {
                return CompletableFuture.completedFuture(true);
            }
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
        // Twice: a look may miss a new process, and then see the one that has started it as a
        // zombie.
        return look().thenCompose(
                        view ->
                                view.hasZombies()
                                        ? look()
                                        : CompletableFuture.completedFuture(view))
                .thenCompose(this::judge);
    }

    private CompletableFuture<ProcessTable.View> look() {
        return ProcessTable.get().look(leader.pid(), member);
    }

    private CompletableFuture<Boolean> judge(ProcessTable.View view) {
        int alive = view.member(); // and not the field, which another look may change
        member = alive;
        if (view.hasZombies()) {
            leader.releaseExit();
            return CompletableFuture.completedFuture(true);
        }
        try {
            // The kernel knows members and the table shows none: it hides them, unless they have
            // gone since.
            boolean isHidden = alive == ProcessTable.NOBODY && !isEmpty();
            isUncertain = isHidden;
            return CompletableFuture.completedFuture(alive == ProcessTable.NOBODY && !isHidden);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public String remainder() {
        return isUncertain
                ? "somebody, if only zombies: /proc does not tell, as it is none of this pid"
                        + " namespace that shows all processes"
                : "somebody";
    }

    @Override
    public boolean hold() {
        return !Kernel.has(Kernel.PIDFD_GROUP_SIGNAL) && leader.holdExit();
    }

    @Override
    public void letGo() {
        leader.releaseExit();
    }

    @Override
    public void release() {
        leader.releaseExit();
        pidfd.close();
    }

    @Override
    public String toString() {
        return "process group " + leader.pid();
    }
}
