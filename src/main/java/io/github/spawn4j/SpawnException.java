// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.jdk.JdkFailure;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.NativeHalf;
import io.github.spawn4j.strict.SpawnAction;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serial;

/**
 * A process could not be started. Nothing of it remains: no child, no descriptor.
 *
 * <p>The message has the shape of {@link ProcessBuilder#start()}'s, then names the step: {@code
 * Cannot run program "git" (in directory "/no/such"): error=2, No such file or directory (chdir
 * "/no/such": ENOENT)}; that of the cause is the part behind the program, as there. Where a file
 * cannot be executed although it is there, a look at it tells why: {@code (exec "script": ENOENT;
 * its interpreter "/usr/bin/python3\r" does not exist)}. Where a limit was met it says which:
 * {@code (pipe: EMFILE (the limit on open files is 1024))}, and of arguments that are too long both
 * figures. Immutable.
 *
 * <pre>{@code
 * try {
 *   PidfdProcess.builder("nosuch").start();
 * } catch (SpawnException e) {
 *   assert e.errno() == 2 && e.step().equals("exec");
 * }
 * }</pre>
 */
public final class SpawnException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    /** What was being done. */
    private final String step;

    /** Which of the caller's actions it was, or -1. */
    private final int actionIndex;

    /** The kernel's error number. */
    private final int errno;

    private SpawnException(
            String message, Throwable cause, String step, int actionIndex, int errno) {
        super(message, cause);
        this.step = step;
        this.actionIndex = actionIndex;
        this.errno = errno;
    }

    /** The one place where what the kernel said becomes what a user reads. */
    static SpawnException of(String program, String directory, IOException e) {
        if (e instanceof LaunchException launch) {
            return of(program, directory, launch, launch);
        }
        if (e instanceof ErrnoException call) {
            return of(program, directory, LaunchException.of(call));
        }
        throw new AssertionError("only system calls fail here", e);
    }

    /**
     * What the JDK has said. It has one exception for all steps, so that step and error number are
     * what can be told from the outside.
     *
     * @param program null where it may be one of several
     */
    static SpawnException ofJdk(String program, String directory, IOException e) {
        int errno = JdkFailure.errno(e.getMessage());
        boolean isDirectoryMissing = directory != null && !new File(directory).isDirectory();
        boolean isFile = e.getCause() instanceof FileNotFoundException;
        String step = isDirectoryMissing ? "chdir" : isFile ? Outcome.OPEN : "exec";
        if (program == null || errno == 0 || !NativeHalf.isLinux()) {
            String message = Text.printable(e.getMessage());
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new SpawnException(message, cause, step, -1, errno);
        }
        String object =
                isDirectoryMissing
                        ? directory
                        : isFile ? JdkFailure.file(e.getCause().getMessage()) : program;
        LaunchException failure =
                new LaunchException(step, -1, errno, '"' + Text.printable(object) + '"');
        failure.initCause(e);
        return of(program, directory, failure);
    }

    /** The same for the file of a redirect, with the cause that {@link ProcessBuilder} has. */
    static SpawnException ofFile(String program, String directory, LaunchException e) {
        IOException cause =
                new FileNotFoundException(e.object() + " (" + Errno.text(e.errno()) + ")");
        cause.initCause(e);
        return of(program, directory, e, cause);
    }

    private static SpawnException of(
            String program, String directory, LaunchException e, IOException cause) {
        String where =
                directory == null ? "" : " (in directory \"" + Text.printable(directory) + "\")";
        String message =
                "Cannot run program \""
                        + Text.printable(program)
                        + "\""
                        + where
                        + ": "
                        + cause.getMessage();
        return new SpawnException(message, cause, e.step(), e.index(), e.errno());
    }

    /**
     * The step that failed, in the kernel's word: {@code exec}, {@code chdir}, {@code open}, {@code
     * dup2}, {@code clone}, {@code pipe}, {@code stat} and so on. {@link SpawnStrategy#POSIX_SPAWN}
     * cannot tell and says {@code posix_spawn}.
     *
     * @return the step
     */
    public String step() {
        return step;
    }

    /**
     * The index of the {@link SpawnAction} that failed, in the order in which they were given.
     *
     * @return from 0; -1 if the step was not one of the caller's actions
     */
    public int actionIndex() {
        return actionIndex;
    }

    /**
     * The error number of the failed step, see errno(3).
     *
     * @return such as 2 for ENOENT; 0 if the request was refused without a system call
     */
    public int errno() {
        return errno;
    }
}
