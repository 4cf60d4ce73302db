package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.CommandException.Reason;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.TestCgroup;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs that mean no good: each ends as was asked, with the reason, and nobody is left. */
@Timeout(60)
class HostileProgramsTest {
    private static final Duration TIMEOUT = ofMillis(500);

    /** Longer than any of them may take, on a machine that has much else to do. */
    private static final Duration IN_TIME = ofSeconds(20);

    private static final Teardown QUICK =
            Teardown.first(Signal.TERM, ofMillis(50)).then(Signal.KILL, ofSeconds(10));

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script).teardown(QUICK);
    }

    private static CommandException failure(EmptyProcess process, RunOptions options) {
        CommandException e =
                catchThrowableOfType(CommandException.class, () -> process.run(options));
        assertThat(e).isNotNull();
        assertThat(e.result().duration()).isLessThan(IN_TIME);
        return e;
    }

    /** Each process starts two more, and none ends by itself. */
    @Test
    void aForkBombEndsAtItsTimeout() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("pids").pidsMax(40)) {
            CommandException e =
                    failure(
                            sh("bomb() { bomb & bomb & wait; }; bomb; sleep 600 & wait")
                                    .cgroup(cgroup)
                                    .stderr(Redirect.DISCARD),
                            RunOptions.timeout(TIMEOUT).leaveNobody());

            assertThat(e.reason()).isIn(Reason.TIMEOUT, Reason.EXIT);
            assertThat(cgroup.events().refusedForks().orElseThrow()).isPositive();
            assertThat(cgroup.members()).isEmpty();
        }
    }

    @Test
    void aMemoryHogEndsAtItsLimit() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory").memoryMax(64 << 20)) {
            TestCgroup.withoutSwap(cgroup);
            CommandException e =
                    failure(
                            PidfdProcess.builder("tail", "/dev/zero").cgroup(cgroup),
                            RunOptions.timeout(IN_TIME).leaveNobody().expectExit(0));

            assertThat(e.reason()).isEqualTo(Reason.EXIT);
            assertThat(e.result().exitStatus()).isEqualTo(new ExitStatus.OutOfMemory());
            assertThat(cgroup.members()).isEmpty();
        }
    }

    /** Twice forked, in a session of its own, deaf, while its parent is long gone. */
    @Test
    void aDaemonThatIgnoresSignalsEndsWithItsRun() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            CommandResult result =
                    sh("(setsid sh -c 'trap \"\" TERM HUP INT QUIT; echo $$; while :; do sleep 1; done'"
                                    + " &) | head -n1")
                            .cgroup(cgroup)
                            .run(RunOptions.timeout(IN_TIME).leaveNobody().expectExit(0));

            long daemon = Long.parseLong(result.stdout().text().strip());
            assertThat(ProcStatus.runs(daemon)).isFalse();
            assertThat(cgroup.members()).isEmpty();
        }
    }

    @Test
    void outputWithoutEndIsBounded() throws Exception {
        RunOptions options =
                RunOptions.timeout(IN_TIME).stdout(Capture.failBeyond(1 << 20)).leaveNobody();

        CommandException e = failure(PidfdProcess.builder("yes").teardown(QUICK), options);

        assertThat(e.reason()).isEqualTo(Reason.OUTPUT);
        assertThat(e.result().stdout().bytes()).hasSize(1 << 20);
        assertThat(ProcStatus.runs(e.result().stage().pid())).isFalse();
    }

    @Test
    void aBusyLoopEndsAtItsTimeout() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            CommandException e =
                    failure(
                            sh("trap '' TERM; while :; do :; done").cgroup(cgroup),
                            RunOptions.timeout(TIMEOUT).leaveNobody());

            assertThat(e.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(e.result().exitStatus())
                    .isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
            assertThat(cgroup.usage().cpuTime()).isPositive();
        }
    }
}
