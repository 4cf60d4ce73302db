// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.StrictActions;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.PidfdHandle;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The pidfd builder of the kernel proposal of July 2026, to the letter as far as it is known: an
 * empty pidfd that is configured, then run. One thread at a time.
 *
 * <p>For everyday use there is {@link PidfdProcess#builder}. The numbers of the constants are ours,
 * as the proposal's are not known.
 *
 * <pre>{@code
 * try (var handle = StrictPidfdBuilder.pidfd_open(0, StrictPidfdBuilder.PIDFD_EMPTY)) {
 *   handle.pidfd_config(PIDFD_CONFIG_SET_STRING, PIDFD_CONFIG_KEY_PATH, "/usr/bin/true", 0);
 *   var args = new StrictPidfdBuilder.SpawnRunArgs();
 *   args.argv = new String[] {"true"};
 *   int pid = handle.pidfd_spawn_run(args);
 *   ExitStatus status = handle.waitid();
 * }
 * }</pre>
 *
 * <p>The handle's descriptor has one number from beginning to end: at first an eventfd that never
 * becomes readable, later the child's pidfd. What the kernel could do and we cannot: an epoll
 * instance or a duplicate that took the descriptor before the run keeps the eventfd.
 *
 * <p>The caller's state (descriptors, directory, umask, signal mask ...) is what it is at the run;
 * the actions are taken before the program is looked for, so that they decide what a relative path
 * means; and any failure fails the run, after which the handle is dead.
 *
 * <p>States: EMPTY, where only configuring works and signalling, waiting and fetching descriptors
 * fail with ESRCH; then RUNNING, or DEAD, where they fail with ESRCH too. Running a second time
 * fails with EINVAL. Whoever opens a handle closes it; the child lives on.
 */
public final class StrictPidfdBuilder implements AutoCloseable {
    /** Flag of {@link #pidfd_open}: a handle without a process. */
    public static final int PIDFD_EMPTY = 1 << 30;

    /** Command of {@link #pidfd_config}: sets a string. */
    public static final int PIDFD_CONFIG_SET_STRING = 1;

    /** Key of {@link #pidfd_config}: the path of the program. */
    public static final String PIDFD_CONFIG_KEY_PATH = "path";

    /**
     * Key of {@link #pidfd_config}, ours, which reviewers asked for: directories, parted by colons,
     * in which the child searches a path without a slash, after its actions and in the same call.
     */
    public static final String PIDFD_CONFIG_KEY_SEARCH = "search";

    /** Duplicates {@code fd} as {@code newfd}. */
    public static final int PIDFD_SPAWN_ACTION_DUP2 = 0;

    /**
     * Closes {@code fd} to {@code newfd}; flags CLOSE_RANGE_UNSHARE (2) and CLOSE_RANGE_CLOEXEC
     * (4).
     */
    public static final int PIDFD_SPAWN_ACTION_CLOSE_RANGE = 1;

    /** Makes the directory {@code fd} the child's. */
    public static final int PIDFD_SPAWN_ACTION_FCHDIR = 2;

    /** The size of {@link SpawnRunArgs} in the proposal, in bytes. */
    public static final int SPAWN_RUN_ARGS_SIZE = 64;

    /** The size of {@link Action} in the proposal, in bytes. */
    public static final int ACTION_SIZE = 32;

    /**
     * {@code struct pidfd_spawn_run_args}. One thread at a time.
     *
     * <pre>{@code
     * args.path = "./configure";
     * args.actions = new Action[] {new Action(PIDFD_SPAWN_ACTION_FCHDIR, 0, dirFd, 0)};
     * }</pre>
     */
    public static final class SpawnRunArgs {
        /** Must be 0. */
        public int flags;

        /** The program; null for the configured one. */
        public @Nullable String path;

        /** The arguments, the program's name first; null is an empty list. */
        public String @Nullable [] argv;

        /** The environment, {@code NAME=value}; null is an empty one. */
        public String @Nullable [] envp;

        /** The actions; null is none. */
        public Action @Nullable [] actions;

        /** Must be {@link #ACTION_SIZE} where there are actions. */
        public int action_size = ACTION_SIZE;

        /** Must be 0. */
        public int reserved0;

        /** Must be 0. */
        public final long[] reserved = new long[2];

        /** No actions, no path, no arguments. */
        public SpawnRunArgs() {}
    }

    /**
     * {@code struct pidfd_spawn_action}; its reserved fields, which must be 0, are left out.
     * Immutable.
     *
     * <pre>{@code
     * new Action(PIDFD_SPAWN_ACTION_DUP2, 0, 7, 1);
     * }</pre>
     *
     * @param type one of the {@code PIDFD_SPAWN_ACTION_} numbers
     * @param flags 0 except for CLOSE_RANGE
     * @param fd see the type; unsigned
     * @param newfd see the type; unsigned
     */
    public record Action(int type, int flags, int fd, int newfd) {}

    private enum State {
        EMPTY,
        RUNNING,
        DEAD
    }

    private static final int CLOSE_RANGE_FLAGS = 2 | 4;

    private final PidfdHandle handle;
    private State state = State.EMPTY;
    private String path;
    private String search;
    private PidfdProcess process;

    private StrictPidfdBuilder(PidfdHandle handle) {
        this.handle = handle;
    }

    /**
     * {@code pidfd_open(0, PIDFD_EMPTY)}.
     *
     * @param pid must be 0
     * @param flags must be {@link #PIDFD_EMPTY}
     * @return an empty handle, to be closed by the caller
     * @throws SpawnException with EINVAL for anything else, with EMFILE if descriptors have run
     *     out, with ENOSYS where the native library cannot be loaded
     */
    public static StrictPidfdBuilder pidfd_open(int pid, int flags) throws SpawnException {
        try {
            check(pid == 0 && flags == PIDFD_EMPTY, Errno.EINVAL, "pidfd_open");
            return new StrictPidfdBuilder(PidfdHandle.open());
        } catch (IOException e) {
            throw Access.everyday().exception("", e);
        }
    }

    /**
     * {@code pidfd_config(pidfd, cmd, key, value, aux)}.
     *
     * @param cmd {@link #PIDFD_CONFIG_SET_STRING}
     * @param key {@link #PIDFD_CONFIG_KEY_PATH} or {@link #PIDFD_CONFIG_KEY_SEARCH}
     * @param value the string
     * @param aux must be 0
     * @throws SpawnException with EINVAL for anything else, or if the handle is not empty any more;
     *     with EFAULT for null
     */
    public void pidfd_config(int cmd, String key, String value, int aux) throws SpawnException {
        try {
            check(handle.number() >= 0, Errno.EBADF, "handle is closed");
            check(state == State.EMPTY, Errno.EINVAL, "pidfd_config");
            check(cmd == PIDFD_CONFIG_SET_STRING && aux == 0, Errno.EINVAL, "pidfd_config");
            check(key != null && value != null, Errno.EFAULT, "pidfd_config");
            check(
                    key.equals(PIDFD_CONFIG_KEY_PATH) || key.equals(PIDFD_CONFIG_KEY_SEARCH),
                    Errno.EINVAL,
                    "key");
        } catch (IOException e) {
            throw Access.everyday().exception("", e);
        }
        if (key.equals(PIDFD_CONFIG_KEY_PATH)) {
            path = value;
        } else {
            search = value;
        }
    }

    /**
     * {@code pidfd_spawn_run(pidfd, args, sizeof(*args))}.
     *
     * @param args what to run
     * @return the child's pid
     * @throws SpawnException if an argument is wrong (EINVAL; the handle stays empty), or with
     *     whatever an action, the lookup of the program or its execution fails with; the handle is
     *     dead then
     */
    public int pidfd_spawn_run(SpawnRunArgs args) throws SpawnException {
        String program = path;
        try {
            check(handle.number() >= 0, Errno.EBADF, "handle is closed");
            check(state == State.EMPTY, Errno.EINVAL, "pidfd_spawn_run");
            check(args != null, Errno.EFAULT, "args");
            program = args.path == null ? path : args.path;
            checkArgs(args);
            check(program != null, Errno.EINVAL, "path");
            state = State.DEAD;
            process = run(program, args);
            state = State.RUNNING;
            return (int) process.pid();
        } catch (IOException e) {
            throw Access.everyday().exception(program == null ? "" : program, e);
        }
    }

    private static void checkArgs(SpawnRunArgs args) throws LaunchException {
        check(args.flags == 0 && args.reserved0 == 0, Errno.EINVAL, "flags");
        check(args.reserved[0] == 0 && args.reserved[1] == 0, Errno.EINVAL, "reserved");
        check(args.actions == null || args.action_size == ACTION_SIZE, Errno.EINVAL, "action_size");
        for (Action action : actions(args)) {
            check(action != null, Errno.EFAULT, "action");
            int allowed = action.type() == PIDFD_SPAWN_ACTION_CLOSE_RANGE ? CLOSE_RANGE_FLAGS : 0;
            check((action.flags() & ~allowed) == 0, Errno.EINVAL, "action flags");
            check(
                    action.type() >= 0 && action.type() <= PIDFD_SPAWN_ACTION_FCHDIR,
                    Errno.EINVAL,
                    "action type");
        }
    }

    private static Action[] actions(SpawnRunArgs args) {
        return args.actions == null ? new Action[0] : args.actions;
    }

    private PidfdProcess run(String program, SpawnRunArgs args) throws IOException {
        Child.prepare();
        Action[] actions = actions(args);
        RequestEncoder request = new RequestEncoder(0, 0, actions.length);
        StrictActions steps = request.strictActions();
        for (int i = 0; i < actions.length; i++) {
            steps.index(i);
            encode(actions[i], steps);
        }
        request.inheritDescriptors();
        request.inheritSignals();
        request.program(
                Text.encodeName("path", program),
                Strings.of("argv", args.argv, ""),
                Strings.of("envp", args.envp));
        if (search != null && program.indexOf('/') < 0) {
            request.search(Text.encodeName("search", search));
        }
        return StrictLaunch.launch(
                request,
                new StrictLaunch.PidfdTaker() {
                    @Override
                    public void take(int pidfd) throws IOException {
                        handle.become(pidfd);
                    }
                });
    }

    private static void encode(Action action, StrictActions steps) {
        switch (action.type()) {
            case PIDFD_SPAWN_ACTION_DUP2:
                if (action.newfd() < 0 || action.fd() < 0) {
                    steps.fail(Errno.EBADF); // higher than any descriptor can be
                } else {
                    steps.dup(action.fd(), action.newfd(), 0);
                }
                break;
            case PIDFD_SPAWN_ACTION_CLOSE_RANGE:
                steps.closeRange(action.fd(), action.newfd(), action.flags());
                break;
            default:
                steps.fchdir(action.fd());
        }
    }

    /**
     * The handle's descriptor.
     *
     * @return its number, the same in all states
     */
    public int fd() {
        return handle.number();
    }

    /**
     * The process that was run.
     *
     * @return the process
     * @throws SpawnException with ESRCH if the handle is not running, with EBADF if it is closed
     */
    public PidfdProcess process() throws SpawnException {
        try {
            check(handle.number() >= 0, Errno.EBADF, "handle is closed");
            check(state == State.RUNNING, Errno.ESRCH, "no process");
            return process;
        } catch (IOException e) {
            throw Access.everyday().exception("", e);
        }
    }

    /**
     * {@code pidfd_send_signal(pidfd, sig, NULL, 0)}.
     *
     * @param signal the signal
     * @throws SpawnException with ESRCH if the handle is not running, or the process has ended
     * @throws IOException if the kernel forbids it
     */
    public void pidfd_send_signal(Signal signal) throws IOException {
        if (!process().signal(signal)) {
            throw Access.everyday()
                    .exception("", new LaunchException("pidfd_send_signal", -1, Errno.ESRCH, ""));
        }
    }

    /**
     * {@code waitid(P_PIDFD, pidfd, ..., WEXITED)}.
     *
     * @return how the process has ended
     * @throws SpawnException with ESRCH if the handle is not running
     * @throws InterruptedException if the thread is interrupted
     */
    public ExitStatus waitid() throws SpawnException, InterruptedException {
        PidfdProcess running = process();
        running.waitFor();
        return running.exitStatus();
    }

    /**
     * {@code pidfd_getfd(pidfd, targetfd, 0)}, Linux 5.6: duplicates a descriptor of the process.
     * Needs the right to trace it.
     *
     * @param targetFd the descriptor in the process
     * @return the duplicate, close-on-exec, which the caller must close
     * @throws SpawnException with ESRCH if the handle is not running; with EBADF, EPERM as the man
     *     page says
     */
    public int pidfd_getfd(int targetFd) throws SpawnException {
        process();
        try {
            return handle.getFd(targetFd);
        } catch (IOException e) {
            throw Access.everyday().exception("", e);
        }
    }

    private static void check(boolean holds, int errno, String what) throws LaunchException {
        if (!holds) {
            throw new LaunchException("pidfd", RequestLayout.NO_INDEX, errno, what);
        }
    }

    /** Closes the handle's descriptor; a child lives on. Closing twice does nothing. */
    @Override
    public void close() {
        handle.close();
    }
}
