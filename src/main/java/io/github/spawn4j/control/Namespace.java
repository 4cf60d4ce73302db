// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * A part of the system of which a process can have its own view; see namespaces(7). Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("make", "check").namespaces(Namespace.NETWORK, Namespace.IPC).start();
 * }</pre>
 */
public enum Namespace {
    /** Mounts: at first those of the JVM. */
    MOUNT(0x00020000),

    /** Cgroups: the child sees its own as the root. Linux 4.6. */
    CGROUP(0x02000000),

    /** The names of host and domain. */
    UTS(0x04000000),

    /** System V objects and POSIX message queues: at first none. */
    IPC(0x08000000),

    /** Ids and capabilities: the child keeps its ids, and all others are shown as nobody. */
    USER(0x10000000),

    /**
     * Processes and their numbers: the child is process 1 inside, and cannot signal processes
     * outside. When it ends, the kernel kills all processes inside. As for any process 1, a signal
     * without a handler does nothing, except SIGKILL and SIGSTOP from outside. {@code /proc} still
     * shows the processes outside. Together with {@code parentDeathSignal} it needs the JVM's
     * {@code /proc}. Linux 3.8.
     *
     * <p>The child is born in it. If that takes a user namespace as well, streams, directory and
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
