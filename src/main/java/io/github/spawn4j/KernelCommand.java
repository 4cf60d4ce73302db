// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.launch.Action;
import io.github.spawn4j.internal.launch.ActionEncoder;
import io.github.spawn4j.internal.launch.Attributes;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.OpenCgroup;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Foreground;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.os.Pty;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.start.TemplateProgram;
import java.io.IOException;
import java.util.Map;

/**
 * A description as a request of the native half, and its launch; {@link JdkCommand} is the same for
 * the JDK. Stateless, as a start may allocate a kibibyte at most.
 */
final class KernelCommand {
    private KernelCommand() {}

    /**
     * Starts the program; {@code launched} has the child then.
     *
     * @throws LaunchException if it cannot be started
     */
    static void launch(EmptyProcess process, Launched launched) throws IOException {
        if (process.terminal != null && process.strategy == SpawnStrategy.POSIX_SPAWN) {
            throw new LaunchException(
                    "posix_spawn cannot express terminal",
                    -1,
                    Errno.EOPNOTSUPP,
                    "",
                    Outcome.alternatives(process.changeOfIds() != null));
        }
        if (process.strategy == SpawnStrategy.VFORK && process.changeOfIds() != null) {
            throw new LaunchException(
                    "vfork cannot express " + process.changeOfIds(),
                    -1,
                    Errno.EOPNOTSUPP,
                    "",
                    Outcome.alternatives(true));
        }
        if (process.directory != null && !process.isLikeProcessBuilder) {
            ProgramLookup.checkDirectory(process.encodedDirectory, process.directory);
        }
        if (process.source == null) {
            launch(process, launched, find(process), null);
            return;
        }
        while (true) {
            TemplateProgram current = process.source.current();
            PinnedExecutable executable = current.executable();
            launched.warm(current.warm());
            try (PinnedExecutable.Use use = executable.use()) {
                launch(process, launched, executable.path(), use);
                return;
            } catch (LaunchException e) {
                if (!PinnedExecutable.isStale(e) || !process.source.replace(current)) {
                    throw e;
                }
            }
        }
    }

    /** Starts the program at {@code path}, or the one that {@code use} holds open. */
    private static void launch(
            EmptyProcess process, Launched launched, byte[] path, PinnedExecutable.Use use)
            throws IOException {
        Child.prepare();
        if (process.teardownOrDefault().isToBeReleased()) {
            Leftovers.prepare(); // as it is released when the process is dropped
        }
        Attributes attributes = process.taken();
        RequestEncoder request =
                new RequestEncoder(
                        sources(process, use != null),
                        attributes.all().size() + 1,
                        records(process));
        try (OpenCgroup.Use group = openCgroup(process);
                Pty pty =
                        process.terminal == null
                                ? null
                                : Pty.open(process.terminal.rows(), process.terminal.columns())) {
            if (process.inheritsSignals) {
                request.inheritSignals();
            }
            if (group != null) {
                group.encode(request); // first: it is born there
            }
            if (!attributes.isEmpty()) {
                request.attributes(attributes);
            }
            if (pty != null) {
                request.actions().terminal(pty.peer());
            }
            Foreground foreground = foregroundToLend(process);
            int[] sources = encodeActions(process, request, foreground != null);
            request.program(path, process.arguments, process.environment.encoded());
            if (searches(process)) {
                request.search(searchDirectories(process));
            }
            if (process.isLikeProcessBuilder) {
                request.asExecvp();
            }
            if (use != null) {
                use.encode(request, process.strategy != SpawnStrategy.POSIX_SPAWN);
            }
            launched.launch(request, process.strategy.code(), pty, foreground, sources);
        }
    }

    /** Null where the child stays in the JVM's cgroup. */
    private static OpenCgroup.Use openCgroup(EmptyProcess process) throws IOException {
        if (process.ownCgroup != null) {
            return Access.control().use(process.ownCgroup);
        }
        return process.cgroup == null ? null : OpenCgroup.once(process.cgroup);
    }

    /**
     * Null unless it would be stopped by its first read: in a group of its own, but on our
     * terminal.
     */
    private static Foreground foregroundToLend(EmptyProcess process) {
        boolean isReader = process.streams[0] == Redirect.INHERIT && process.group == 0;
        boolean isInSession = !process.hasAttribute(RequestLayout.SESSION);
        return isReader && isInSession && process.strategy != SpawnStrategy.POSIX_SPAWN
                ? Foreground.toLend()
                : null;
    }

    /**
     * Streams, the terminal and the descriptor of a template need a source each, and each action
     * may need one.
     */
    private static int sources(EmptyProcess process, boolean isOfTemplate) {
        return Launched.STREAMS
                + (process.terminal == null ? 0 : 1)
                + (isOfTemplate ? 1 : 0)
                + process.mapped.size()
                + process.actions.size();
    }

    /**
     * Streams, the file of a merged one, terminal or foreground, directory and an inherited signal
     * mask are an action each, and what an action leaves open parts what is closed in the end.
     */
    private static int records(EmptyProcess process) {
        int own = 0;
        for (int i = 0; i < process.actions.size(); i++) {
            own += process.actions.get(i).records();
        }
        int kept = process.mapped.size() + process.actions.size();
        return Launched.STREAMS + 4 + process.mapped.size() + own + ActionEncoder.maxClosing(kept);
    }

    private static boolean searches(EmptyProcess process) {
        return searchDirectories(process) != null
                && process.source == null
                && process.program.indexOf('/') < 0;
    }

    /**
     * Where the child is to search; null where the JVM does. In another root only the child can.
     */
    private static byte[] searchDirectories(EmptyProcess process) {
        return process.searchedByChild == null && process.hasAttribute(RequestLayout.CHROOT)
                ? process.environment.searchPath()
                : process.searchedByChild;
    }

    private static byte[] find(EmptyProcess process) throws LaunchException {
        boolean movable = !process.program.startsWith("/") && process.program.indexOf('/') >= 0;
        boolean isElsewhere = process.hasAttribute(RequestLayout.CHROOT);
        if (process.isLikeProcessBuilder
                || isElsewhere
                || searches(process)
                || (movable && changesDirectory(process))) {
            return Text.encodeName(
                    "program", process.program); // only the child can know what it means
        }
        return ProgramLookup.find(
                process.program, process.encodedDirectory, process.environment.searchPath());
    }

    private static boolean changesDirectory(EmptyProcess process) {
        for (Action action : process.actions) {
            if (action.changesDirectory()) {
                return true;
            }
        }
        return false;
    }

    /** Writes streams, directory and actions. Returns the sources of the streams. */
    private static int[] encodeActions(
            EmptyProcess process, RequestEncoder request, boolean takesForeground)
            throws LaunchException {
        int[] sources = new int[Launched.STREAMS];
        ActionEncoder encoder = request.actions();
        if (process.isLikeProcessBuilder) {
            // The JDK opens files in the JVM: /dev/stdout must not be what the child has by then.
            encodeFiles(process, request, sources);
        }
        for (int fd = 0; fd < Launched.STREAMS; fd++) {
            if (!process.isLikeProcessBuilder || !process.streams[fd].isFile()) {
                sources[fd] = process.streams[fd].encode(fd, request);
            }
        }
        if (!process.mapped.isEmpty()) {
            for (Map.Entry<Integer, Redirect> entry : process.mapped.entrySet()) {
                entry.getValue().encode(entry.getKey(), request);
            }
        }
        if (takesForeground) {
            encoder.tcsetpgrp(0);
        }
        if (process.directory != null) {
            encoder.chdir(process.encodedDirectory);
        }
        for (int i = 0; i < process.actions.size(); i++) {
            encoder.index(i);
            process.actions.get(i).encode(encoder);
        }
        if (process.inheritsDescriptors) {
            request.inheritDescriptors();
        } else {
            encoder.closeOthers();
        }
        return sources;
    }

    private static void encodeFiles(EmptyProcess process, RequestEncoder request, int[] sources)
            throws LaunchException {
        for (int fd = 0; fd < Launched.STREAMS; fd++) {
            if (process.streams[fd].isFile()) {
                sources[fd] = process.streams[fd].encode(fd, request);
            }
        }
    }
}
