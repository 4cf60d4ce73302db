// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.Cgroup;

/**
 * How a process ended: by itself with a code, by a signal, because memory ran out, or in a way that
 * can no longer be known.
 *
 * <p>{@link Process#exitValue()} folds these into one number, so that {@code exit 137} looks like
 * SIGKILL; this type keeps them apart, as waitid(2) does. Immutable.
 *
 * <pre>{@code
 * ExitStatus status = process.exitStatus();
 * if (status instanceof ExitStatus.OutOfMemory) {
 *   log.warn("it took more memory than its cgroup may have");
 * }
 * }</pre>
 */
public sealed interface ExitStatus {
    /**
     * The number that {@link Process#exitValue()} gives: the code, or 128 + n after signal n.
     *
     * @return 0 to 255; -1 for {@link Unknown}
     */
    int exitValue();

    /**
     * Whether the process ended by itself with code 0.
     *
     * @return true for {@code Exited(0)} only
     */
    default boolean isSuccess() {
        return this instanceof Exited exited && exited.code() == 0;
    }

    /**
     * The process called exit. If {@linkplain SpawnStrategy#JDK the JDK} has started the process,
     * this also stands for an end by signal n, unless the library itself sent SIGKILL; the code is
     * then 128 + n.
     *
     * @param code the exit code, 0 to 255; on Windows any number
     */
    record Exited(int code) implements ExitStatus {
        @Override
        public int exitValue() {
            return code;
        }
    }

    /**
     * A signal ended the process.
     *
     * @param signal the signal
     * @param coreDumped whether the kernel wrote a core dump
     */
    record Killed(Signal signal, boolean coreDumped) implements ExitStatus {
        private static final int SHELL_OFFSET = 128;

        @Override
        public int exitValue() {
            return SHELL_OFFSET + signal.number();
        }
    }

    /**
     * The kernel killed the process, with SIGKILL, while its {@link Cgroup} or the whole machine
     * was out of memory: it died of that signal, and the cgroup's count of such deaths had grown
     * since it was started. Only for a process that was started in a {@link Cgroup} with the memory
     * controller. The kernel does not say whose death it has counted. So if it has killed another
     * process of the same cgroup, such as a child of the process, a SIGKILL by anybody else, even
     * by a teardown, is taken for the kernel's.
     */
    record OutOfMemory() implements ExitStatus {
        @Override
        public int exitValue() {
            return Killed.SHELL_OFFSET + Signal.KILL.number();
        }
    }

    /**
     * The process has ended, but other code in this JVM collected its status first (with {@code
     * waitpid(-1)}, or by ignoring SIGCHLD), and the kernel is older than 6.15; newer ones still
     * tell it by the pidfd.
     */
    record Unknown() implements ExitStatus {
        @Override
        public int exitValue() {
            return -1;
        }
    }
}
