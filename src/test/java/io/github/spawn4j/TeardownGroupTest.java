// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static io.github.spawn4j.testing.Teardowns.QUICK;
import static io.github.spawn4j.testing.Teardowns.await;
import static io.github.spawn4j.testing.Teardowns.sh;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.testing.Descendants;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProcStatus;
import java.io.BufferedReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Teardowns of a process with its group. */
@Timeout(60)
class TeardownGroupTest {
    @RegisterExtension final Descendants descendants = new Descendants();

    @Test
    void ofAGroupReachesWhoseFirstThreadHasEnded() throws Exception {
        PidfdProcess process =
                sh("\"$0\" & wait")
                        .args(System.getProperty("spawn4j.native.bin") + "/zombie_leader")
                        .teardown(QUICK.ofGroup())
                        .start();
        long headless = descendants.pidFrom(process.inputReader());
        assertThat(ProcStatus.runsAnyThread(headless)).isTrue();

        process.close();

        assertThat(ProcStatus.runsAnyThread(headless))
                .as("the process without its first thread runs")
                .isFalse();
    }

    @Test
    void reachesAProcessWhoseFirstThreadHasEnded() throws Exception {
        PidfdProcess process =
                PidfdProcess.builder(System.getProperty("spawn4j.native.bin") + "/zombie_leader")
                        .teardown(QUICK)
                        .start();
        descendants.pidFrom(process.inputReader());

        process.close();

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    private static final String FAMILY =
            "sleep 601 & echo $!; (trap '' TERM; sleep 602 & echo $!; wait) & wait";

    @ForEachStrategy
    void ofAGroupReachesEverybodyInIt(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = sh(FAMILY).strategy(strategy).teardown(QUICK.ofGroup()).start();
        BufferedReader output = process.inputReader();
        long child = descendants.pidFrom(output);
        long grandchild = descendants.pidFrom(output);

        await(process.teardown());

        assertThat(process.isAlive()).isFalse();
        assertThat(ProcStatus.runsAnyThread(child)).as("child runs").isFalse();
        assertThat(ProcStatus.runsAnyThread(grandchild))
                .as("grandchild, which ignores SIGTERM, runs")
                .isFalse();
    }

    @Test
    void ofTheProcessAloneLeavesOthersAlone() throws Exception {
        PidfdProcess process = sh(FAMILY).teardown(QUICK).start();
        BufferedReader output = process.inputReader();
        long child = descendants.pidFrom(output);
        descendants.pidFrom(output);

        await(process.teardown());

        assertThat(process.isAlive()).isFalse();
        assertThat(ProcStatus.runsAnyThread(child)).as("child runs").isTrue();
    }

    @Test
    void ofAGroupReachesThoseWhoHaveOutlivedTheirLeader() throws Exception {
        assumeTrue(groupsOutliveTheirLeaders(), "signalling them needs Linux 6.9");
        PidfdProcess process =
                sh("sleep 600 > /dev/null & echo $!").teardown(QUICK.ofGroup()).start();
        long orphan = descendants.pidFrom(process.inputReader());
        process.waitFor();
        assertThat(ProcStatus.runsAnyThread(orphan)).isTrue();

        await(process.teardown());

        assertThat(ProcStatus.runsAnyThread(orphan)).as("orphan runs").isFalse();
    }

    private static boolean groupsOutliveTheirLeaders() {
        String[] version = System.getProperty("os.version").split("[.-]");
        int major = Integer.parseInt(version[0]);
        return major > 6 || (major == 6 && Integer.parseInt(version[1]) >= 9);
    }

    /** Nobody can join an empty group, so nothing is kept for it. */
    @Test
    void ofAGroupThatIsEmptyCostsNothing() throws Exception {
        int before = OpenFile.descriptors().size();
        List<PidfdProcess> ended = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            PidfdProcess process =
                    PidfdProcess.builder("true").inheritIO().teardown(QUICK.ofGroup()).start();
            process.waitFor();
            ended.add(process);
        }

        Eventually.isTrue(
                "no descriptor is left", () -> OpenFile.descriptors().size() < before + 20);
        assertThat(ended).hasSize(100);
    }

    /** As above, but that its last member ends after its leader, and nobody refers to it. */
    @Test
    void ofAGroupThatBecomesEmptyCostsNothingUntilTheJvmEnds() throws Exception {
        int before = OpenFile.descriptors().size();
        for (int i = 0; i < 60; i++) {
            sh("sleep 0.2 > /dev/null &")
                    .inheritIO()
                    .teardown(QUICK.ofGroup().atShutdown())
                    .start()
                    .waitFor();
        }

        Eventually.isTrue(
                "no descriptor is left",
                () -> {
                    System.gc();
                    return OpenFile.descriptors().size() < before + 20;
                });
    }

    @Test
    void ofAGroupMakesTheProcessItsLeader() throws Exception {
        ProbeReport report =
                Probe.report(Probe.with(SpawnStrategy.CLONE3).teardown(QUICK.ofGroup()));

        assertThat(report.number("pgrp")).isEqualTo(report.number("pid"));
    }

    @Test
    void ofAGroupIsRefusedWhereTheGroupIsSomebodyElses() {
        EmptyProcess process =
                PidfdProcess.builder("true").processGroup(1).teardown(QUICK.ofGroup());

        assertThatIllegalStateException()
                .isThrownBy(process::start)
                .withMessage(
                        "the process is to join process group 1, and to be torn down with a group"
                                + " of its own");
    }

    @Test
    void ofARunReachesTheGroup() throws Exception {
        CommandException e =
                Patience.untilItWrites(sh("sleep 600 & echo $!; wait").teardown(QUICK.ofGroup()));

        assertThat(ProcStatus.runsAnyThread(descendants.add(e.result().stdout().text()))).isFalse();
    }
}
