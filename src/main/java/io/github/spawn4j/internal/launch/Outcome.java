// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.Kernel;
import java.util.ArrayList;
import java.util.List;

/** What became of a request. One thread at a time. */
public final class Outcome {
    /** The step that opens a file. */
    public static final String OPEN = "open";

    static final String CLONE_INTO_CGROUP = "clone into cgroup";

    private final Request request;

    /** Those of the request, in its order. Not to be changed, as they may be a template's. */
    private List<Attribute> attributes = List.of();

    Outcome(Request request) {
        this.request = request;
    }

    void attributes(List<Attribute> more) {
        if (attributes.isEmpty()) {
            attributes = more;
        } else {
            attributes = new ArrayList<>(attributes);
            attributes.addAll(more);
        }
    }

    private int header(int field) {
        return request.get(field);
    }

    /**
     * Throws what went wrong, if something did.
     *
     * @throws LaunchException with the failed step
     */
    public void check() throws LaunchException {
        int step = header(RequestLayout.OUTCOME_STEP);
        if (step != RequestLayout.STEP_NONE) {
            throw failure(
                    step, header(RequestLayout.OUTCOME_INDEX), header(RequestLayout.OUTCOME_ERRNO));
        }
    }

    public int pid() {
        return header(RequestLayout.OUTCOME_PID);
    }

    public int pidfd() {
        return header(RequestLayout.OUTCOME_PIDFD);
    }

    /** Whether a child of a helper was waiting for the request. */
    public boolean wasParked() {
        return header(RequestLayout.OUTCOME_PARKED) != 0;
    }

    /** Our end of the pipe that was added as {@code source}. */
    public int pipe(int source) {
        return request.source(source, RequestLayout.SOURCE_PEER);
    }

    private LaunchException failure(int step, int at, int errno) {
        switch (step) {
            case RequestLayout.STEP_REQUEST:
                return at >= 0
                        ? inexpressibleAction(at, errno)
                        : new LaunchException("request", -1, errno, "");
            case RequestLayout.STEP_IDENTITY:
                return new LaunchException(
                        PinnedExecutable.STALE,
                        -1,
                        errno,
                        quote(header(RequestLayout.PROGRAM_OFFSET)));
            case RequestLayout.STEP_PIPE:
                return new LaunchException("pipe", -1, errno, "");
            case RequestLayout.STEP_DESCRIPTOR:
                return new LaunchException("dup", -1, errno, at >= 0 ? "descriptor " + at : "");
            case RequestLayout.STEP_CLONE:
                return new LaunchException("clone", -1, errno, "");
            case RequestLayout.STEP_UNSHARE:
                return new LaunchException("close_range", -1, errno, "");
            case RequestLayout.STEP_SIGNALS:
                return new LaunchException("sigaction", -1, errno, "");
            case RequestLayout.STEP_ACTION:
                return action(at, errno);
            case RequestLayout.STEP_POSIX_SPAWN:
                return execution("posix_spawn", errno);
            case RequestLayout.STEP_ATTRIBUTE:
                return attributeFailure(attributes.get(at), errno);
            case RequestLayout.STEP_TRACE:
                return new LaunchException("ptrace", -1, errno, "");
            case RequestLayout.STEP_CGROUP:
                return cgroupFailure(CLONE_INTO_CGROUP, errno, CgroupRefusal.explain(errno));
            case RequestLayout.STEP_CGROUP_MOVE:
                return cgroupFailure("move into cgroup", errno, CgroupRefusal.explain(errno));
            case RequestLayout.STEP_CGROUP_FROZEN:
                return cgroupFailure(
                        "start in cgroup", errno, "it is frozen, and so its processes");
            case RequestLayout.STEP_PROBE:
                return new LaunchException(Kernel.PROBE, -1, errno, "");
            case RequestLayout.STEP_CAPABILITY:
                return new LaunchException(Kernel.name(at), -1, errno, "");
            case RequestLayout.STEP_PIDFD:
                return new LaunchException("pidfd_open", -1, errno, "");
            default:
                return execution("exec", errno);
        }
    }

    private LaunchException execution(String step, int errno) {
        String explanation =
                errno == Errno.E2BIG
                        ? ArgumentLimits.explain(
                                strings(RequestLayout.ARGV_OFFSET, RequestLayout.ARGV_COUNT),
                                strings(RequestLayout.ENVP_OFFSET, RequestLayout.ENVP_COUNT),
                                request.text(header(RequestLayout.PROGRAM_OFFSET)).length)
                        : ExecFailure.explain(errno, candidates());
        return new LaunchException(
                step, -1, errno, quote(header(RequestLayout.PROGRAM_OFFSET)), explanation);
    }

    private Strings strings(int offset, int count) {
        return header(count) == 0
                ? Strings.NONE
                : new Strings(request.text(header(offset)), header(count));
    }

    /** The files that may have been executed, as the JVM finds them. */
    private List<byte[]> candidates() {
        byte[] program = request.text(header(RequestLayout.PROGRAM_OFFSET));
        int search = header(RequestLayout.SEARCH_OFFSET);
        List<byte[]> candidates = new ArrayList<>();
        if (search == 0) {
            candidates.add(program);
        } else {
            for (byte[] directory : ProgramLookup.directories(request.text(search))) {
                candidates.add(PathBytes.join(directory, program));
            }
        }
        byte[] directory = new byte[1];
        for (int i = 0; i < header(RequestLayout.ACTIONS_COUNT); i++) {
            if (type(i) == RequestLayout.FCHDIR) {
                candidates.removeIf(PathBytes::isRelative); // the directory has no known path
            } else if (type(i) == RequestLayout.CHDIR) {
                byte[] next = request.text(field(i, RequestLayout.ACTION_TEXT));
                directory =
                        directory.length == 1 ? next : ProgramLookup.inDirectory(directory, next);
            }
        }
        byte[] last = directory.length == 1 ? null : directory;
        candidates.replaceAll(candidate -> ProgramLookup.inDirectory(last, candidate));
        return candidates;
    }

    private LaunchException attributeFailure(Attribute attribute, int errno) {
        // No child of posix_spawn(3) says which attribute it was.
        return header(RequestLayout.STRATEGY) == RequestLayout.STRATEGY_POSIX_SPAWN
                ? inexpressible(attribute.toString(), -1, errno)
                : new LaunchException(attribute.step(), -1, errno, attribute.object());
    }

    private LaunchException cgroupFailure(String step, int errno, String explanation) {
        return new LaunchException(step, RequestLayout.NO_INDEX, errno, cgroup(), explanation);
    }

    /** The name of the cgroup that the child was to be in. */
    private String cgroup() {
        for (Attribute attribute : attributes) {
            if (attribute.type() == RequestLayout.CGROUP) {
                return attribute.object();
            }
        }
        return "";
    }

    private LaunchException action(int at, int errno) {
        return new LaunchException(
                word(at), field(at, RequestLayout.ACTION_INDEX), errno, object(at));
    }

    private LaunchException inexpressibleAction(int at, int errno) {
        String what = word(at) + " " + object(at) + " with these flags";
        return inexpressible(what, field(at, RequestLayout.ACTION_INDEX), errno);
    }

    private LaunchException inexpressible(String what, int index, int errno) {
        boolean changesIds = attributes.stream().anyMatch(Attribute::changesIds);
        return new LaunchException(
                "posix_spawn cannot express " + what, index, errno, "", alternatives(changesIds));
    }

    /** Which strategies can do it, with the change of ids that is asked for as well. */
    public static String alternatives(boolean changesIds) {
        return changesIds
                ? "the strategies CLONE3 and FORK can"
                : "the strategies CLONE3, VFORK and FORK can";
    }

    private int field(int action, int field) {
        return request.action(action, field);
    }

    private int type(int action) {
        return field(action, RequestLayout.ACTION_TYPE) & ~RequestLayout.FD_IS_SOURCE;
    }

    private String word(int action) {
        switch (type(action)) {
            case RequestLayout.CLOSE:
                return "close";
            case RequestLayout.DUP2:
                return "dup2";
            case RequestLayout.DUP3:
                return "dup3";
            case RequestLayout.TCSETPGRP:
                return "tcsetpgrp";
            case RequestLayout.CONTROLLING_TERMINAL:
                return "ioctl(TIOCSCTTY)";
            case RequestLayout.FCHDIR:
                return "fchdir";
            case RequestLayout.OPEN:
                return OPEN;
            case RequestLayout.CLOSE_RANGE:
                return "close_range";
            case RequestLayout.SIGMASK:
                return "sigprocmask";
            case RequestLayout.SIGDEFAULT:
                return "sigaction";
            case RequestLayout.CHDIR:
                return "chdir";
            default:
                return "fcntl";
        }
    }

    private String object(int action) {
        switch (type(action)) {
            case RequestLayout.OPEN:
            case RequestLayout.CHDIR:
                return quote(field(action, RequestLayout.ACTION_TEXT));
            case RequestLayout.DUP2:
            case RequestLayout.DUP3:
                return descriptor(action) + " to " + field(action, RequestLayout.ACTION_NEWFD);
            case RequestLayout.CLOSE_RANGE:
                int last = field(action, RequestLayout.ACTION_NEWFD);
                return descriptor(action) + " to " + (last == -1 ? "the highest" : last);
            case RequestLayout.SIGMASK:
            case RequestLayout.SIGDEFAULT:
                return "";
            default:
                return "descriptor " + descriptor(action);
        }
    }

    /** The number that the caller gave, also where the child meets it under another. */
    private int descriptor(int action) {
        int fd = field(action, RequestLayout.ACTION_FD);
        boolean isSource =
                (field(action, RequestLayout.ACTION_TYPE) & RequestLayout.FD_IS_SOURCE) != 0;
        return isSource ? request.source(fd, RequestLayout.SOURCE_FD) : fd;
    }

    private String quote(int text) {
        byte[] bytes = request.text(text);
        return "\"" + Text.printable(Text.decode(bytes, 0, bytes.length - 1)) + "\"";
    }

    /** Whether an error number says that a program, a directory or a file is not there. */
    static boolean isMissing(int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR;
    }
}
