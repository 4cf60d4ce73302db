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
     * Lets the child use no other files than these; see {@link FileAccess}. Implies {@link
     * #noNewPrivileges}. Landlock of Linux 6.2, without which the start fails with ENOSYS or
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
     * Lets the child change no files but those in these directories; it may read and execute all
     * that it otherwise may, and write to the {@linkplain FileAccess#devices devices}. As for
     * {@link #fileAccess}, which this replaces.
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
     * Has the child's system calls filtered, and those of all that comes of it; see seccomp(2).
     * Implies {@link #noNewPrivileges}. Linux 3.17.
     *
     * <p>The filter is there before exec, and so has to allow rt_sigprocmask(2), execve(2),
     * execveat(2) and exit(2). If it kills for one of them, the start succeeds and the process has
     * ended by SIGSYS.
     *
     * @param program a program of classic BPF, as seccomp_export_bpf(3) writes it: instructions of
     *     8 bytes in native order, 4096 at most. One that the kernel finds wrong fails the start
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
     * Gives the child namespaces of its own, besides those that it has got by other methods; see
     * unshare(2). Without the right to make them (CAP_SYS_ADMIN) it gets a {@link Namespace#USER
     * user namespace} as well, which any user may have (Linux 3.8); where the system forbids that,
     * the start fails with EPERM, ENOSPC or EACCES at {@code unshare}.
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
     * Takes the network from the child: it has one of its own ({@link Namespace#NETWORK}) with
     * nothing in it, so that no address can be reached, not even the machine's own. For an ordinary
     * user too; see {@code namespaces}. Sockets that are files ({@code /run/docker.sock}), and
     * those that are open already, can still be used.
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
     * Gives the child an empty {@code /tmp} that nobody else sees and that is gone with its last
     * process: a tmpfs in a {@link Namespace#MOUNT mount namespace} of its own. For an ordinary
     * user too; see {@code namespaces}. Streams and directory are the JVM's, also those in {@code
     * /tmp}; a program there is not found.
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
     * Gives the child a user namespace in which ids are called otherwise: it may be root there, and
     * still be who it is for everybody else. {@link Namespace#USER} is the same with {@link
     * IdMap#OWN} for both. Linux 3.8.
     *
     * <p>An id that no map names is shown as nobody, the child's own too; {@link #user(int, int,
     * int...) user} then makes it somebody whom one names. With a map of other ids than the own one
     * a second process, which is gone before the program is executed, writes it; without the right
     * to the start fails with EPERM at {@code user namespace}.
     *
     * @param users the ids of users
     * @param groups the ids of groups
     * @return this
     */
    public S userNamespace(IdMap users, IdMap groups) {
        return attribute(Attribute.userNamespace(users.toString(), groups.toString()));
    }

    /**
     * Gives the child another root directory; see chroot(2). The program is a path in there, and a
     * bare name is searched there, by the child. What was opened before is as it was: streams,
     * files of redirects, what actions open. The child's {@linkplain EmptyProcess#directory
     * directory} stays what it is if it lies in there, and is else the root.
     *
     * <p>Needs CAP_SYS_CHROOT, else a {@link Namespace#USER user namespace} is made as well, as for
     * {@code namespaces}. Paths of {@code fileAccess} are those in there.
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
     * whatever way. Unlike {@link EmptyProcess#parentDeathSignal} it hangs on no thread, and no
     * program escapes it by being set-user-ID. CLONE_PIDFD_AUTOKILL of Linux 7.1; before, the start
     * fails with ENOSYS at {@code clone3(CLONE_PIDFD_AUTOKILL)}.
     *
     * <p>Needs CAP_SYS_ADMIN or {@link #noNewPrivileges}. The kernel reaps such a child by itself
     * (CLONE_AUTOREAP), so that of what it has used nothing is known: {@link
     * PidfdProcess#resourceUsage} is all zero.
     *
     * @return this
     */
    public S autokill() {
        return attribute(Attribute.autokill());
    }
}
