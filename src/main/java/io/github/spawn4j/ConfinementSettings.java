// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.FileAccess;
import io.github.spawn4j.control.IdMap;
import io.github.spawn4j.control.Namespace;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.launch.Attribute;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The attributes that confine a process: files, system calls, namespaces, root. One thread at a
 * time.
 */
abstract class ConfinementSettings<S extends ConfinementSettings<S>> extends AttributeSettings<S> {
    /** BPF_MAXINSNS */
    private static final int MOST_INSTRUCTIONS = 4096;

    private Set<Namespace> namespaces;

    ConfinementSettings() {
        namespaces = Set.of();
    }

    ConfinementSettings(ConfinementSettings<?> other) {
        super(other);
        namespaces = other.namespaces;
    }

    /**
     * Lets the child use these files and no others; see {@link FileAccess}. Implies {@link
     * #noNewPrivileges}. Needs Landlock of Linux 6.2; without it the start fails with ENOSYS or
     * EOPNOTSUPP at {@code landlock}.
     *
     * @param access the files
     * @return this
     */
    public S fileAccess(FileAccess access) {
        attribute(Access.control().attribute(access));
        return noNewPrivileges();
    }

    /**
     * Lets the child change files in these directories only. It may still read and execute whatever
     * it could otherwise, and write to the {@linkplain FileAccess#devices devices}. This replaces
     * an earlier {@link #fileAccess}, and has the same needs.
     *
     * <pre>{@code
     * PidfdProcess.builder("make").directory(build).readOnlyExcept(build).start();
     * }</pre>
     *
     * @param directories the directories, which must be there at the start
     * @return this
     */
    public S readOnlyExcept(Path... directories) {
        return fileAccess(FileAccess.NONE.readOnly(Path.of("/")).readWrite(directories).devices());
    }

    /**
     * Filters the system calls of the child and of all that it starts; see seccomp(2). Implies
     * {@link #noNewPrivileges}. Linux 3.17.
     *
     * <p>The filter is in force before the program is executed, so it has to allow
     * rt_sigprocmask(2), execve(2), execveat(2) and exit(2). If it kills the process for one of
     * them, the start succeeds and the process has ended by SIGSYS.
     *
     * @param program a program of classic BPF, as seccomp_export_bpf(3) writes it: at most 4096
     *     instructions of 8 bytes in native order. If the kernel finds it wrong, the start fails
     *     with EINVAL
     * @return this
     * @throws IllegalArgumentException if its length is wrong
     */
    public S seccomp(byte[] program) {
        int count = program.length / Attribute.BPF_INSTRUCTION;
        if (program.length % Attribute.BPF_INSTRUCTION != 0) {
            throw new IllegalArgumentException(
                    program.length + " bytes are no number of instructions");
        }
        checked("number of instructions", count, 1, MOST_INSTRUCTIONS);
        attribute(Attribute.calls(program));
        return noNewPrivileges();
    }

    /**
     * Gives the child namespaces of its own, besides those of other methods; see unshare(2). To
     * make them takes CAP_SYS_ADMIN. Without it the child gets a {@link Namespace#USER user
     * namespace} as well, which any user may have (Linux 3.8). Where the system forbids that, the
     * start fails with EPERM, ENOSPC or EACCES at {@code unshare}.
     *
     * @param namespaces of what
     * @return this
     */
    public S namespaces(Namespace... namespaces) {
        S self = changeable();
        Set<Namespace> all = EnumSet.noneOf(Namespace.class);
        all.addAll(this.namespaces);
        all.addAll(Arrays.asList(namespaces));
        this.namespaces = Set.copyOf(all);
        if (all.remove(Namespace.PID)) {
            attribute(Attribute.pidNamespace());
        }
        if (all.isEmpty()) {
            return self;
        }
        int flags = 0;
        for (Namespace namespace : all) {
            flags |= Access.control().flag(namespace);
        }
        return attribute(
                Attribute.namespaces(
                        flags, all.stream().map(Enum::name).collect(Collectors.joining(","))));
    }

    /**
     * Takes the network from the child: it gets an empty one of its own ({@link
     * Namespace#NETWORK}), from which no address can be reached, not even the machine's own. An
     * ordinary user may do this too; see {@code namespaces}. The child can still use sockets that
     * are files ({@code /run/docker.sock}), and sockets that are open already.
     *
     * <pre>{@code
     * PidfdProcess.builder("npm", "test").noNetwork().start();
     * }</pre>
     *
     * @return this
     */
    public S noNetwork() {
        return namespaces(Namespace.NETWORK);
    }

    /**
     * Gives the child an empty {@code /tmp} that nobody else sees: a tmpfs in a {@link
     * Namespace#MOUNT mount namespace} of its own, which goes with its last process. An ordinary
     * user may do this too; see {@code namespaces}. Streams and directory are still found in the
     * JVM's {@code /tmp}; a program there is not.
     *
     * @return this
     */
    public S privateTmp() {
        namespaces(Namespace.MOUNT);
        return attribute(Attribute.privateTmp());
    }

    /** Mounts all read-only but one directory. Who keeps CAP_SYS_ADMIN can mount it otherwise. */
    final void readOnlyMountsExcept(Path directory) {
        namespaces(Namespace.MOUNT);
        attribute(Attribute.readOnly(directory));
    }

    /**
     * Gives the child a user namespace, in which ids have other numbers: the child may be root
     * inside, and still be the same user for everybody else. {@link Namespace#USER} is the same
     * with {@link IdMap#OWN} for both. Linux 3.8.
     *
     * <p>An id that the map lacks is shown as nobody, even the child's own; {@link #user(int, int,
     * int...) user} then gives the child an id that the map has. A map of other ids than the own
     * one is written by a second process, which is gone before the program is executed. Without the
     * right to write it the start fails with EPERM at {@code user namespace}.
     *
     * @param users the ids of users
     * @param groups the ids of groups
     * @return this
     */
    public S userNamespace(IdMap users, IdMap groups) {
        return attribute(Attribute.userNamespace(users.toString(), groups.toString()));
    }

    /**
     * Gives the child another root directory; see chroot(2). The program's path is looked up below
     * it, and so is a bare name. Streams, files of redirects, and what actions open are still found
     * below the JVM's root. The child's {@linkplain EmptyProcess#directory directory} is kept if it
     * lies below the new root; otherwise the child starts in the new root.
     *
     * <p>Without CAP_SYS_CHROOT the child gets a {@link Namespace#USER user namespace} as well, as
     * for {@code namespaces}. Paths of {@code fileAccess} are those below the new root.
     *
     * <pre>{@code
     * PidfdProcess.builder("/bin/sh", "-c", "ls /").chroot(Path.of("/srv/alpine")).start();
     * }</pre>
     *
     * @param root the directory
     * @return this
     */
    public S chroot(Path root) {
        return attribute(Attribute.chroot(root));
    }

    /**
     * Lets the kernel kill the child when nobody has its pidfd any more: when the JVM ends, in
     * whatever way. Unlike {@link EmptyProcess#parentDeathSignal} it depends on no thread, and a
     * set-user-ID program does not escape it. Needs CLONE_PIDFD_AUTOKILL of Linux 7.1; on an older
     * kernel the start fails with ENOSYS at {@code clone3(CLONE_PIDFD_AUTOKILL)}.
     *
     * <p>Needs CAP_SYS_ADMIN or {@link #noNewPrivileges}. The kernel reaps such a child by itself
     * (CLONE_AUTOREAP) and does not tell what it has used: {@link PidfdProcess#resourceUsage} is
     * all zero.
     *
     * @return this
     */
    public S autokill() {
        return attribute(Attribute.autokill());
    }
}
