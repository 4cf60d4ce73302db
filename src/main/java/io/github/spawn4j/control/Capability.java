// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

/**
 * A part of root's power; see capabilities(7), whose CAP_ names these are. Immutable.
 *
 * <pre>{@code
 * PidfdProcess.builder("httpd").capabilities(Capability.NET_BIND_SERVICE).start();
 * }</pre>
 */
public enum Capability {
    /** To change owners of files. */
    CHOWN(0),

    /** To read, write and execute whatever the permissions of a file are. */
    DAC_OVERRIDE(1),

    /** To read whatever the permissions of a file are. */
    DAC_READ_SEARCH(2),

    /** To do with a file what its owner may. */
    FOWNER(3),

    /** To keep set-user-ID bits of a file that is changed. */
    FSETID(4),

    /** To signal any process. */
    KILL(5),

    /** To change group ids. */
    SETGID(6),

    /** To change user ids. */
    SETUID(7),

    /** To change the bounding set. */
    SETPCAP(8),

    /** To change the flags of append-only and immutable files. */
    LINUX_IMMUTABLE(9),

    /** To listen at ports below 1024. */
    NET_BIND_SERVICE(10),

    /** To broadcast; without effect. */
    NET_BROADCAST(11),

    /** To configure networks. */
    NET_ADMIN(12),

    /** To send raw packets. */
    NET_RAW(13),

    /** To lock memory. */
    IPC_LOCK(14),

    /** To use any System V object. */
    IPC_OWNER(15),

    /** To load kernel modules. */
    SYS_MODULE(16),

    /** To use I/O ports. */
    SYS_RAWIO(17),

    /** To change the root directory. */
    SYS_CHROOT(18),

    /** To trace any process. */
    SYS_PTRACE(19),

    /** To account processes. */
    SYS_PACCT(20),

    /** To mount, and much else. */
    SYS_ADMIN(21),

    /** To reboot. */
    SYS_BOOT(22),

    /** To lower niceness, and to schedule in real time. */
    SYS_NICE(23),

    /** To raise limits. */
    SYS_RESOURCE(24),

    /** To set the clock. */
    SYS_TIME(25),

    /** To configure terminals. */
    SYS_TTY_CONFIG(26),

    /** To make devices. */
    MKNOD(27),

    /** To lease any file. */
    LEASE(28),

    /** To write audit records. */
    AUDIT_WRITE(29),

    /** To configure auditing. */
    AUDIT_CONTROL(30),

    /** To give capabilities to files. */
    SETFCAP(31),

    /** To override mandatory access control. */
    MAC_OVERRIDE(32),

    /** To configure mandatory access control. */
    MAC_ADMIN(33),

    /** To read the kernel's log. */
    SYSLOG(34),

    /** To set timers that wake the machine. */
    WAKE_ALARM(35),

    /** To keep the machine awake. */
    BLOCK_SUSPEND(36),

    /** To read the audit log. */
    AUDIT_READ(37),

    /** To monitor performance; Linux 5.8. */
    PERFMON(38),

    /** To load BPF programs; Linux 5.8. */
    BPF(39),

    /** To restore processes; Linux 5.9. */
    CHECKPOINT_RESTORE(40);

    private final int number;

    Capability(int number) {
        this.number = number;
    }

    /** As the kernel has a set. */
    long bit() {
        return 1L << number;
    }
}
