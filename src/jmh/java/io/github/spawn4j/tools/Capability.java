// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.internal.os.Kernel;

/** What the library asks of the kernel, what it buys, and what is done without it. */
enum Capability {
    CLONE3(
            "clone3(2)",
            Kernel.CLONE3,
            "5.3",
            "the kernel itself gives a child default signal handlers",
            "clone(2) is used, and the child resets its signal handlers itself"),
    CLONE_INTO_CGROUP(
            "CLONE_INTO_CGROUP",
            Kernel.CLONE_INTO_CGROUP,
            "5.7",
            "a child can be born in a cgroup",
            "a child moves itself into its cgroup, which makes all forks of the machine wait"),
    CLONE_PIDFD(
            "CLONE_PIDFD",
            Kernel.CLONE_PIDFD,
            "5.2",
            "clone(2) gives a child and its pidfd at once",
            "strategies fork and vfork fail, as does clone3 where clone3(2) is missing as well"),
    PIDFD_OPEN(
            "pidfd_open(2)",
            Kernel.PIDFD_OPEN,
            "5.3",
            "strategy posix-spawn gets its pidfd",
            "strategy posix-spawn fails"),
    PIDFD_SEND_SIGNAL(
            "pidfd_send_signal(2)",
            Kernel.PIDFD_SEND_SIGNAL,
            "5.1",
            "a signal can never reach another process that got the same pid",
            "a signal goes to the pid, which is the child's until its exit is collected"),
    PIDFD_GROUP_SIGNAL(
            "PIDFD_SIGNAL_PROCESS_GROUP",
            Kernel.PIDFD_GROUP_SIGNAL,
            "6.9",
            "a process group can be ended after its leader",
            "a process group can be ended as long as its leader runs"),
    WAITID_PIDFD(
            "waitid(2) by pidfd",
            Kernel.WAITID_PIDFD,
            "5.4",
            "an exit is collected without disturbing other children of the JVM",
            "nothing can be started"),
    CLOSE_RANGE(
            "close_range(2)",
            Kernel.CLOSE_RANGE,
            "5.9",
            "the JVM's open files are not copied into a child if the library is loaded early",
            "the descriptor table is copied, then closed by way of /proc"),
    MEMFD_CREATE(
            "memfd_create(2)",
            Kernel.MEMFD_CREATE,
            "3.17",
            "low descriptors are reserved for what a child is given",
            "no descriptors are reserved, and the descriptor table is copied"),
    OPENAT2(
            "openat2(2)",
            Kernel.OPENAT2,
            "5.6",
            "the action open knows RESOLVE_ restrictions",
            "openat(2) is used, RESOLVE_ restrictions are refused"),
    FACCESSAT2(
            "faccessat2(2)",
            Kernel.FACCESSAT2,
            "5.8",
            "whether a program may run is asked with the effective ids, as exec does",
            "whether a program may run is asked with the real ids"),
    EXECVEAT(
            "execveat(2)",
            Kernel.EXECVEAT,
            "3.19",
            "a program can be executed by descriptor",
            "templates execute by path"),
    EXECVE_CHECK(
            "AT_EXECVE_CHECK",
            Kernel.EXECVE_CHECK,
            "6.14",
            "templates execute the very file they have opened, under its own name",
            "templates execute by path, after a check that it leads to the same file"),
    SCHED_ATTR(
            "sched_setattr(2)",
            Kernel.SCHED_ATTR,
            "3.14",
            "the threads that tell of exits take short time slices, so that they run at once",
            "the threads that tell of exits take time slices as others do"),
    SPLICE(
            "splice(2)",
            Kernel.SPLICE,
            "2.6.17",
            "output goes to a file within the kernel",
            "output goes to a file by way of the JVM");

    private final String label;
    private final long bit;
    private final String since;
    private final String gain;
    private final String without;

    Capability(String label, long bit, String since, String gain, String without) {
        this.label = label;
        this.bit = bit;
        this.since = since;
        this.gain = gain;
        this.without = without;
    }

    boolean isThere() {
        return Kernel.has(bit);
    }

    String[] row() {
        return new String[] {label, isThere() ? "yes" : "no", since, isThere() ? gain : without};
    }
}
