// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.launch.Text;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A {@linkplain EmptyProcess#run run} has failed after its process was started: the process has
 * ended, or was ended. The message names the program, the failure, and the end of standard error,
 * with control characters escaped. It gives the number of arguments but not their text, which may
 * contain a password; {@link CommandResult.Stage#command} has them.
 *
 * <pre>{@code
 * try {
 *   git.prepare().args("push").run(RunOptions.timeout(ofMinutes(1)));
 * } catch (CommandException e) {
 *   log.warn("{} after {}: {}", e.reason(), e.result().duration(), e.stderrTail());
 * }
 * }</pre>
 */
public final class CommandException extends IOException {
    @Serial private static final long serialVersionUID = 1L;

    private static final int TAIL_LINES = 20;
    private static final int TAIL_BYTES = 4096;

    /**
     * What was wrong.
     *
     * <pre>{@code
     * boolean worthAnotherTry = e.reason() == CommandException.Reason.TIMEOUT;
     * }</pre>
     */
    public enum Reason {
        /** An exit that was not {@linkplain RunOptions#expectExit expected}. */
        EXIT("ended with "),

        /** It took longer than {@link RunOptions#timeout}. */
        TIMEOUT("took longer than "),

        /** More output than {@link Capture#failBeyond} allows. */
        OUTPUT("wrote more than "),

        /**
         * A {@link Capture}'s listener, or what it copies {@linkplain Capture#to to}, threw the
         * cause.
         */
        LISTENER("was torn down, as a listener has thrown "),

        /**
         * The stream that was to be the {@linkplain RunOptions#stdin input} has thrown the cause.
         */
        INPUT("was torn down, as its input has thrown "),

        /** Its output could not be read, for the cause. */
        READ("was torn down, as its output could not be read: "),

        /**
         * A process is left although {@link RunOptions#leaveNobody} or a {@link Sandbox} forbids
         * it. Before Linux 6.9, without a cgroup, that is each process of a group whose leader has
         * ended.
         */
        SURVIVOR("has left processes that could not be ended: ");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    /** What was wrong. */
    private final Reason reason;

    /** Lost when it is serialized. */
    private final transient CommandResult result;

    CommandException(Reason reason, String detail, CommandResult result, Throwable cause) {
        super(message(reason, detail, result), cause);
        this.reason = reason;
        this.result = result;
    }

    private static String message(Reason reason, String detail, CommandResult result) {
        CommandResult.Stage stage = result.stage();
        String where =
                result.stages().size() == 1 ? "" : " (stage " + stage.index() + " of the pipeline)";
        String tail = tail(result);
        return EmptyProcess.describe(stage.command())
                + where
                + " "
                + reason.words
                + Text.printable(String.valueOf(detail)) // which may quote what the process wrote
                + (tail.isEmpty()
                        ? ""
                        : "; " + outputName(stage) + ":\n" + Text.printableLines(tail));
    }

    private static String outputName(CommandResult.Stage stage) {
        return stage.stderr() == CapturedOutput.NONE ? "its output" : "its standard error";
    }

    /** Of standard error, or where it does not lead here, as it was merged, of standard output. */
    private static String tail(CommandResult result) {
        CapturedOutput stderr = result.stderr();
        CapturedOutput output = stderr == CapturedOutput.NONE ? result.stdout() : stderr;
        return output.tail(TAIL_LINES, TAIL_BYTES);
    }

    /**
     * What was wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }

    /**
     * The result, as far as there was one when the run ended: exit, and output so far.
     *
     * @return the result; null after deserialization
     */
    public @Nullable CommandResult result() {
        return result;
    }

    /**
     * The end of what was kept of standard error, or of standard output if standard error was
     * merged into it: 20 lines at most, and 4 KiB.
     *
     * @return the text, without the last line's end; empty if there is none
     */
    public String stderrTail() {
        return result == null ? "" : tail(result);
    }
}
