// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.internal.os.WarmSpawn;
import io.github.spawn4j.internal.warm.WarmProgram;

/**
 * Why a process of a warm template was started cold, that is, in the usual way. Immutable.
 *
 * <pre>{@code
 * Long refused = template.statistics().coldStarts().get(ColdReason.STATIC_PROGRAM);
 * }</pre>
 *
 * @see Warm
 */
public enum ColdReason {
    // The program.

    /** It may be executed, but not read. */
    UNREADABLE_PROGRAM(WarmSpawn.NO_FILE),

    /** It gives ids or capabilities to a process that executes it. */
    PRIVILEGED_PROGRAM(WarmSpawn.SETUID),

    /** It is neither a program for this machine nor a script. */
    FOREIGN_PROGRAM(WarmSpawn.NOT_ELF),

    /** It is linked statically, so nothing would be gained. */
    STATIC_PROGRAM(WarmSpawn.STATIC),

    /** Its dynamic linker is not that of glibc. */
    UNKNOWN_LINKER(WarmSpawn.UNKNOWN_LINKER),

    /**
     * Its dynamic linker was tried with a program of the library, and that program did not start
     * warm as it does cold.
     */
    DIFFERING_LINKER(WarmSpawn.LINKER_DIFFERS),

    /** It is a script of env(1), which executes something else at once. */
    ENV_SCRIPT(WarmSpawn.ENV),

    /** Its dynamic linker does more than link: it prints something, or is audited. */
    BUSY_LINKER(WarmSpawn.LINKER_ACTS),

    /**
     * It ended, or stopped elsewhere, before it was linked: because a library is missing, for
     * example.
     */
    NOT_LINKED(WarmSpawn.NEVER_LINKED),

    // The system.

    /** This processor is not supported. */
    UNKNOWN_PROCESSOR(WarmSpawn.NO_ARCHITECTURE),

    /** A system call that is needed is missing, or a filter forbids it. */
    MISSING_SYSTEM_CALL(WarmSpawn.NO_KERNEL),

    /** ptrace(2), by which a helper is made, is forbidden. */
    PTRACE_FORBIDDEN(WarmSpawn.NO_TRACING),

    /** There is no /proc, or none of the JVM's pid namespace. */
    NO_PROC(WarmSpawn.NO_PROC),

    /** The program could not be executed for a helper. */
    NOT_EXECUTED(WarmSpawn.NO_SPAWN),

    /** The JVM ignores SIGCHLD, so that no child can be waited for. */
    SIGCHLD_IGNORED(WarmSpawn.SIGCHLD_IGNORED),

    /** Memory or descriptors are short. */
    NO_RESOURCES(WarmSpawn.NO_MEMORY),

    /** The program took too long to be linked. */
    SLOW_LINKING(WarmSpawn.TIMEOUT),

    // The request.

    /**
     * It asks for what only a cold start can do: another {@link SpawnStrategy}, inherited signals
     * or descriptors, a cgroup that no child can be cloned into, or an attribute in which exec
     * takes part, such as a death signal; {@code docs/attributes.md} lists these.
     */
    OTHER_REQUEST(WarmSpawn.OTHER_REQUEST),

    /** The file is not the one that the template was made from. */
    OTHER_PROGRAM(WarmSpawn.OTHER_PROGRAM),

    /**
     * Variables that the dynamic linker reads, {@code LD_*} for example, are not those of the
     * template.
     */
    OTHER_LINKER_VARIABLES(WarmSpawn.OTHER_ENVIRONMENT),

    /** Arguments and environment take more than 128 KiB, or there are too many descriptors. */
    LARGE_REQUEST(WarmSpawn.TOO_BIG),

    // What has changed since the helper was made.

    /** The program or one of its libraries has changed; the helper is replaced. */
    CHANGED_FILES(WarmSpawn.STALE),

    /**
     * The calling thread has other ids, groups, capabilities or filters than the one that made the
     * helper, or is in another network namespace.
     */
    OTHER_AUTHORITY(WarmSpawn.OTHER_AUTHORITY),

    /** The calling thread could not trace the helper, or has another directory or root. */
    NO_ACCESS(WarmSpawn.NO_ACCESS),

    /**
     * The calling thread has another niceness, policy, set of processors, policy for memory or
     * timer slack.
     */
    OTHER_SCHEDULING(WarmSpawn.OTHER_SCHEDULE),

    /** The JVM is in another session, process group or cgroup than it was. */
    OTHER_GROUP(WarmSpawn.OTHER_GROUP),

    /** The JVM has another limit that no child can take over: that of the stack, for example. */
    OTHER_LIMITS(WarmSpawn.OTHER_LIMITS),

    // The helper.

    /** The helper has as many starts under way as it can have. */
    BUSY(WarmSpawn.BUSY),

    /** The helper did not start the process within the {@linkplain Warm#deadline deadline}. */
    LATE(WarmSpawn.LATE),

    /** The helper, or one of its waiting children, has been killed. */
    LOST_HELPER(WarmSpawn.BROKEN),

    /** There is no helper yet, or no longer: it is being made, or has been idle. */
    NO_HELPER(WarmProgram.NOT_READY);

    private static final ColdReason[] ALL = values();

    private final int code;

    ColdReason(int code) {
        this.code = code;
    }

    /** The reason with a number of the native half. */
    static ColdReason of(int code) {
        for (ColdReason reason : ALL) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new IllegalArgumentException("reason " + code);
    }

    /** Its number there. */
    int code() {
        return code;
    }
}
