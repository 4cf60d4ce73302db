// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import static java.time.Duration.ZERO;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.testing.Descendants;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.TestCgroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process with all who belong to it, and runs that leave nobody behind. */
@Timeout(60)
class ProcessTreeTest {
    @RegisterExtension final Descendants descendants = new Descendants();

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    /** A place for a tree: a group, or a cgroup if there can be one. */
    private static final class Place implements AutoCloseable {
        private final Cgroup cgroup;

        Place(ProcessTree.Reach reach) throws IOException {
            cgroup = reach == ProcessTree.Reach.GROUP ? null : TestCgroup.own();
        }

        EmptyProcess put(EmptyProcess process) {
            return cgroup == null
                    ? process.teardown(Teardown.DEFAULT.ofGroup())
                    : process.cgroup(cgroup);
        }

        @Override
        public void close() throws IOException {
            if (cgroup != null) {
                cgroup.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ProcessTree.Reach.class)
    void hasAllWhoBelongToIt(ProcessTree.Reach reach) throws Exception {
        try (Place place = new Place(reach)) {
            PidfdProcess process =
                    place.put(sh("sleep 600 & echo $!; sleep 600 & echo $!; wait")).start();
            BufferedReader output = process.inputReader();
            long first = descendants.pidFrom(output);
            long second = descendants.pidFrom(output);

            ProcessTree tree = process.tree();

            assertThat(tree.reach()).isEqualTo(reach);
            assertThat(tree.process()).isSameAs(process);
            assertThat(tree.members()).containsExactlyInAnyOrder(process.pid(), first, second);
            assertThat(tree.usage().processes()).isEqualTo(3);
            assertThat(tree.awaitGone(ZERO)).isFalse();
            assertThat(tree.awaitGone(ofMillis(20))).isFalse();

            tree.signal(Signal.TERM);

            assertThat(tree.awaitGone(ofSeconds(30))).isTrue();
            assertThat(tree.members()).isEmpty();
            assertThat(tree.usage().processes()).isZero();
            assertThat(process.waitFor()).isEqualTo(128 + 15);
        }
    }

    @ParameterizedTest
    @EnumSource(ProcessTree.Reach.class)
    void outlivesTheProcess(ProcessTree.Reach reach) throws Exception {
        assumeTrue(
                reach == ProcessTree.Reach.CGROUP || Kernel.has(Kernel.PIDFD_GROUP_SIGNAL),
                "a group is reached after its leader from Linux 6.9 on");
        try (Place place = new Place(reach)) {
            PidfdProcess process = place.put(sh("sleep 600 & echo $!")).start();
            long left = descendants.pidFrom(process.inputReader());
            process.waitFor();

            ProcessTree tree = process.tree();
            assertThat(tree.members()).containsExactly(left);
            tree.signal(Signal.KILL);

            tree.onGone().get(30, TimeUnit.SECONDS);
            assertThat(tree.members()).isEmpty();
        }
    }

    @Test
    void addsUpWhatAGroupUses() throws Exception {
        PidfdProcess process =
                sh("\"$0\" --touch 20 --burn 60 --say \"x\n\" --pause &"
                                + " \"$0\" --touch 20 --say \"x\n\" --pause & wait")
                        .args(Probe.PROGRAM)
                        .teardown(Teardown.first(Signal.KILL, ofSeconds(10)).ofGroup())
                        .start();
        BufferedReader output = process.inputReader();
        output.readLine();
        output.readLine();

        TreeUsage usage = process.tree().usage();

        assertThat(usage.processes()).isEqualTo(3);
        assertThat(usage.memoryBytes().orElseThrow()).isBetween(40L << 20, 60L << 20);
        assertThat(usage.cpuTime()).isBetween(ofMillis(50), ofSeconds(20));
        process.close();
    }

    @Test
    void needsAGroupOrACgroup() throws Exception {
        PidfdProcess process = sh("exit").inheritIO().start();

        assertThatIllegalStateException()
                .isThrownBy(process::tree)
                .withMessageContaining("no cgroup, nor a teardown of its group");
    }

    // Nobody is left

    @ParameterizedTest
    @EnumSource(ProcessTree.Reach.class)
    void aRunThatSucceedsLeavesNobody(ProcessTree.Reach reach) throws Exception {
        assumeTrue(
                reach == ProcessTree.Reach.CGROUP || Kernel.has(Kernel.PIDFD_GROUP_SIGNAL),
                "a group is reached after its leader from Linux 6.9 on");
        try (Place place = new Place(reach)) {
            CommandResult result =
                    place.put(sh("sleep 600 >/dev/null 2>&1 & echo $!"))
                            .run(RunOptions.timeout(ofSeconds(30)).leaveNobody().expectExit(0));

            assertThat(ProcStatus.runs(Long.parseLong(result.stdout().text().strip()))).isFalse();
            assertThat(result.stage().reach()).contains(reach);
        }
    }

    /** Without being asked for it. */
    @Test
    void aRunWithoutATeardownGetsAGroupToLeaveNobodyOf() throws Exception {
        assumeTrue(
                Kernel.has(Kernel.PIDFD_GROUP_SIGNAL),
                "a group is reached after its leader from Linux 6.9 on");
        CommandResult result =
                sh("sleep 600 & echo $!; exit 3")
                        .run(RunOptions.timeout(ofSeconds(30)).leaveNobody().anyExit());

        assertThat(result.exitValue()).isEqualTo(3);
        assertThat(result.stdout().isCut()).isTrue();
        assertThat(ProcStatus.runs(Long.parseLong(result.stdout().text().strip()))).isFalse();
    }

    @Test
    void aRunThatIsToLeaveNobodyOfACgroupDoesNotMakeDoWithAGroup() {
        EmptyProcess process = sh("exit").teardown(Teardown.DEFAULT.ofCgroup());

        assertThatIllegalStateException()
                .isThrownBy(() -> process.run(RunOptions.timeout(ofSeconds(30)).leaveNobody()))
                .withMessageContaining("no cgroup to start in");
    }

    @Test
    void aRunThatMayLeavesOthersBehind() throws Exception {
        CommandResult result =
                sh("sleep 600 >/dev/null 2>&1 & echo $!")
                        .teardown(Teardown.DEFAULT.ofGroup())
                        .run(RunOptions.timeout(ofSeconds(30)));
        long left = descendants.add(result.stdout().text());

        assertThat(ProcStatus.runs(left)).isTrue();
    }

    /** It has left the group, but nobody leaves a cgroup. */
    @Test
    void aDaemonDoesNotSurviveARunInACgroup() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            CommandResult result =
                    sh("(setsid sh -c 'trap \"\" TERM HUP; setsid sleep 600 & echo $!; wait'"
                                    + " 2>/dev/null &) | head -n1")
                            .teardown(
                                    Teardown.first(Signal.TERM, ofMillis(50))
                                            .then(Signal.KILL, ofSeconds(10)))
                            .cgroup(cgroup)
                            .run(RunOptions.timeout(ofSeconds(30)).leaveNobody().expectExit(0));

            assertThat(cgroup.members()).isEmpty();
            assertThat(ProcStatus.runs(Long.parseLong(result.stdout().text().strip()))).isFalse();
        }
    }

    /** Nothing tells of it; but the result tells that it may be so. */
    @Test
    void aDaemonSurvivesARunWithoutACgroup() throws Exception {
        CommandResult result =
                sh("(setsid sh -c 'echo $$; exec sleep 600 >/dev/null 2>&1' &) | head -n1")
                        .run(RunOptions.timeout(ofSeconds(30)).leaveNobody());
        long daemon = descendants.add(result.stdout().text());

        assertThat(ProcStatus.runs(daemon)).isTrue();
        assertThat(result.stage().reach()).contains(ProcessTree.Reach.GROUP);
        assertThat(sh("exit").run(RunOptions.timeout(ofSeconds(30))).stage().reach()).isEmpty();
    }

    @Test
    void aResultTellsWhomItsTeardownReaches() throws Exception {
        RunOptions options = RunOptions.timeout(ofSeconds(30));
        try (Cgroup cgroup = TestCgroup.own()) {
            EmptyProcess process = sh("exit").cgroup(cgroup);

            assertThat(process.copy().run(options).stage().reach()).isEmpty();
            assertThat(
                            process.copy()
                                    .teardown(Teardown.DEFAULT.ofGroup())
                                    .run(options)
                                    .stage()
                                    .reach())
                    .contains(ProcessTree.Reach.GROUP);
            assertThat(
                            process.copy()
                                    .teardown(Teardown.DEFAULT.ofCgroup())
                                    .run(options)
                                    .stage()
                                    .reach())
                    .contains(ProcessTree.Reach.CGROUP);
        }
    }

    @Test
    void aRunTellsThatSomebodyHasSurvived() throws Exception {
        assumeTrue(
                Kernel.has(Kernel.PIDFD_GROUP_SIGNAL),
                "a group is reached after its leader from Linux 6.9 on");
        Path ready = Files.createTempFile("spawn4j", null);
        try {
            EmptyProcess process =
                    sh("sh -c 'trap \"\" TERM; echo $$ > \"$0\"; sleep 600' \"$0\" >/dev/null 2>&1 &"
                                    + " while [ ! -s \"$0\" ]; do :; done")
                            .args(ready.toString())
                            .teardown(Teardown.first(Signal.TERM, ofMillis(50)));

            CommandException e =
                    catchThrowableOfType(
                            CommandException.class,
                            () -> process.run(RunOptions.timeout(ofSeconds(30)).leaveNobody()));

            long survivor = Long.parseLong(Files.readString(ready).strip());
            assertThat(e.reason()).isEqualTo(CommandException.Reason.SURVIVOR);
            assertThat(e).hasMessageContaining("has left somebody");
            assertThat(e.result().isSuccess()).isTrue();
            sh("kill -KILL -" + e.result().stage().pid()).start().waitFor();
            Eventually.isTrue("the survivor is gone", () -> !ProcStatus.runs(survivor));
        } finally {
            Files.delete(ready);
        }
    }

    @Test
    void aPipelineLeavesNobody() throws Exception {
        assumeTrue(
                Kernel.has(Kernel.PIDFD_GROUP_SIGNAL),
                "a group is reached after its leader from Linux 6.9 on");
        CommandResult result =
                Pipeline.of(
                                sh("sleep 600 >/dev/null 2>&1 & echo $!"),
                                sh("sleep 600 >/dev/null 2>&1 & echo $!; cat"))
                        .run(RunOptions.timeout(ofSeconds(30)).leaveNobody().expectExit(0));

        for (String pid : result.stdout().lines()) {
            assertThat(ProcStatus.runs(Long.parseLong(pid))).as(pid).isFalse();
        }
        assertThat(result.stdout().lines()).hasSize(2);
    }
}
