// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * What a process can have its own view of; see namespaces(7). Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make", "check").namespaces(Namespace.NETWORK, Namespace.IPC).start();
 * }</pre>
 */
public enum Namespace {
    /** What is mounted where: at first as for the JVM. */
    MOUNT(0x00020000),

    /** Control groups: the root is the one that it is in. Linux 4.6. */
    CGROUP(0x02000000),

    /** The names of host and domain. */
    UTS(0x04000000),

    /** System V objects and POSIX message queues: at first none. */
    IPC(0x08000000),

    /** Ids and capabilities: it has the ids that it had, and all others are shown as nobody. */
    USER(0x10000000),

    /**
     * Processes and their numbers: the child is 1 in there, and no signal reaches others. When it
     * ends the kernel kills all that are left; and as for any process 1, a signal that it has no
     * handler for does nothing, but SIGKILL and SIGSTOP from outside. {@code /proc} still shows
     * those outside. With {@code parentDeathSignal} it takes the JVM's /proc. Linux 3.8.
     *
     * <p>The child is born with it. If it takes a user namespace as well, streams, directory and
     * actions are taken without the capabilities that the JVM may have.
     */
    PID(0x20000000),

    /** Network devices, addresses and ports: at first only a loopback device that is down. */
    NETWORK(0x40000000);

    private final int flag;

    Namespace(int flag) {
        this.flag = flag;
    }

    /** As unshare(2) takes it. */
    int flag() {
        return flag;
    }
}
