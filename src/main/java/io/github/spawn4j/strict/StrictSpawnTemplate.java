// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.StrictActions;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Authority;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Executable;
import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.start.TemplateProgram;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Version 1 of the kernel's spawn template proposal (May 2026), to the letter, so that it can be
 * tried out on a stock kernel. Thread-safe.
 *
 * <p>Names, numbers, checks, their order and their error numbers are the proposal's; {@code
 * docs/proposal.md} compares them row by row. For everyday use there is {@link SpawnTemplate}.
 *
 * <pre>{@code
 * var create = new StrictSpawnTemplate.CreateArgs();
 * create.execfd = -1;
 * create.filename = "/usr/bin/true";
 * try (var template = StrictSpawnTemplate.spawn_template_create(create)) {
 *   var spawn = new StrictSpawnTemplate.SpawnArgs();
 *   spawn.pidfd = new int[1];
 *   spawn.argv = new String[] {"true"};
 *   int status = template.spawn_template_spawn(spawn).waitFor();
 * }
 * }</pre>
 *
 * <p>What a success means: the child exists. A failing action or exec shows in its exit status: 127
 * for ENOENT, 126 for EACCES and ENOEXEC, 1 for everything else. Descriptors from 3 up are closed
 * after the actions unless {@link #SPAWN_TEMPLATE_SPAWN_INHERIT_FDS} is given; the signal mask is
 * the calling thread's, ignored signals stay ignored, and standard streams are the JVM's.
 *
 * <p>A template is an object, not a descriptor: it cannot be sent or inherited, and {@link
 * #SPAWN_TEMPLATE_CREATE_CLOEXEC} has no effect. Whoever makes one closes it; a spawn that is going
 * on then finishes.
 */
public final class StrictSpawnTemplate implements AutoCloseable {
    /** Create flag: the template's descriptor is close-on-exec. Accepted, without effect. */
    public static final long SPAWN_TEMPLATE_CREATE_CLOEXEC = 1;

    /** Spawn flag: descriptors from 3 up are not closed after the actions. */
    public static final long SPAWN_TEMPLATE_SPAWN_INHERIT_FDS = 1;

    /** The size of {@link CreateArgs} in the proposal, in bytes. */
    public static final int SPAWN_TEMPLATE_CREATE_ARGS_SIZE_VER0 = 72;

    /** The size of {@link SpawnArgs} in the proposal, in bytes. */
    public static final int SPAWN_TEMPLATE_SPAWN_ARGS_SIZE_VER0 = 80;

    /** Closes {@code fd}, which must be open. */
    public static final int SPAWN_TEMPLATE_ACTION_CLOSE = 0;

    /** Duplicates {@code fd} as {@code newfd}; flags 0 or O_CLOEXEC. */
    public static final int SPAWN_TEMPLATE_ACTION_DUP2 = 1;

    /** Makes the directory {@code fd} the child's. */
    public static final int SPAWN_TEMPLATE_ACTION_FCHDIR = 2;

    /** Opens {@link SpawnTemplateOpen} relative to {@code fd} as {@code newfd}. */
    public static final int SPAWN_TEMPLATE_ACTION_OPEN = 3;

    /** Closes {@code fd} to {@code newfd}, -1 for the highest. */
    public static final int SPAWN_TEMPLATE_ACTION_CLOSE_RANGE = 4;

    /** Replaces the signal mask by {@link SpawnTemplateSigset}. */
    public static final int SPAWN_TEMPLATE_ACTION_SIGMASK = 5;

    /** Gives the signals of {@link SpawnTemplateSigset} their default dispositions. */
    public static final int SPAWN_TEMPLATE_ACTION_SIGDEFAULT = 6;

    /**
     * What a template can do beyond the arguments of the call.
     *
     * <pre>{@code
     * spawn_template_create(create, Option.DENY_WRITE);
     * }</pre>
     */
    public enum Option {
        /**
         * Deny-write while the template is open, which the kernel would have for nothing; see
         * {@link SpawnTemplate.Builder#denyWrite}.
         */
        DENY_WRITE
    }

    /**
     * {@code struct spawn_template_create_args}. A fresh one is all zero, so that, as in C, {@code
     * execfd} means descriptor 0 until it is set to -1. One thread at a time.
     *
     * <pre>{@code
     * create.execfd = -1;
     * create.filename = "/usr/bin/git";
     * }</pre>
     */
    public static final class CreateArgs {
        /** All fields zero, as {@code memset} leaves them. */
        public CreateArgs() {}

        /** 0 or {@link #SPAWN_TEMPLATE_CREATE_CLOEXEC}. */
        public long flags;

        /** An open descriptor of the program, or negative. */
        public int execfd;

        /** Must be 0. */
        public int exec_flags;

        /** The absolute path of the program, or null. */
        public @Nullable String filename;

        /** Must be null. */
        public Action @Nullable [] actions;

        /** Must be 0. */
        public long actions_len;

        /** Must be 0. */
        public final long[] reserved = new long[4];

        /**
         * What a larger struct of a later version would hold behind these fields; may only be zero.
         */
        public byte[] tail = {};
    }

    /**
     * {@code struct spawn_template_spawn_args}. One thread at a time.
     *
     * <pre>{@code
     * spawn.pidfd = new int[1];
     * spawn.argv = new String[] {"git", "status"};
     * }</pre>
     */
    public static final class SpawnArgs {
        /** All fields zero, as {@code memset} leaves them. */
        public SpawnArgs() {}

        /** 0 or {@link #SPAWN_TEMPLATE_SPAWN_INHERIT_FDS}. */
        public long flags;

        /**
         * Where the pidfd is stored, of length 1. It stays the library's, which closes it when it
         * has collected the exit, see {@link PidfdProcess#pidfd}.
         */
        public int @Nullable [] pidfd;

        /** The arguments, the program's name first; null is an empty list. */
        public String @Nullable [] argv;

        /** The environment, {@code NAME=value}; null is an empty one. */
        public String @Nullable [] envp;

        /** The actions; may be null if there are none. */
        public Action @Nullable [] actions;

        /** How many actions there are, 256 at most. */
        public long actions_len;

        /** Must be 0. */
        public final long[] reserved = new long[4];

        /**
         * What a larger struct of a later version would hold behind these fields; may only be zero.
         */
        public byte[] tail = {};
    }

    /**
     * {@code struct spawn_template_action}. Immutable.
     *
     * <pre>{@code
     * new Action(SPAWN_TEMPLATE_ACTION_DUP2, 0, 7, 1, null);
     * }</pre>
     *
     * @param type one of the {@code SPAWN_TEMPLATE_ACTION_} numbers
     * @param flags see the type
     * @param fd see the type
     * @param newfd see the type
     * @param arg {@link SpawnTemplateOpen} or {@link SpawnTemplateSigset} where the type wants one,
     *     else null
     */
    public record Action(int type, int flags, int fd, int newfd, @Nullable Object arg) {}

    /**
     * {@code struct spawn_template_open}. Immutable.
     *
     * <pre>{@code
     * new SpawnTemplateOpen("/dev/null", 0, 0, 0);
     * }</pre>
     *
     * @param path the file
     * @param flags {@code open_how.flags}, as O_ numbers
     * @param mode {@code open_how.mode}
     * @param resolve {@code open_how.resolve}, as RESOLVE_ numbers
     */
    public record SpawnTemplateOpen(String path, long flags, long mode, long resolve) {}

    /**
     * {@code struct spawn_template_sigset}. Immutable.
     *
     * <pre>{@code
     * new SpawnTemplateSigset(1L << (Signal.USR1.number() - 1), 8);
     * }</pre>
     *
     * @param sigset the signals as bits, signal n being bit n - 1
     * @param sigsetsize must be 8
     */
    public record SpawnTemplateSigset(long sigset, long sigsetsize) {}

    private static final int PAGE_SIZE = 4096;
    private static final int PATH_MAX = 4096;
    private static final int MOST_ACTIONS = 256;
    private static final int SIGSET_SIZE = 8;
    private static final int CLOSE_RANGE_FLAGS = 2 | 4;

    /**
     * What openat2(2) refuses with EINVAL, as it does the larger numbers that do not fit into a
     * request.
     */
    private static final int INVALID = 1 << 31;

    private final String name;
    private final TemplateProgram held;
    private final Authority creator;

    private StrictSpawnTemplate(String name, TemplateProgram held, Authority creator) {
        this.name = name;
        this.held = held;
        this.creator = creator;
        held.closeWithDropped(this);
    }

    /**
     * {@code spawn_template_create(args, sizeof(*args))}.
     *
     * @param args what to make a template of
     * @param options what else it is to do
     * @return the template, to be closed by the caller
     * @throws SpawnException with the error number that the proposal gives
     */
    public static StrictSpawnTemplate spawn_template_create(CreateArgs args, Option... options)
            throws SpawnException {
        return spawn_template_create(
                args,
                SPAWN_TEMPLATE_CREATE_ARGS_SIZE_VER0 + (args == null ? 0 : args.tail.length),
                options);
    }

    /**
     * {@code spawn_template_create(args, size)}.
     *
     * @param args what to make a template of
     * @param size how many bytes of the struct count
     * @param options what else it is to do
     * @return the template, to be closed by the caller
     * @throws SpawnException with the error number that the proposal gives
     */
    public static StrictSpawnTemplate spawn_template_create(
            CreateArgs args, long size, Option... options) throws SpawnException {
        String name = args == null || args.filename == null ? "" : args.filename;
        try {
            checkSize(size, SPAWN_TEMPLATE_CREATE_ARGS_SIZE_VER0);
            check(args != null, Errno.EFAULT, "args");
            checkTail(args.tail, size - SPAWN_TEMPLATE_CREATE_ARGS_SIZE_VER0);
            check((args.flags & ~SPAWN_TEMPLATE_CREATE_CLOEXEC) == 0, Errno.EINVAL, "flags");
            check(args.exec_flags == 0, Errno.EINVAL, "exec_flags");
            checkReserved(args.reserved);
            check(args.actions == null && args.actions_len == 0, Errno.EINVAL, "actions");
            check(
                    (args.execfd < 0) != (args.filename == null),
                    Errno.EINVAL,
                    "execfd and filename");
            Authority creator = Authority.current();
            Leftovers.prepare();
            PinnedExecutable executable =
                    args.filename == null ? open(args.execfd) : open(args.filename);
            boolean deniesWrite = Arrays.asList(options).contains(Option.DENY_WRITE);
            return new StrictSpawnTemplate(
                    args.filename == null ? "descriptor " + args.execfd : name,
                    TemplateProgram.of(executable, deniesWrite),
                    creator);
        } catch (IOException e) {
            throw Access.everyday().exception(name, e);
        }
    }

    private static PinnedExecutable open(String path) throws IOException {
        check(path.indexOf('\0') < 0, Errno.EINVAL, "filename");
        byte[] encoded = Text.encodeName("filename", path);
        check(encoded.length <= PATH_MAX, Errno.EINVAL, "filename");
        check(path.startsWith("/"), Errno.EINVAL, "filename");
        return checked(encoded, Executable.pin(encoded));
    }

    private static PinnedExecutable open(int execfd) throws IOException {
        return checked(new byte[1], Executable.pin(execfd));
    }

    private static PinnedExecutable checked(byte[] path, Fd file) throws IOException {
        int fd = file.acquire();
        try {
            Executable.checkFile(fd);
            Executable.checkElf(fd);
        } catch (IOException e) {
            file.close();
            throw e;
        } finally {
            file.release(fd);
        }
        return new PinnedExecutable(path, file);
    }

    /**
     * {@code spawn_template_spawn(template, args, sizeof(*args))}.
     *
     * @param args what to spawn
     * @return the child, which exists; whether it has executed the program shows in its exit status
     * @throws SpawnException with the error number that the proposal gives; there is no child then
     */
    public PidfdProcess spawn_template_spawn(SpawnArgs args) throws SpawnException {
        return spawn_template_spawn(
                args, SPAWN_TEMPLATE_SPAWN_ARGS_SIZE_VER0 + (args == null ? 0 : args.tail.length));
    }

    /**
     * {@code spawn_template_spawn(template, args, size)}.
     *
     * @param args what to spawn
     * @param size how many bytes of the struct count
     * @return the child, which exists; whether it has executed the program shows in its exit status
     * @throws SpawnException with the error number that the proposal gives; there is no child then
     */
    public PidfdProcess spawn_template_spawn(SpawnArgs args, long size) throws SpawnException {
        try {
            checkSize(size, SPAWN_TEMPLATE_SPAWN_ARGS_SIZE_VER0);
            try (PinnedExecutable.Use use = held.executable().use()) {
                check(creator.equals(Authority.current()), Errno.EACCES, "credentials");
                checkArgs(args, size);
                return spawn(args, use);
            }
        } catch (IOException e) {
            throw Access.everyday().exception(name, e);
        }
    }

    private static void checkArgs(SpawnArgs args, long size) throws IOException {
        check(args != null, Errno.EFAULT, "args");
        checkTail(args.tail, size - SPAWN_TEMPLATE_SPAWN_ARGS_SIZE_VER0);
        check((args.flags & ~SPAWN_TEMPLATE_SPAWN_INHERIT_FDS) == 0, Errno.EINVAL, "flags");
        check(args.pidfd != null && args.pidfd.length > 0, Errno.EINVAL, "pidfd");
        checkReserved(args.reserved);
        check(
                Long.compareUnsigned(args.actions_len, MOST_ACTIONS) <= 0,
                Errno.E2BIG,
                "actions_len");
        check(args.actions_len == 0 || args.actions != null, Errno.EINVAL, "actions");
        for (int i = 0; i < args.actions_len; i++) {
            check(i < args.actions.length && args.actions[i] != null, Errno.EFAULT, "action " + i);
        }
        for (int i = 0; i < args.actions_len; i++) {
            check(isValid(args.actions[i]), Errno.EINVAL, "action " + i);
        }
    }

    /** The static check of an action. */
    private static boolean isValid(Action action) {
        boolean plain = action.flags() == 0 && action.arg() == null;
        switch (action.type()) {
            case SPAWN_TEMPLATE_ACTION_CLOSE:
            case SPAWN_TEMPLATE_ACTION_FCHDIR:
                return plain && action.fd() >= 0 && action.newfd() == 0;
            case SPAWN_TEMPLATE_ACTION_DUP2:
                return (action.flags() & ~OpenFlags.CLOEXEC) == 0
                        && action.arg() == null
                        && action.fd() >= 0
                        && action.newfd() >= 0;
            case SPAWN_TEMPLATE_ACTION_OPEN:
                return action.flags() == 0
                        && action.arg() instanceof SpawnTemplateOpen
                        && action.fd() >= OpenFlags.AT_FDCWD
                        && action.newfd() >= 0;
            case SPAWN_TEMPLATE_ACTION_CLOSE_RANGE:
                return (action.flags() & ~CLOSE_RANGE_FLAGS) == 0
                        && action.arg() == null
                        && action.fd() >= 0
                        && (action.newfd() == -1 || action.newfd() >= action.fd());
            case SPAWN_TEMPLATE_ACTION_SIGMASK:
            case SPAWN_TEMPLATE_ACTION_SIGDEFAULT:
                return action.flags() == 0
                        && action.arg() instanceof SpawnTemplateSigset
                        && action.fd() == 0
                        && action.newfd() == 0;
            default:
                return false;
        }
    }

    private PidfdProcess spawn(SpawnArgs args, PinnedExecutable.Use use) throws IOException {
        Child.prepare();
        int count = (int) args.actions_len;
        RequestEncoder request = new RequestEncoder(1, 0, count + 1);
        StrictActions steps = request.strictActions();
        boolean inherits = (args.flags & SPAWN_TEMPLATE_SPAWN_INHERIT_FDS) != 0;
        boolean reachesUp = false;
        for (int i = 0; i < count; i++) {
            steps.index(i);
            encode(args.actions[i], steps);
            reachesUp |= args.actions[i].fd() >= RequestLayout.SHARED_DESCRIPTORS;
        }
        if (inherits || reachesUp) {
            request.inheritDescriptors();
        }
        if (!inherits) {
            request.actions().closeOthers();
        }
        request.inheritSignals();
        request.failureIsExit();
        request.program(
                held.executable().path(),
                Strings.of("argv", args.argv, ""),
                Strings.of("envp", args.envp));
        use.encodeStrictly(request);
        return StrictLaunch.launch(
                request,
                new StrictLaunch.PidfdTaker() {
                    @Override
                    public void take(int pidfd) {
                        args.pidfd[0] = pidfd;
                    }
                });
    }

    private static void encode(Action action, StrictActions steps) {
        switch (action.type()) {
            case SPAWN_TEMPLATE_ACTION_CLOSE:
                steps.close(action.fd());
                break;
            case SPAWN_TEMPLATE_ACTION_DUP2:
                steps.dup(action.fd(), action.newfd(), action.flags());
                break;
            case SPAWN_TEMPLATE_ACTION_FCHDIR:
                steps.fchdir(action.fd());
                break;
            case SPAWN_TEMPLATE_ACTION_OPEN:
                encodeOpen(action, (SpawnTemplateOpen) action.arg(), steps);
                break;
            case SPAWN_TEMPLATE_ACTION_CLOSE_RANGE:
                steps.closeRange(action.fd(), action.newfd(), action.flags());
                break;
            default:
                encodeSignals(action, (SpawnTemplateSigset) action.arg(), steps);
        }
    }

    private static void encodeOpen(Action action, SpawnTemplateOpen open, StrictActions steps) {
        if (open.path() == null) {
            steps.fail(Errno.EFAULT);
            return;
        }
        steps.open(
                action.fd(),
                Text.encodeName("path to open", open.path()),
                action.newfd(),
                narrow(open.flags()),
                narrow(open.mode()),
                open.resolve());
    }

    private static int narrow(long number) {
        return number == (int) number ? (int) number : INVALID;
    }

    private static void encodeSignals(
            Action action, SpawnTemplateSigset signals, StrictActions steps) {
        if (signals.sigsetsize() != SIGSET_SIZE) {
            steps.fail(Errno.EINVAL);
        } else if (action.type() == SPAWN_TEMPLATE_ACTION_SIGMASK) {
            steps.sigmask(signals.sigset());
        } else {
            steps.sigdefault(signals.sigset());
        }
    }

    private static void checkSize(long size, int smallest) throws LaunchException {
        check(size >= smallest, Errno.EINVAL, "size");
        check(size <= PAGE_SIZE, Errno.E2BIG, "size");
    }

    private static void checkTail(byte[] tail, long counted) throws LaunchException {
        for (int i = 0; i < Math.min(tail.length, counted); i++) {
            check(tail[i] == 0, Errno.E2BIG, "tail");
        }
    }

    private static void checkReserved(long[] reserved) throws LaunchException {
        for (long field : reserved) {
            check(field == 0, Errno.EINVAL, "reserved");
        }
    }

    private static void check(boolean holds, int errno, String what) throws LaunchException {
        if (!holds) {
            throw new LaunchException("spawn_template", RequestLayout.NO_INDEX, errno, what);
        }
    }

    @Override
    public void close() {
        held.close();
    }

    @Override
    public String toString() {
        return "strict template of " + name;
    }
}
