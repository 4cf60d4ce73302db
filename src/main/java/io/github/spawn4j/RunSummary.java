// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.ProcessTree;
import io.github.spawn4j.internal.os.Exit;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.streams.Outlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sums up a run that is over.
 *
 * @param order the stages in the order in which they have ended
 * @param stdout null if standard output of the last stage does not lead here
 * @param sharedStderr null if each stage has its own
 * @param startNs when the run began, in {@link System#nanoTime}'s time
 */
record RunSummary(
        RunOptions options,
        List<Run.Stage> stages,
        List<Integer> order,
        Outlet stdout,
        Outlet sharedStderr,
        long startNs) {

    /**
     * What has come of the run.
     *
     * @param known what went wrong on the way, or null
     * @param survival tells who has survived the teardown, or null
     */
    RunEnding ending(RunFailure known, Throwable survival) {
        CommandResult result = result(known);
        if (known == null && !options.expects(result.exitStatus())) {
            int stage = result.stage().index();
            String exit = describe(result.exitStatus());
            return new RunEnding(
                    result,
                    new RunFailure(CommandException.Reason.EXIT, stage, exit, null),
                    survival);
        }
        if (known == null && survival != null) {
            int stage = result.stage().index();
            String detail = survival.getMessage();
            return new RunEnding(
                    result,
                    new RunFailure(CommandException.Reason.SURVIVOR, stage, detail, survival),
                    null);
        }
        return new RunEnding(result, known, survival);
    }

    private CommandResult result(RunFailure known) {
        CapturedOutput shared = sharedStderr == null ? null : CapturedOutput.of(sharedStderr);
        List<CommandResult.Stage> results = new ArrayList<>(stages.size());
        for (int i = 0; i < stages.size(); i++) {
            results.add(result(i, shared));
        }
        return new CommandResult(
                List.copyOf(results),
                results.get(known == null ? firstFailed(results) : known.stage()),
                CapturedOutput.of(stdout),
                Duration.ofNanos(System.nanoTime() - startNs));
    }

    private int firstFailed(List<CommandResult.Stage> results) {
        int last = results.size() - 1;
        for (int stage : order) {
            if (hasFailed(results.get(stage), stage == last)) {
                return stage;
            }
        }
        return last;
    }

    private CommandResult.Stage result(int index, CapturedOutput shared) {
        Run.Stage stage = stages.get(index);
        Exit exit = stage.child().exit();
        if (exit == null) {
            exit = Exit.unknown(); // it has survived
        }
        return new CommandResult.Stage(
                index,
                stage.process().command(),
                stage.child().pid(),
                PidfdProcess.status(exit, stage.memory()),
                ResourceUsage.of(exit, stage.startKind() != Launched.COLD),
                shared == null ? CapturedOutput.of(stage.stderr()) : shared,
                PidfdProcess.startKind(stage.startKind()),
                stage.enclosure() == null ? Map.of() : stage.enclosure().mechanisms(),
                Optional.ofNullable(reach(stage)));
    }

    /** Null where it is the process alone, though it may have been started in a cgroup. */
    private static ProcessTree.Reach reach(Run.Stage stage) {
        Teardown teardown = stage.process().teardownOrDefault();
        if (teardown.needsCgroup()) {
            return ProcessTree.Reach.CGROUP;
        }
        return teardown.needsGroup() ? ProcessTree.Reach.GROUP : null;
    }

    private boolean hasFailed(CommandResult.Stage stage, boolean isLast) {
        ExitStatus status = stage.exitStatus();
        boolean hadNoReader =
                status instanceof ExitStatus.Killed killed && killed.signal().equals(Signal.PIPE);
        return !status.isSuccess() && !options.isExpected(status) && (isLast || !hadNoReader);
    }

    private static String describe(ExitStatus status) {
        if (status instanceof ExitStatus.Exited exited) {
            return "exit code " + exited.code();
        }
        if (status instanceof ExitStatus.Killed killed) {
            return killed.signal() + (killed.coreDumped() ? " (core dumped)" : "");
        }
        return status instanceof ExitStatus.OutOfMemory
                ? "SIGKILL, as its cgroup was out of memory"
                : "an exit that nobody knows";
    }
}
