// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.OddJvm;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.Strategies;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A child starts with no signal blocked and none ignored, whatever the JVM does. */
@Timeout(60)
class SignalsTest {
    /** The first kernel that tells the status of a child which it has reaped by itself. */
    private static final Version PIDFD_GET_INFO = Version.parse("6.15");

    /** All but KILL and STOP, which nobody can block. */
    private static final List<Signal> ALL =
            IntStream.rangeClosed(1, 64)
                    .filter(number -> number != 9 && number != 19)
                    .mapToObj(Signal::of)
                    .toList();

    private static final List<Signal> BLOCKED =
            List.of(
                    Signal.HUP,
                    Signal.INT,
                    Signal.USR1,
                    Signal.PIPE,
                    Signal.TERM,
                    Signal.CHLD,
                    Signal.of(40),
                    Signal.of(64));

    private static final List<Signal> IGNORED =
            List.of(
                    Signal.HUP,
                    Signal.INT,
                    Signal.QUIT,
                    Signal.PIPE,
                    Signal.TERM,
                    Signal.of(32),
                    Signal.of(33),
                    Signal.of(50));

    private static OddJvm odd;

    @BeforeAll
    static void runOddJvm(@TempDir Path folder) throws Exception {
        odd = OddJvm.run(folder, Strategies.ofTheKernel(), BLOCKED, IGNORED);
    }

    private static void assertNothingBlockedOrIgnored(ProbeReport report) {
        assertThat(report.signals("blocked")).isZero();
        assertThat(report.signals("ignored")).isZero();
        assertThat(report.signals("handled")).isZero();
        assertThat(report.signals("status.SigBlk")).isZero();
        assertThat(report.signals("status.SigIgn")).isZero();
        assertThat(report.signals("status.SigCgt")).isZero();
        assertThat(report.signals("status.ShdPnd")).isZero();
    }

    private static long set(List<Signal> signals) {
        return signals.stream().mapToLong(signal -> 1L << (signal.number() - 1)).sum();
    }

    @ForEachStrategy
    void areAllDefaultAndNoneIsBlocked(SpawnStrategy strategy) throws Exception {
        assertNothingBlockedOrIgnored(Probe.report(Probe.with(strategy)));
    }

    // Actions

    @ForEachExpressiveStrategy
    void areBlockedExactlyAsAsked(SpawnStrategy strategy) throws Exception {
        List<Signal> signals =
                List.of(
                        Signal.INT,
                        Signal.USR1,
                        Signal.CHLD,
                        Signal.of(32),
                        Signal.of(33),
                        Signal.of(64));

        ProbeReport report =
                Probe.report(Probe.with(strategy).action(SpawnAction.sigmask(signals)));

        assertThat(report.signals("blocked")).isEqualTo(set(signals));
        assertThat(report.signals("status.SigBlk")).isEqualTo(set(signals));
        assertThat(report.signals("ignored")).isZero();
    }

    @ForEachExpressiveStrategy
    void areBlockedAllButTheTwoThatCannotBe(SpawnStrategy strategy) throws Exception {
        List<Signal> signals = IntStream.rangeClosed(1, 64).mapToObj(Signal::of).toList();

        ProbeReport report =
                Probe.report(Probe.with(strategy).action(SpawnAction.sigmask(signals)));

        assertThat(report.signals("blocked")).isEqualTo(set(ALL));
    }

    @ForEachStrategy
    void areBlockedBesidesThoseThatLibcKeeps(SpawnStrategy strategy) throws Exception {
        List<Signal> signals =
                ALL.stream().filter(s -> s.number() != 32 && s.number() != 33).toList();

        ProbeReport report =
                Probe.report(Probe.with(strategy).action(SpawnAction.sigmask(signals)));

        assertThat(report.signals("blocked")).isEqualTo(set(signals));
    }

    @ForEachStrategy
    void areBlockedAsTheLastActionSays(SpawnStrategy strategy) throws Exception {
        EmptyProcess process =
                Probe.with(strategy)
                        .action(SpawnAction.sigmask(List.of(Signal.INT, Signal.of(64))))
                        .action(SpawnAction.sigmask(List.of(Signal.HUP)));
        assertThat(Probe.report(process).signals("blocked")).isEqualTo(1);

        EmptyProcess none =
                Probe.with(strategy)
                        .action(SpawnAction.sigmask(List.of(Signal.INT, Signal.of(64))))
                        .action(SpawnAction.sigmask(List.of()));
        assertThat(Probe.report(none).signals("blocked")).isZero();
    }

    @ForEachStrategy
    void areDefaultAsAsked(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .action(SpawnAction.sigdefault(List.of(Signal.PIPE, Signal.INT)))
                                .action(SpawnAction.sigdefault(ALL))
                                .action(SpawnAction.sigdefault(List.of())));

        assertNothingBlockedOrIgnored(report);
    }

    @ForEachStrategy
    void waitForAChildThatHasThemBlocked(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--wait-stdin", "--exit", "3")
                        .action(SpawnAction.sigmask(List.of(Signal.TERM)))
                        .start();
        assertThat(process.signal(Signal.TERM)).isTrue();

        process.getOutputStream().close();

        assertThat(process.waitFor()).isEqualTo(3);
    }

    // Effects

    @ForEachStrategy
    void endAPipelineInsideOfTheChild(SpawnStrategy strategy) throws Exception {
        String output =
                Probe.text(PidfdProcess.builder("sh", "-c", "yes | head -n 1").strategy(strategy));

        assertThat(output).isEqualTo("y\n");
    }

    @ForEachStrategy
    void endAChild(SpawnStrategy strategy) throws Exception {
        for (Signal signal :
                List.of(Signal.INT, Signal.QUIT, Signal.TERM, Signal.PIPE, Signal.of(33))) {
            PidfdProcess process = Probe.with(strategy, "--pause").inheritIO().start();
            process.signal(signal);
            process.waitFor();

            assertThat(process.exitStatus())
                    .isInstanceOfSatisfying(
                            ExitStatus.Killed.class,
                            killed -> assertThat(killed.signal()).isEqualTo(signal));
        }
    }

    // The JVM's own

    @ForEachStrategy
    void ofTheJvmStayAsTheyAre(SpawnStrategy strategy) throws Exception {
        Map<String, String> status = ownSignals();

        Probe.report(Probe.with(strategy).action(SpawnAction.sigmask(List.of(Signal.INT))));

        assertThat(ownSignals()).isEqualTo(status);
    }

    private static Map<String, String> ownSignals() {
        Map<String, String> status = ProcStatus.ofThread();
        status.keySet().retainAll(List.of("SigBlk", "SigIgn", "SigCgt"));
        assertThat(status).hasSize(3);
        return status;
    }

    // A JVM that was started with signals blocked and ignored

    @Test
    void areBlockedAndIgnoredInTheOddJvm() {
        long blocked = Long.parseUnsignedLong(odd.before().get("SigBlk"), 16);
        long ignored = Long.parseUnsignedLong(odd.before().get("SigIgn"), 16);

        // The JVM handles some of them after all.
        List<Signal> stillBlocked = List.of(Signal.USR1, Signal.CHLD, Signal.of(40));
        List<Signal> stillIgnored = List.of(Signal.HUP, Signal.of(32), Signal.of(50));
        assertThat(blocked & set(stillBlocked)).isEqualTo(set(stillBlocked));
        assertThat(ignored & set(stillIgnored)).isEqualTo(set(stillIgnored));
    }

    @ForEachStrategy
    void areAllDefaultAlsoInAChildOfTheOddJvm(SpawnStrategy strategy) {
        assertNothingBlockedOrIgnored(odd.reports().get(strategy));
        assertThat(odd.reports().get(strategy).descriptors()).containsOnlyKeys(0, 1, 2);
    }

    @Test
    void doNotKeepTheOddJvmFromItsWork() {
        assertThat(odd.complaints()).isEmpty();
    }

    @Test
    void ofTheOddJvmStayAsTheyAre() {
        assertThat(odd.after()).isEqualTo(odd.before());
    }

    /**
     * The kernel then reaps by itself, and only the pidfd knows the status. POSIX_SPAWN, which has
     * the pidfd only afterwards, cannot work there.
     */
    @Test
    void areNotMissedWhereTheEndOfChildrenIsIgnored(@TempDir Path folder) throws Exception {
        assumeTrue(
                Version.parse(System.getProperty("os.version")).compareTo(PIDFD_GET_INFO) >= 0,
                "before Linux 6.15 nobody knows the status");
        OddJvm jvm =
                OddJvm.run(
                        folder,
                        EnumSet.complementOf(
                                EnumSet.of(SpawnStrategy.POSIX_SPAWN, SpawnStrategy.JDK)),
                        List.of(),
                        List.of(Signal.CHLD));

        assertThat(
                        Long.parseUnsignedLong(jvm.before().get("SigIgn"), 16)
                                & set(List.of(Signal.CHLD)))
                .isNotZero();
        assertThat(jvm.complaints()).isEmpty();
        assertThat(jvm.reports()).hasSize(3);
        jvm.reports().values().forEach(SignalsTest::assertNothingBlockedOrIgnored);
        assertThat(jvm.after()).isEqualTo(jvm.before());
    }
}
