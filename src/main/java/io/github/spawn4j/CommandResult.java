// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.ProcessTree;
import io.github.spawn4j.warm.StartKind;
import io.github.spawn4j.warm.Warm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of a {@linkplain EmptyProcess#run run}. Immutable.
 *
 * <pre>{@code
 * CommandResult result = PidfdProcess.builder("git", "rev-parse", "HEAD").directory(repo).run(RunOptions.timeout(ofSeconds(5)));
 * if (result.isSuccess()) {
 *   String head = result.stdout().text().strip();
 * }
 * }</pre>
 *
 * <p>Of a {@link Pipeline}, exit, usage and standard error are those of the stage that {@linkplain
 * #stage() counts}: the first one that has failed, or else the last one.
 */
public final class CommandResult {
    /**
     * One process of a run. Immutable.
     *
     * <pre>{@code
     * result.stages().forEach(stage -> log.info("{}: {}", stage.command().get(0), stage.exitStatus()));
     * }</pre>
     *
     * @param index its place in the pipeline, from 0
     * @param command program and arguments, which may contain a password and are not part of {@code
     *     toString}
     * @param pid its pid, which may be another process' by now
     * @param exitStatus how it ended; {@link ExitStatus.Unknown} also if it survived its teardown
     * @param resourceUsage what it used
     * @param stderr what was kept of its standard error, or of all stages' if they share one
     * @param startedAs whether it was started {@linkplain Warm warm}
     * @param enforcement the mechanism that enforced each limit of its {@linkplain Sandbox
     *     sandbox}; empty without one
     * @param reach which processes a teardown ends and {@link RunOptions#leaveNobody} does not
     *     leave behind: those of its cgroup, or those of its process group (a daemon leaves the
     *     group and lives on unnoticed); empty if it is the process alone
     */
    public record Stage(
            int index,
            List<String> command,
            long pid,
            ExitStatus exitStatus,
            ResourceUsage resourceUsage,
            CapturedOutput stderr,
            StartKind startedAs,
            Map<Sandbox.Limit, Sandbox.Mechanism> enforcement,
            Optional<ProcessTree.Reach> reach) {
        /** Program, number of arguments, and exit. */
        @Override
        public String toString() {
            return EmptyProcess.describe(command) + ": " + exitStatus;
        }
    }

    private final List<Stage> stages;
    private final Stage stage;
    private final CapturedOutput stdout;
    private final Duration duration;

    CommandResult(List<Stage> stages, Stage stage, CapturedOutput stdout, Duration duration) {
        this.stages = stages;
        this.stage = stage;
        this.stdout = stdout;
        this.duration = duration;
    }

    /**
     * All processes of the run.
     *
     * @return in the order of the pipeline; one where there was none
     */
    public List<Stage> stages() {
        return stages;
    }

    /**
     * The process that counts: of a pipeline the one that failed first, else the last one. A stage
     * that ended by SIGPIPE has not failed if another stage reads from it, which simply has read
     * enough; nor has a stage whose exit was {@linkplain RunOptions#expectExit expected}. If the
     * run was torn down, it is the stage that caused that; after a timeout, the first stage that
     * was still running.
     *
     * @return the stage
     */
    public Stage stage() {
        return stage;
    }

    /**
     * How the process that counts has ended.
     *
     * @return the status
     */
    public ExitStatus exitStatus() {
        return stage.exitStatus();
    }

    /**
     * The exit code of the process that counts, or 128 + n after signal n.
     *
     * @return 0 to 255; -1 if it is not known
     */
    public int exitValue() {
        return exitStatus().exitValue();
    }

    /**
     * Whether the process that counts has ended with code 0.
     *
     * @return true if no stage has failed
     */
    public boolean isSuccess() {
        return exitStatus().isSuccess();
    }

    /**
     * What was kept of standard output, in a pipeline the last stage's.
     *
     * @return the output
     */
    public CapturedOutput stdout() {
        return stdout;
    }

    /**
     * What was kept of standard error of the process that counts.
     *
     * @return the output; empty if it was merged into standard output
     */
    public CapturedOutput stderr() {
        return stage.stderr();
    }

    /**
     * What the process that counts, and those of its children that it waited for, have used.
     *
     * @return the usage
     */
    public ResourceUsage resourceUsage() {
        return stage.resourceUsage();
    }

    /**
     * How the process that counts was started: warm if it is of a template that is kept {@linkplain
     * Warm warm} and could be.
     *
     * @return the way
     */
    public StartKind startedAs() {
        return stage.startedAs();
    }

    /**
     * From the start to the last exit and the last byte.
     *
     * @return the time
     */
    public Duration duration() {
        return duration;
    }

    /** Program, number of arguments, and exit of the process that counts. */
    @Override
    public String toString() {
        return stage.toString();
    }
}
