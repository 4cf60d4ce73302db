// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.ProcThread;
import io.github.spawn4j.testing.StartWay;
import io.github.spawn4j.testing.ThreadKind;
import io.github.spawn4j.testing.ThreadKind.Running;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Children that are to die with the JVM, as long as it lives; how they die is tested in a JVM of
 * its own, in {@code stress.DyingJvmTest}.
 */
@Timeout(60)
class ParentDeathTest {
    private static final int NOBODY = 65534;
    private static final int ENOTDIR = 20;

    private static EmptyProcess mortal(SpawnStrategy strategy, String... steps) {
        return Probe.with(strategy, steps).parentDeathSignal(Signal.KILL);
    }

    private static void assertLives(PidfdProcess cat) throws Exception {
        cat.getOutputStream().write("text".getBytes(StandardCharsets.US_ASCII));
        cat.getOutputStream().close();
        assertThat(cat.getInputStream().readAllBytes()).asString().isEqualTo("text");
        assertThat(cat.waitFor()).isZero();
    }

    @ForEachExpressiveStrategy
    void haveTheSignalThatWasAskedFor(SpawnStrategy strategy) throws Exception {
        for (Signal signal : List.of(Signal.HUP, Signal.KILL, Signal.TERM, Signal.of(64))) {
            ProbeReport report = Probe.report(Probe.with(strategy).parentDeathSignal(signal));

            assertThat(report.number("pdeathsig")).isEqualTo(signal.number());
        }
    }

    @ForEachExpressiveStrategy
    void areOtherwiseAsAllAre(SpawnStrategy strategy) throws Exception {
        ProbeReport report = Probe.report(mortal(strategy));

        assertThat((long) report.number("ppid")).isEqualTo(ProcessHandle.current().pid());
        assertThat(report.signals("blocked")).isZero();
        assertThat(report.signals("ignored")).isZero();
        assertThat(report.descriptors()).containsOnlyKeys(0, 1, 2);
    }

    @ForEachStrategy
    void areOnlyThoseThatWereAskedFor(SpawnStrategy strategy) throws Exception {
        assertThat(Probe.report(Probe.with(strategy)).number("pdeathsig")).isZero();
    }

    @ForEachExpressiveStrategy
    void comeFromATemplateToo(SpawnStrategy strategy) throws Exception {
        try (SpawnTemplate template =
                SpawnTemplate.builder(Probe.PROGRAM)
                        .strategy(strategy)
                        .parentDeathSignal(Signal.TERM)
                        .build()) {
            assertThat(Probe.report(template.prepare()).number("pdeathsig")).isEqualTo(15);
            assertThat(
                            Probe.report(template.prepare().parentDeathSignal(Signal.HUP))
                                    .number("pdeathsig"))
                    .isEqualTo(1);
        }
    }

    @ForEachExpressiveStrategy
    void liveOnWhenTheThreadEndsThatHasStartedThem(SpawnStrategy strategy) throws Exception {
        for (ThreadKind kind : ThreadKind.available().toList()) {
            List<Path> tasks = new ArrayList<>();
            Running<PidfdProcess> start =
                    kind.run(
                            () -> {
                                tasks.add(Path.of("/proc/thread-self").toRealPath());
                                return mortal(strategy, "--cat").start();
                            });
            PidfdProcess process = start.get();
            if (kind == ThreadKind.PLATFORM) {
                // Java says so before the kernel.
                Eventually.isTrue("the thread is gone", () -> Files.notExists(tasks.get(0)));
            }

            assertLives(process);
        }
    }

    /**
     * A thread that carries virtual ones ends some day too, but not while a test waits; hence the
     * question whose children they are.
     */
    @ForEachExpressiveStrategy
    void areChildrenOfTheThreadThatNeverEnds(SpawnStrategy strategy) throws Exception {
        for (ThreadKind kind : ThreadKind.available().toList()) {
            PidfdProcess process = kind.run(() -> mortal(strategy, "--cat").start()).get();

            assertThat(threadWithChild(process.pid())).isEqualTo("spawn4j-keeper");

            assertLives(process);
        }
    }

    private static String threadWithChild(long pid) throws Exception {
        for (ProcThread thread : ProcThread.all()) {
            if (thread.children().contains(pid)) {
                return thread.name();
            }
        }
        throw new AssertionError(pid + " is no thread's child");
    }

    @ForEachExpressiveStrategy
    void haveTheMaskOfTheThreadThatAskedIfTheyInheritIt(SpawnStrategy strategy) throws Exception {
        long blocked = 1L << (Signal.USR1.number() - 1) | 1L << (Signal.of(40).number() - 1);
        OwnThread.call(
                () -> {
                    long[] set = new long[16];
                    set[0] = blocked;
                    LibC.check("pthread_sigmask", LibC.pthread_sigmask(LibC.SIG_BLOCK, set, null));
                    long ours = Long.parseUnsignedLong(ProcStatus.ofThread().get("SigBlk"), 16);
                    assertThat(ours & blocked).isEqualTo(blocked);

                    EmptyProcess inheriting = mortal(strategy).inheritSignals();
                    assertThat(Probe.report(inheriting).signals("blocked")).isEqualTo(ours);
                    EmptyProcess reversed =
                            Probe.with(strategy).inheritSignals().parentDeathSignal(Signal.KILL);
                    assertThat(Probe.report(reversed).signals("blocked")).isEqualTo(ours);
                    EmptyProcess told =
                            mortal(strategy)
                                    .inheritSignals()
                                    .action(SpawnAction.sigmask(List.of(Signal.HUP)));
                    assertThat(Probe.report(told).signals("blocked")).isEqualTo(1);
                    return null;
                });
    }

    /** With copied memory: a change of ids makes memory undumpable, also when it is lent. */
    @Test
    void keepTheSignalWhenTheirIdsChange() throws Exception {
        assumeTrue(LibC.isRoot(), "needs other ids to change to");
        LibC.check("setresuid", LibC.setresuid(NOBODY, 0, 0));
        try {
            List<EmptyProcess> processes =
                    List.of(
                            mortal(SpawnStrategy.FORK).resetIds(),
                            Probe.with(SpawnStrategy.FORK)
                                    .resetIds()
                                    .parentDeathSignal(Signal.KILL));
            for (EmptyProcess process : processes) {
                ProbeReport report = Probe.report(process);
                assertThat(report.number("euid")).isEqualTo(NOBODY);
                assertThat(report.number("pdeathsig")).isEqualTo(9);
            }
        } finally {
            LibC.check("setresuid", LibC.setresuid(0, 0, 0));
        }
    }

    @ForEachExpressiveStrategy
    void failToStartWithTheSameReport(SpawnStrategy strategy) {
        assertThatThrownBy(() -> mortal(strategy).action(SpawnAction.fchdir(0)).start())
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> {
                            assertThat(e.step()).isEqualTo("fchdir");
                            assertThat(e.actionIndex()).isZero();
                            assertThat(e.errno()).isEqualTo(ENOTDIR);
                        });
        assertThat(StartWay.started()).isEmpty();
    }

    @ForEachExpressiveStrategy
    void startInAThreadThatIsInterrupted(SpawnStrategy strategy) throws Exception {
        Thread.currentThread().interrupt();

        PidfdProcess process = mortal(strategy, "--cat").start();

        assertThat(Thread.interrupted()).as("interrupt status").isTrue();
        assertLives(process);
    }

    @ForEachExpressiveStrategy
    void startFromManyThreadsAtOnce(SpawnStrategy strategy) throws Exception {
        for (ThreadKind kind : ThreadKind.available().toList()) {
            List<Running<Integer>> starts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int code = i;
                starts.add(
                        kind.run(
                                () -> {
                                    int wrong = 0;
                                    for (int round = 0; round < 10; round++) {
                                        String exit = Integer.toString(code);
                                        EmptyProcess process = mortal(strategy, "--exit", exit);
                                        wrong += process.start().waitFor() == code ? 0 : 1;
                                    }
                                    return wrong;
                                }));
            }
            for (Running<Integer> start : starts) {
                assertThat(start.get()).isZero();
            }
        }
    }
}
