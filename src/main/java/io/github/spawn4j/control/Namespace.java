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
