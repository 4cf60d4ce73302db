// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import java.lang.annotation.Native;

/**
 * The request block: everything that a spawn needs, as one run of bytes in native order, and the
 * slot where its outcome appears.
 *
 * <p>Offsets count from the start of the block, so that the same bytes serve a child that shares
 * our memory, a forked one, and a helper in another address space. Java says what is in the block
 * ({@link Request}), C copies it there and checks every offset before it clones, the child only
 * walks.
 *
 * <pre>
 *   0         4         8         12        16        20        24        28        32
 *   +---------+---------+---------+---------+---------+---------+---------+---------+
 *   | length  | strategy| flags   | sources | sources | actions | actions | program |
 *   |         |         |         | offset  | count   | offset  | count   | offset  |
 *   +---------+---------+---------+---------+---------+---------+---------+---------+
 *   | exec    | argv    | argv    | envp    | envp    | pointers| identity| search  |
 *   | source  | offset  | count   | offset  | count   | offset  | offset  | offset  |
 *   +---------+---------+---------+---------+---------+---------+---------+---------+
 *   | outcome: pid, pidfd, step, index, errno         | attributes        | parked  |
 *   |                                                 | offset  | count   | (out)   |
 *   +---------+---------+---------+---------+---------+---------+---------+---------+
 *   | sources    16 bytes each: kind, fd, placed (out), peer (out)                  |
 *   | attributes 32 bytes each: type, first, second, data, value, other             |
 *   | actions    40 bytes each: type, index, fd, newfd, flags, mode, text, -, value |
 *   | texts      at multiples of 8: paths; argv and envp as strings one behind the  |
 *   |            other, each ended by NUL; data of attributes; the identity key     |
 *   |            that the executable must still have                                |
 *   | pointers   room for a shell, argv and envp as the kernel wants; C fills it    |
 *   +-------------------------------------------------------------------------------+
 * </pre>
 *
 * The numbers come to C through the header that javac writes for {@link Native} fields; {@code
 * request.h} asserts that its structs agree with them.
 */
public final class RequestLayout {
    // The header.
    @Native static final int LENGTH = 0;
    @Native static final int STRATEGY = 4;
    @Native static final int FLAGS = 8;
    @Native static final int SOURCES_OFFSET = 12;
    @Native static final int SOURCES_COUNT = 16;
    @Native static final int ACTIONS_OFFSET = 20;
    @Native static final int ACTIONS_COUNT = 24;
    @Native static final int PROGRAM_OFFSET = 28;
    @Native static final int EXEC_SOURCE = 32;
    @Native static final int ARGV_OFFSET = 36;
    @Native static final int ARGV_COUNT = 40;
    @Native static final int ENVP_OFFSET = 44;
    @Native static final int ENVP_COUNT = 48;
    @Native static final int POINTERS_OFFSET = 52;
    @Native static final int IDENTITY_OFFSET = 56;
    @Native static final int SEARCH_OFFSET = 60;

    // The outcome, written by C.
    @Native static final int OUTCOME_PID = 64;
    @Native static final int OUTCOME_PIDFD = 68;
    @Native static final int OUTCOME_STEP = 72;
    @Native static final int OUTCOME_INDEX = 76;
    @Native static final int OUTCOME_ERRNO = 80;

    // The rest of the header.
    @Native static final int ATTRIBUTES_OFFSET = 84;
    @Native static final int ATTRIBUTES_COUNT = 88;

    /** Of the outcome too: whether a child of a helper was waiting for the request. */
    @Native static final int OUTCOME_PARKED = 92;

    @Native static final int HEADER_SIZE = 96;

    // Strategies.
    @Native public static final int STRATEGY_FORK = 0;
    @Native public static final int STRATEGY_VFORK = 1;
    @Native public static final int STRATEGY_POSIX_SPAWN = 2;
    @Native public static final int STRATEGY_CLONE3 = 3;

    /** Copy the descriptor table even where it could be shared: the child wants all of it. */
    @Native static final int FLAG_COPY_DESCRIPTORS = 1;

    /** The child keeps the calling thread's signal mask and the JVM's ignored signals. */
    @Native static final int FLAG_KEEP_SIGNALS = 2;

    /**
     * The child's failure is no failure of the spawn, but its exit status: 127, 126 or 1, as the
     * proposal has it.
     */
    @Native static final int FLAG_FAILURE_IS_EXIT = 4;

    /** The identity is checked with all that the proposal demands of it. */
    @Native static final int FLAG_STRICT_IDENTITY = 8;

    /**
     * The child is traced by the calling thread and stops at the first instruction of its program.
     */
    @Native static final int FLAG_TRACED = 16;

    /**
     * The program is found and executed as execvp(3) does it: empty directories of the search are
     * the child's own, and a file that is no program is run by {@code /bin/sh}.
     */
    @Native static final int FLAG_EXECVP = 32;

    /**
     * Where the part of the descriptor table begins that a child does not get if its parent's is
     * shared; or higher, if many files were open when the library was loaded.
     */
    @Native public static final int SHARED_DESCRIPTORS = 64;

    // A source: a descriptor of ours that the child needs, placed where no action of the request
    // can hit it.
    @Native static final int SOURCE_KIND = 0;
    @Native static final int SOURCE_FD = 4;
    @Native static final int SOURCE_PLACED = 8;
    @Native static final int SOURCE_PEER = 12;
    @Native static final int SOURCE_SIZE = 16;

    /** An open descriptor of the JVM, {@code fd}. */
    @Native static final int SOURCE_DESCRIPTOR = 0;

    /** The read end of a new pipe; our write end, non-blocking, appears in {@code peer}. */
    @Native static final int SOURCE_PIPE_TO_CHILD = 1;

    /** The write end of a new pipe; our read end, non-blocking, appears in {@code peer}. */
    @Native static final int SOURCE_PIPE_FROM_CHILD = 2;

    /** The reserved /dev/null. */
    @Native static final int SOURCE_NULL = 3;

    // An action: one step that the child takes before exec, in the order of the array.
    @Native static final int ACTION_TYPE = 0;
    @Native static final int ACTION_INDEX = 4;
    @Native static final int ACTION_FD = 8;
    @Native static final int ACTION_NEWFD = 12;
    @Native static final int ACTION_FLAGS = 16;
    @Native static final int ACTION_MODE = 20;
    @Native static final int ACTION_TEXT = 24;
    @Native static final int ACTION_VALUE = 32;
    @Native static final int ACTION_SIZE = 40;

    // Types of actions; those of the proposal bear its numbers.
    @Native static final int CLOSE = 0;
    @Native static final int DUP2 = 1;
    @Native static final int FCHDIR = 2;
    @Native static final int OPEN = 3;
    @Native static final int CLOSE_RANGE = 4;
    @Native static final int SIGMASK = 5;
    @Native static final int SIGDEFAULT = 6;
    @Native static final int CHDIR = 7;

    /**
     * Clear close-on-exec of {@code fd}; no error if it is closed, as the child then has it closed
     * as well.
     */
    @Native static final int INHERIT = 8;

    /**
     * tcsetpgrp(3): makes the child's process group the foreground one of the terminal {@code fd}.
     */
    @Native static final int TCSETPGRP = 9;

    /** dup3(2), but that equal descriptors are only looked at, as the proposal has it. */
    @Native static final int DUP3 = 10;

    /**
     * Fails with the error number {@code flags}: for what the strict reading finds out only in the
     * child.
     */
    @Native static final int FAIL = 11;

    /**
     * ioctl(TIOCSCTTY): makes {@code fd} the controlling terminal of the session that the child
     * leads.
     */
    @Native static final int CONTROLLING_TERMINAL = 12;

    /**
     * Set in {@code type} when {@code fd} is the number of a source rather than of a descriptor.
     */
    @Native static final int FD_IS_SOURCE = 0x100;

    /** The index of an action that the caller did not write. */
    @Native public static final int NO_INDEX = -1;

    // An attribute: a property that the child gives itself. There is at most one of a type, except
    // limits, and they stand in the order of their types, in which the child takes them.
    @Native static final int ATTRIBUTE_TYPE = 0;
    @Native static final int ATTRIBUTE_FIRST = 4;

    /** Where there are data, how many bytes. */
    @Native static final int ATTRIBUTE_SECOND = 8;

    /** The offset of data; 0 for none. */
    @Native static final int ATTRIBUTE_DATA = 12;

    @Native static final int ATTRIBUTE_VALUE = 16;
    @Native static final int ATTRIBUTE_OTHER = 24;
    @Native static final int ATTRIBUTE_SIZE = 32;

    // Types of attributes that are set before the actions.

    /** setsid(2) */
    @Native public static final int SESSION = 0;

    /** setpgid(2): {@code first} is the group, 0 for one of its own. */
    @Native public static final int PROCESS_GROUP = 1;

    /**
     * CLONE_INTO_CGROUP, or the child's own write into cgroup.procs: {@code first} is a descriptor
     * of the JVM, open on the cgroup's directory, {@code second} one of its cgroup.events; not
     * positive if that is not open.
     */
    @Native static final int CGROUP = 2;

    /**
     * CLONE_NEWPID: the child is born in a pid namespace of its own; and, where that takes it, in a
     * user namespace.
     */
    @Native static final int PID_NAMESPACE = 3;

    /** CLONE_PIDFD_AUTOKILL: the kernel kills the child when its pidfd is closed. */
    @Native static final int AUTOKILL = 4;

    /** umask(2): {@code first} is the mask. Files that actions create have it too. */
    @Native static final int UMASK = 5;

    /** sched_setscheduler(2): {@code first} is the policy, {@code second} the priority. */
    @Native public static final int SCHEDULER = 6;

    /** sched_setparam(2): {@code first} is the priority. */
    @Native public static final int SCHED_PRIORITY = 7;

    /** setpriority(2): {@code first} is the niceness. */
    @Native static final int NICE = 8;

    /** ioprio_set(2): {@code first} is class and level. */
    @Native static final int IO_PRIORITY = 9;

    /** sched_setaffinity(2): data are the set of CPUs. */
    @Native static final int CPU_AFFINITY = 10;

    /** set_mempolicy(2): {@code first} is the mode, data are the set of nodes. */
    @Native static final int MEMORY_POLICY = 11;

    /** /proc/self/oom_score_adj: data are what is written. */
    @Native static final int OOM_SCORE_ADJ = 12;

    /** PR_SET_TIMERSLACK: {@code value} is nanoseconds. */
    @Native static final int TIMER_SLACK = 13;

    /** personality(2): {@code first} are flags that are added. */
    @Native static final int PERSONALITY = 14;

    /** setresuid(2) and setresgid(2): effective ids become the real ones. */
    @Native static final int RESET_IDS = 15;

    /**
     * PR_SET_PDEATHSIG: {@code first} is the signal. After ids, whose change would undo it
     * (commit_creds() in the kernel).
     */
    @Native static final int PARENT_DEATH = 16;

    /** The first type that is set after the actions, which so are taken with the JVM's rights. */
    @Native static final int FIRST_LATE = 32;

    /**
     * A user namespace: data are its map of users and that of groups, as /proc takes them, each
     * ended by NUL; an empty one keeps the child's own id. Before the other namespaces, which then
     * belong to it.
     */
    @Native static final int USER_NAMESPACE = 32;

    /**
     * unshare(2): {@code first} is CLONE_NEW flags. Late: streams and directory are the JVM's.
     * Before ids, as it may take a privilege.
     */
    @Native static final int NAMESPACES = 33;

    /** Everything is mounted read-only, except the directories in data, each ended by NUL. */
    @Native static final int READ_ONLY = 34;

    /** chroot(2): data are the path. */
    @Native public static final int CHROOT = 35;

    /** An empty tmpfs on /tmp, which is that of the new root. */
    @Native static final int PRIVATE_TMP = 36;

    /** PR_SET_NO_NEW_PRIVS. Before what nobody unprivileged may do without it. */
    @Native static final int NO_NEW_PRIVILEGES = 37;

    /**
     * landlock_restrict_self(2): data are rules, a letter and a path ended by NUL each; {@code
     * first} is 0 or {@link #SIGNALS_WITHIN}.
     */
    @Native static final int PATHS = 38;

    /** Where Landlock can, it also keeps the child from signalling others than its own. */
    @Native static final int SIGNALS_WITHIN = 1;

    /**
     * prlimit(2): {@code first} is the resource, {@code value} its soft limit, {@code other} its
     * hard one, unless {@code second} is {@link #KEEP_HARD} or {@link #PUT_BACK}. After all that
     * opens files, which may need numbers above the limit. Before ids, as to raise one takes a
     * privilege.
     */
    @Native static final int LIMIT = 39;

    /** The hard limit stays what it is, and the soft one is not above it. */
    @Native static final int KEEP_HARD = 1;

    /** The same for a limit that nobody has asked for: if it cannot be set, it stays as it is. */
    @Native static final int PUT_BACK = 2;

    /** PR_CAPBSET_DROP of all but {@code value}. Before ids, as it takes a privilege. */
    @Native public static final int BOUNDING_SET = 40;

    /**
     * setgroups(2): {@code first} is their number, data are their ids. Before the other ids:
     * without privileges they cannot be changed.
     */
    @Native static final int GROUPS = 41;

    /** setresgid(2), to {@code first}. */
    @Native static final int GROUP = 42;

    /** setresuid(2), to {@code first}. */
    @Native static final int USER = 43;

    /** capset(2) and PR_CAP_AMBIENT_LOWER of all but {@code value}. */
    @Native static final int CAPABILITIES = 44;

    /** seccomp(2): data are a program. Last: it may forbid what the others need. */
    @Native static final int CALLS = 45;

    // Letters of rules.
    @Native static final int PATH_READ = 'r';
    @Native static final int PATH_WRITE = 'w';

    /** As WRITE, but that it need not be there. */
    @Native static final int PATH_DEVICE = 'd';

    // Steps at which a spawn can fail; 0 says that it has not.
    @Native static final int STEP_NONE = 0;
    @Native static final int STEP_REQUEST = 1;
    @Native static final int STEP_IDENTITY = 2;
    @Native static final int STEP_PIPE = 3;
    @Native static final int STEP_DESCRIPTOR = 4;
    @Native static final int STEP_CLONE = 5;
    @Native static final int STEP_UNSHARE = 6;
    @Native static final int STEP_SIGNALS = 7;
    @Native static final int STEP_ACTION = 8;
    @Native static final int STEP_EXEC = 9;
    @Native static final int STEP_POSIX_SPAWN = 10;
    @Native static final int STEP_PIDFD = 11;
    @Native static final int STEP_ATTRIBUTE = 12;
    @Native static final int STEP_TRACE = 13;
    @Native static final int STEP_CGROUP = 14;

    /** There could be no child to ask what the kernel allows. */
    @Native static final int STEP_PROBE = 15;

    /** Something indispensable is missing: {@code index} is the number of its bit in Kernel. */
    @Native static final int STEP_CAPABILITY = 16;

    /** The child could not be born in its cgroup, and not move there either. */
    @Native static final int STEP_CGROUP_MOVE = 20;

    /** The cgroup is frozen, so that its child would not run. */
    @Native static final int STEP_CGROUP_FROZEN = 21;

    /** The size of an identity key; only C looks inside, see {@code identity.h}. */
    @Native public static final int IDENTITY_SIZE = 64;

    private RequestLayout() {}
}
