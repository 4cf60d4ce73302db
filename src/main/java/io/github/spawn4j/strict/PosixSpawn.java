// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.strict;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.control.SchedulingPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * posix_spawn(3) as POSIX and glibc have it, over {@link EmptyProcess} and nothing else: the proof
 * that the builder can host it.
 *
 * <p>What is not said is inherited: all descriptors that are not close-on-exec, standard streams,
 * signal mask, ignored signals, directory, ids, scheduling. Attributes are set first, then the file
 * actions are taken in order. Names are those of the C functions, without their common beginning.
 * Where C returns an error number, a {@link SpawnException} bears it.
 *
 * <pre>{@code
 * var actions = new PosixSpawn.FileActions().adddup2(7, 1).addclose(7);
 * var attributes = new PosixSpawn.Attributes().setpgroup(0);
 * PidfdProcess ls = PosixSpawn.posix_spawnp("ls", actions, attributes, List.of("ls", "-l"), System.getenv());
 * }</pre>
 */
public final class PosixSpawn {
    private PosixSpawn() {}

    /**
     * {@code posix_spawn(&pid, path, file_actions, attrp, argv, envp)}.
     *
     * @param path the program; a relative path counts from the child's directory
     * @param fileActions what to do with descriptors, or null
     * @param attributes what else to set, or null
     * @param argv the arguments, the program's name first
     * @param envp the whole environment
     * @return the running process
     * @throws SpawnException if it cannot be started
     */
    public static PidfdProcess posix_spawn(
            String path,
            @Nullable FileActions fileActions,
            @Nullable Attributes attributes,
            List<String> argv,
            Map<String, String> envp)
            throws SpawnException {
        String program = path.indexOf('/') < 0 ? "./" + path : path;
        return start(PidfdProcess.builder(program), fileActions, attributes, argv, envp);
    }

    /**
     * {@code posix_spawnp(&pid, file, file_actions, attrp, argv, envp)}.
     *
     * @param file the program; without a slash it is searched in the JVM's PATH
     * @param fileActions what to do with descriptors, or null
     * @param attributes what else to set, or null
     * @param argv the arguments, the program's name first
     * @param envp the whole environment
     * @return the running process
     * @throws SpawnException if it cannot be started
     */
    public static PidfdProcess posix_spawnp(
            String file,
            @Nullable FileActions fileActions,
            @Nullable Attributes attributes,
            List<String> argv,
            Map<String, String> envp)
            throws SpawnException {
        EmptyProcess process = PidfdProcess.builder(file);
        process.searchInChild();
        return start(process, fileActions, attributes, argv, envp);
    }

    private static PidfdProcess start(
            EmptyProcess process,
            @Nullable FileActions fileActions,
            @Nullable Attributes attributes,
            List<String> argv,
            Map<String, String> envp)
            throws SpawnException {
        process.arg0(argv.isEmpty() ? "" : argv.get(0))
                .args(argv.subList(Math.min(1, argv.size()), argv.size()));
        process.environment(envp);
        process.inheritIO().inheritDescriptors().inheritSignals().inheritLimits();
        if (attributes != null) {
            attributes.apply(process);
        }
        if (fileActions != null) {
            fileActions.actions.forEach(process::action);
        }
        return process.start();
    }

    /**
     * {@code posix_spawn_file_actions_t}: steps in order. One thread at a time.
     *
     * <pre>{@code
     * new PosixSpawn.FileActions().addopen(0, "/dev/null", 0, 0).addclosefrom_np(3);
     * }</pre>
     */
    public static final class FileActions {
        /** O_CREAT, and what O_TMPFILE is made of besides O_DIRECTORY. */
        private static final int CREATING = 0100 | 020000000;

        private static final int AT_FDCWD = -100;

        private final List<SpawnAction> actions = new ArrayList<>();

        /** No steps. */
        public FileActions() {}

        private FileActions add(SpawnAction action) {
            actions.add(action);
            return this;
        }

        /**
         * {@code posix_spawn_file_actions_addopen}.
         *
         * @param fd the number under which the child has the file
         * @param path the file
         * @param flags O_ numbers
         * @param mode the mode of a file that is created
         * @return this
         */
        public FileActions addopen(int fd, String path, int flags, int mode) {
            // As open(2) does, and openat2(2) does not: the mode of what is not created is ignored.
            int usedMode = (flags & CREATING) == 0 ? 0 : mode;
            return add(SpawnAction.open(AT_FDCWD, path, fd, flags, usedMode, 0));
        }

        /**
         * {@code posix_spawn_file_actions_addclose}. It is no error if the descriptor is not open.
         *
         * @param fd the descriptor
         * @return this
         */
        public FileActions addclose(int fd) {
            return add(SpawnAction.closeRange(fd, fd));
        }

        /**
         * {@code posix_spawn_file_actions_adddup2}. Onto itself, the descriptor stays open across
         * exec.
         *
         * @param fd the descriptor
         * @param newFd its new number
         * @return this
         */
        public FileActions adddup2(int fd, int newFd) {
            return add(SpawnAction.dup2(fd, newFd));
        }

        /**
         * {@code posix_spawn_file_actions_addchdir_np}.
         *
         * @param path the directory
         * @return this
         */
        public FileActions addchdir_np(String path) {
            return add(SpawnAction.chdir(path));
        }

        /**
         * {@code posix_spawn_file_actions_addfchdir_np}.
         *
         * @param fd the directory
         * @return this
         */
        public FileActions addfchdir_np(int fd) {
            return add(SpawnAction.fchdir(fd));
        }

        /**
         * {@code posix_spawn_file_actions_addclosefrom_np}.
         *
         * @param from the lowest descriptor to be closed
         * @return this
         */
        public FileActions addclosefrom_np(int from) {
            return add(SpawnAction.closeFrom(from));
        }

        /**
         * {@code posix_spawn_file_actions_addtcsetpgrp_np}.
         *
         * @param fd a descriptor of the controlling terminal
         * @return this
         */
        public FileActions addtcsetpgrp_np(int fd) {
            return add(SpawnAction.tcsetpgrp(fd));
        }
    }

    /**
     * {@code posix_spawnattr_t}: setting a value sets its flag. One thread at a time.
     *
     * <pre>{@code
     * new PosixSpawn.Attributes().setsid().setsigmask(List.of()).setsigdefault(List.of(Signal.PIPE));
     * }</pre>
     */
    public static final class Attributes {
        /**
         * In the order in which they take effect, whatever the order of the calls: a child that
         * gives up his ids does so last.
         */
        private enum Flag {
            SETCGROUP,
            SETSIGDEF,
            SETSIGMASK,
            SETSCHEDPARAM,
            SETSCHEDULER,
            SETSID,
            SETPGROUP,
            RESETIDS
        }

        private final Map<Flag, Consumer<EmptyProcess>> settings = new EnumMap<>(Flag.class);

        /** No flag set. */
        public Attributes() {}

        private Attributes set(Flag flag, Consumer<EmptyProcess> setting) {
            settings.put(flag, setting);
            return this;
        }

        private void apply(EmptyProcess process) {
            settings.values().forEach(setting -> setting.accept(process));
        }

        /**
         * POSIX_SPAWN_SETPGROUP.
         *
         * @param group the process group, 0 for one of its own
         * @return this
         */
        public Attributes setpgroup(int group) {
            return set(Flag.SETPGROUP, process -> process.processGroup(group));
        }

        /**
         * POSIX_SPAWN_SETSIGDEF.
         *
         * @param signals the signals that get their default dispositions
         * @return this
         */
        public Attributes setsigdefault(Collection<Signal> signals) {
            return set(Flag.SETSIGDEF, process -> process.action(SpawnAction.sigdefault(signals)));
        }

        /**
         * POSIX_SPAWN_SETSIGMASK.
         *
         * @param signals the signals that are blocked
         * @return this
         */
        public Attributes setsigmask(Collection<Signal> signals) {
            return set(Flag.SETSIGMASK, process -> process.action(SpawnAction.sigmask(signals)));
        }

        /**
         * POSIX_SPAWN_SETSCHEDPARAM. Without effect together with {@link #setscheduler}.
         *
         * @param priority the scheduling priority
         * @return this
         */
        public Attributes setschedparam(int priority) {
            return set(Flag.SETSCHEDPARAM, process -> process.schedulingPriority(priority));
        }

        /**
         * POSIX_SPAWN_SETSCHEDULER.
         *
         * @param policy the scheduling policy
         * @param priority its priority
         * @return this
         */
        public Attributes setscheduler(SchedulingPolicy policy, int priority) {
            return set(Flag.SETSCHEDULER, process -> process.scheduler(policy, priority));
        }

        /**
         * POSIX_SPAWN_RESETIDS.
         *
         * @return this
         */
        public Attributes resetids() {
            return set(Flag.RESETIDS, EmptyProcess::resetIds);
        }

        /**
         * POSIX_SPAWN_SETSID.
         *
         * @return this
         */
        public Attributes setsid() {
            return set(Flag.SETSID, EmptyProcess::newSession);
        }

        /**
         * POSIX_SPAWN_SETCGROUP of glibc 2.39, there with a descriptor.
         *
         * @param directory the cgroup's directory
         * @return this
         */
        public Attributes setcgroup(Path directory) {
            return set(Flag.SETCGROUP, process -> process.cgroup(directory));
        }
    }
}
