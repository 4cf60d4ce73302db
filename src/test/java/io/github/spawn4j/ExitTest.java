// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.internal.os.OwnMemory;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.ForEachThreadKind;
import io.github.spawn4j.testing.ForEachWay;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.ThreadKind;
import io.github.spawn4j.warm.StartKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a process ends, and how one learns of it. */
@Timeout(60)
class ExitTest {
    private static final int MANY = 100;

    private static PidfdProcess waiting(SpawnStrategy strategy) throws Exception {
        return Probe.with(strategy, "--wait-stdin").start();
    }

    private static void release(PidfdProcess process) throws Exception {
        process.getOutputStream().close();
    }

    // Status

    @ForEachWay
    void tellsExitCodes(SpawnStrategy strategy) throws Exception {
        for (int code : new int[] {0, 1, 2, 3, 42, 125, 126, 127, 128, 129, 137, 139, 143, 255}) {
            PidfdProcess process =
                    Probe.with(strategy, "--exit", Integer.toString(code)).inheritIO().start();

            assertThat(process.waitFor()).isEqualTo(code);
            assertThat(process.exitValue()).isEqualTo(code);
            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(code));
            assertThat(process.exitStatus().isSuccess()).isEqualTo(code == 0);
        }
    }

    @ForEachStrategy
    void tellsTheSignalThatEndedTheProcess(SpawnStrategy strategy) throws Exception {
        List<Signal> signals =
                List.of(
                        Signal.HUP,
                        Signal.KILL,
                        Signal.SEGV,
                        Signal.ABRT,
                        Signal.PIPE,
                        Signal.TERM,
                        Signal.of(32),
                        Signal.of(33),
                        Signal.of(34),
                        Signal.of(64));
        for (Signal signal : signals) {
            PidfdProcess process =
                    Probe.with(strategy, "--kill-self", Integer.toString(signal.number()))
                            .inheritIO()
                            .start();

            assertThat(process.waitFor()).isEqualTo(128 + signal.number());
            assertThat(process.exitValue()).isEqualTo(128 + signal.number());
            assertThat(process.exitStatus().isSuccess()).isFalse();
            assertThat(process.exitStatus())
                    .isInstanceOfSatisfying(
                            ExitStatus.Killed.class,
                            killed -> assertThat(killed.signal()).isEqualTo(signal));
        }
    }

    @ForEachWay
    void tellsExit137FromSigkill(SpawnStrategy strategy) throws Exception {
        PidfdProcess exited = Probe.with(strategy, "--exit", "137").inheritIO().start();
        PidfdProcess killed = Probe.with(strategy, "--pause").inheritIO().start();
        assertThat(killed.signal(Signal.KILL)).isTrue();

        assertThat(exited.waitFor()).isEqualTo(137);
        assertThat(killed.waitFor()).isEqualTo(137);
        assertThat(exited.exitStatus()).isEqualTo(new ExitStatus.Exited(137));
        assertThat(killed.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    @ForEachWay
    void refusesToTellBeforeTheExit(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);

        assertThatThrownBy(process::exitValue)
                .isInstanceOf(IllegalThreadStateException.class)
                .hasMessageContaining("process " + process.pid() + " hasn't exited");
        assertThatThrownBy(process::exitStatus).isInstanceOf(IllegalThreadStateException.class);
        assertThatThrownBy(process::resourceUsage).isInstanceOf(IllegalThreadStateException.class);
        assertThat(process.isAlive()).isTrue();

        release(process);
        process.waitFor();
        assertThat(process.isAlive()).isFalse();
    }

    @ForEachWay
    void noticesTheExitWithoutAnybodyWaiting(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--exit", "5").start();

        Eventually.isTrue("not alive", () -> !process.isAlive());

        assertThat(process.exitValue()).isEqualTo(5);
        assertThat(process.pidfd()).isEqualTo(-1);
    }

    // Waiting

    @ForEachWay
    void waitsNoLongerThanItMay(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);

        assertThat(process.waitFor(0, TimeUnit.SECONDS)).isFalse();
        assertThat(process.waitFor(-1, TimeUnit.SECONDS)).isFalse();
        assertThat(process.waitFor(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        assertThat(process.waitFor(1, TimeUnit.NANOSECONDS)).isFalse();
        assertThat(process.waitFor(2, TimeUnit.MILLISECONDS)).isFalse();

        release(process);
        assertThat(process.waitFor(Long.MAX_VALUE, TimeUnit.DAYS)).isTrue();
        assertThat(process.waitFor(0, TimeUnit.SECONDS)).isTrue();
        assertThat(process.waitFor(-1, TimeUnit.SECONDS)).isTrue();
        assertThat(process.waitFor()).isZero();
    }

    @ForEachStrategy
    void tellsEveryThreadThatWaits(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);
        List<FutureTask<Object>> waits = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean timed = i % 2 == 0;
            FutureTask<Object> wait =
                    new FutureTask<>(
                            () -> timed ? process.waitFor(1, TimeUnit.HOURS) : process.waitFor());
            waits.add(wait);
            threads.add(new Thread(wait, "waiter " + i));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            waitUntilBlocked(thread);
        }

        release(process);

        for (int i = 0; i < waits.size(); i++) {
            assertThat(waits.get(i).get()).isEqualTo(i % 2 == 0 ? (Object) true : (Object) 0);
            threads.get(i).join();
        }
    }

    private static void waitUntilBlocked(Thread thread) throws Exception {
        Eventually.isTrue(
                thread.getName() + " waits",
                () ->
                        Arrays.stream(thread.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("await0")));
    }

    @ForEachStrategy
    void stopsWaitingWhenInterrupted(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);
        FutureTask<Boolean> wait =
                new FutureTask<>(
                        () -> {
                            assertThatThrownBy(process::waitFor)
                                    .isInstanceOf(InterruptedException.class);
                            return Thread.currentThread().isInterrupted();
                        });
        Thread waiter = new Thread(wait, "waiter");
        waiter.start();
        waitUntilBlocked(waiter);

        waiter.interrupt();

        assertThat(wait.get()).as("interrupt status").isFalse();
        waiter.join();
        assertThat(process.isAlive()).isTrue();
        release(process);
        assertThat(process.waitFor()).isZero();
    }

    @ForEachWay
    void doesNotWaitInAThreadThatIsInterrupted(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);
        Thread.currentThread().interrupt();
        assertThatThrownBy(process::waitFor).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> process.waitFor(1, TimeUnit.HOURS))
                .isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();

        release(process);
        assertThat(process.waitFor()).isZero();
    }

    @ForEachWay
    void completesTheFutureOfTheExit(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);
        var exit = process.onExit();
        var cancelled = process.onExit();
        var code = process.onExit().thenApply(Process::exitValue);
        assertThat(exit).isNotDone();
        assertThat(cancelled.cancel(true)).isTrue();
        assertThat(process.isAlive()).isTrue();

        release(process);

        assertThat(exit.get()).isSameAs(process);
        assertThat(code.get()).isZero();
        assertThat(process.onExit().get()).isSameAs(process);
        assertThat(process.isAlive()).isFalse();
    }

    /** Many at once, so that the reactor knows of most before it has reaped them. */
    @Test
    void hasReapedWhomItTellsOf() throws Exception {
        List<PidfdProcess> processes = new ArrayList<>();
        List<CompletableFuture<Boolean>> gone = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            PidfdProcess process = PidfdProcess.builder("sleep", "600").start();
            Path entry = Path.of("/proc/" + process.pid());
            processes.add(process);
            gone.add(process.onExit().thenApply(ended -> Files.notExists(entry)));
        }

        processes.forEach(PidfdProcess::destroyForcibly);

        for (CompletableFuture<Boolean> one : gone) {
            assertThat(one.get()).as("the callback found no zombie").isTrue();
        }
    }

    @ForEachThreadKind
    void hasReapedWhomAWaiterWaitedFor(ThreadKind kind) throws Exception {
        List<PidfdProcess> processes = new ArrayList<>();
        List<ThreadKind.Running<Boolean>> gone = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            PidfdProcess process = PidfdProcess.builder("sleep", "600").start();
            Path entry = Path.of("/proc/" + process.pid());
            processes.add(process);
            gone.add(
                    kind.run(
                                    () -> {
                                        process.waitFor();
                                        return Files.notExists(entry);
                                    })
                            .untilBlocked());
        }

        processes.forEach(PidfdProcess::destroyForcibly);

        for (ThreadKind.Running<Boolean> one : gone) {
            assertThat(one.get()).as("the waiter found no zombie").isTrue();
        }
    }

    @ForEachStrategy
    void letsNobodyWaitForWhoStaysInACallback(SpawnStrategy strategy) throws Exception {
        CountDownLatch enough = new CountDownLatch(1);
        PidfdProcess slow = Probe.with(strategy, "--pause").inheritIO().start();
        var callback =
                slow.onExit()
                        .thenAccept(
                                process -> {
                                    try {
                                        enough.await();
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        slow.destroy();

        PidfdProcess other = Probe.with(strategy, "--exit", "0").inheritIO().start();
        Eventually.isTrue("the other has been reaped", () -> other.pidfd() == -1);

        enough.countDown();
        callback.get();
        assertThat(slow.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
    }

    // Signals and ends

    @ForEachStrategy
    void endsAProcessPolitely(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--pause").start();
        assertThat(process.supportsNormalTermination()).isTrue();

        process.destroy();

        assertThat(process.waitFor()).isEqualTo(128 + 15);
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.TERM, false));
        process.destroy();
    }

    @ForEachWay
    void endsAProcessThatIgnoresTermByForce(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--ignore", "15", "--say", "ready", "--pause").start();
        assertThat(process.getInputStream().readNBytes(5)).asString().isEqualTo("ready");

        process.destroy();
        assertThat(process.isAlive()).isTrue();
        assertThat(process.destroyForcibly()).isSameAs(process);
        assertThat(process.destroyForcibly()).isSameAs(process);

        assertThat(process.waitFor()).isEqualTo(128 + 9);
        assertThat(process.destroyForcibly()).isSameAs(process);
    }

    @ForEachStrategy
    void sendsAnySignal(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--pause").inheritIO().start();

        assertThat(process.signal(Signal.STOP)).isTrue();
        assertThat(process.isAlive()).isTrue();
        assertThat(process.signal(Signal.CONT)).isTrue();
        assertThat(process.signal(Signal.of(40))).isTrue();

        process.waitFor();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.of(40), false));
    }

    /** The kernel takes a signal to a zombie for sent. */
    @ForEachStrategy
    void sendsNothingToAZombie(SpawnStrategy strategy) throws Exception {
        for (int i = 0; i < 10; i++) {
            PidfdProcess process = Probe.with(strategy, "--say", "x").start();
            process.getInputStream().readAllBytes();
            Path stat = Path.of("/proc/" + process.pid() + "/stat");
            Eventually.isTrue("it has ended", () -> isGoneOrZombie(stat));

            assertThat(process.signal(Signal.KILL)).isFalse();
            assertThat(process.exitValue()).isZero();
        }
    }

    private static boolean isGoneOrZombie(Path stat) {
        try {
            return Files.readString(stat).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    @ForEachWay
    void sendsNothingToAProcessThatHasEnded(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--exit", "0").inheritIO().start();
        process.waitFor();

        assertThat(process.signal(Signal.KILL)).isFalse();
        process.destroy();
        process.destroyForcibly();

        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(0));
    }

    // As a Process

    @ForEachWay
    void hasTheHandleThatEverybodyElseSees(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--say", "ready", "--wait-stdin").start();
        // When start() returns, /proc may not show the new arguments yet.
        assertThat(process.getInputStream().readNBytes(5)).asString().isEqualTo("ready");
        ProcessHandle handle = process.toHandle();

        assertThat(handle).isEqualTo(ProcessHandle.of(process.pid()).orElseThrow());
        assertThat(handle.pid()).isEqualTo(process.pid());
        assertThat(handle.isAlive()).isTrue();
        assertThat(handle.parent()).contains(ProcessHandle.current());
        assertThat(ProcessHandle.current().children()).contains(handle);
        assertThat(process.info().command()).contains(Probe.FILE.toRealPath().toString());
        assertThat(process.info().arguments().orElseThrow())
                .containsExactly("--say", "ready", "--wait-stdin");

        release(process);
        process.waitFor();
        assertThat(process.toHandle()).isSameAs(handle);
        assertThat(handle.isAlive()).isFalse();
    }

    @ForEachWay
    void hasAHandleAfterTheExit(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--exit", "0").inheritIO().start();
        process.waitFor();

        ProcessHandle handle = process.toHandle();

        assertThat(handle.pid()).isEqualTo(process.pid());
        assertThat(handle.isAlive()).isFalse();
        assertThat(handle.destroy()).isFalse();
        assertThat(handle.destroyForcibly()).isFalse();
        assertThat(handle.onExit().get()).isEqualTo(handle);
        assertThat(handle.parent()).isEmpty();
        assertThat(handle).isEqualTo(process.toHandle()).hasSameHashCodeAs(process.toHandle());
        assertThat(process.children()).isEmpty();
        assertThat(process.descendants()).isEmpty();
        assertThat(process.info().command()).isEmpty();
    }

    @ForEachWay
    void keepsItsStatusWhenTheHandleWaitsToo(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);
        var byHandle = process.toHandle().onExit();

        release(process);

        assertThat(process.waitFor()).isZero();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Exited(0));
        assertThat(byHandle.get().pid()).isEqualTo(process.pid());
    }

    @ForEachWay
    void listsItsChildren(SpawnStrategy strategy) throws Exception {
        PidfdProcess process =
                Probe.with(strategy, "--fork-cat", "--say", "forked", "--pause").start();
        assertThat(process.getInputStream().readNBytes(6)).asString().isEqualTo("forked");

        assertThat(process.children()).hasSize(1);
        assertThat(process.descendants()).hasSize(1);

        process.signal(Signal.KILL);
        process.waitFor();
        process.getOutputStream().close();
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
    }

    @ForEachWay
    void describesItselfAsTheJdkDoes(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);
        assertThat(process)
                .hasToString("Process[pid=" + process.pid() + ", exitValue=\"not exited\"]");

        release(process);
        process.waitFor();
        assertThat(process).hasToString("Process[pid=" + process.pid() + ", exitValue=0]");
    }

    @ForEachStrategy
    void hasAPidfdWhileItLives(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = waiting(strategy);

        assertThat(OpenFile.descriptors().get(process.pidfd())).contains("pidfd");

        release(process);
        process.waitFor();
        assertThat(process.pidfd()).isEqualTo(-1);
    }

    @ForEachWay
    void hasThePidThatTheChildSees(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy).start();
        ProbeReport report = new ProbeReport(process.getInputStream().readAllBytes());
        process.waitFor();

        assertThat((long) report.number("pid")).isEqualTo(process.pid());
        assertThat((long) report.number("ppid")).isEqualTo(ProcessHandle.current().pid());
    }

    // What it used

    @ForEachStrategy
    void measuresCpuTime(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--burn", "120").inheritIO().start();
        process.waitFor();

        ResourceUsage usage = process.resourceUsage();

        assertThat(usage.cpuTime()).isGreaterThanOrEqualTo(Duration.ofMillis(110));
        assertThat(usage.cpuTime()).isLessThan(Duration.ofSeconds(20));
        assertThat(usage.userTime()).isPositive();
        assertThat(usage.cpuTime()).isEqualTo(usage.userTime().plus(usage.systemTime()));
    }

    /** More than this JVM has ever had, from which the kernel tells no less. */
    @ForEachStrategy
    void measuresMemory(SpawnStrategy strategy) throws Exception {
        long touched = OwnMemory.peakBound().orElseThrow() + (50L << 20);
        PidfdProcess process =
                Probe.with(strategy, "--touch", Long.toString(touched >> 20)).inheritIO().start();
        process.waitFor();

        ResourceUsage usage = process.resourceUsage();

        assertThat(usage.maxResidentBytes()).isPresent();
        assertThat(usage.maxResidentBytes().getAsLong())
                .isBetween(touched - (1 << 20), touched + (50L << 20));
        assertThat(usage.minorFaults()).isGreaterThan(1000);
    }

    /** Until exec the kernel counts the JVM's memory as the child's, unless a helper starts it. */
    @ForEachWay
    void doesNotTakeTheJvmsMemoryForTheProcess(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = Probe.with(strategy, "--touch", "1").inheritIO().start();
        process.waitFor();

        boolean isCold = process.startedAs() == StartKind.COLD;
        assertOwnMemory(process.resourceUsage(), isCold);
        assertOwnMemory(run(strategy, "--touch", "1"), isCold);
    }

    private static void assertOwnMemory(ResourceUsage usage, boolean isCold) {
        if (isCold) {
            assertThat(usage.maxResidentBytes()).isEmpty();
        } else {
            assertThat(usage.maxResidentBytes().orElseThrow()).isBetween(1L << 20, 20L << 20);
        }
    }

    private static ResourceUsage run(SpawnStrategy strategy, String... args) throws Exception {
        return Probe.with(strategy, args).run(RunOptions.timeout(ofSeconds(30))).resourceUsage();
    }

    /** It never had the JVM's memory. */
    @Test
    void measuresTheMemoryOfAWarmProcess() throws Exception {
        try (SpawnTemplate template =
                SpawnTemplate.builder(Probe.PROGRAM).warm(KeptWarm.PATIENT).build()) {
            Eventually.isTrue(
                    "helper is made or refused",
                    () -> template.statistics().refusal().isPresent() || isWarm(template));
            assumeTrue(isWarm(template), "no warm start here");
            PidfdProcess process = template.prepare().args("--touch", "9").inheritIO().start();
            process.waitFor();

            assertThat(process.resourceUsage().maxResidentBytes()).isPresent();
            assertThat(process.resourceUsage().maxResidentBytes().getAsLong())
                    .isBetween(9L << 20, 15L << 20);
        }
    }

    private static boolean isWarm(SpawnTemplate template) throws Exception {
        PidfdProcess process = template.prepare().args("--exit", "0").inheritIO().start();
        process.waitFor();
        return process.startedAs() != StartKind.COLD;
    }

    @Test
    void measuresWhatIsWritten(@TempDir Path folder) throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("dd", "if=/dev/zero", "bs=64k", "count=16", "conv=fsync")
                        .args("of=" + folder.resolve("file"))
                        .stderr(Redirect.DISCARD)
                        .start();
        process.waitFor();
        assumeTrue(isOnStorage(folder), "the temporary folder is in memory only");

        assertThat(process.resourceUsage().bytesWritten()).isBetween(1L << 20, 2L << 20);
    }

    private static boolean isOnStorage(Path folder) throws IOException {
        String type = Files.getFileStore(folder).type();
        return !type.equals("tmpfs") && !type.equals("overlay");
    }

    @ForEachStrategy
    void measuresEachProcessOfItsOwn(SpawnStrategy strategy) throws Exception {
        // An emulated machine takes hundreds of milliseconds for a start alone.
        PidfdProcess first = Probe.with(strategy, "--exit", "0").inheritIO().start();
        first.waitFor();
        long burnMs = 120 + 3 * first.resourceUsage().cpuTime().toMillis();
        PidfdProcess busy = Probe.with(strategy, "--burn", "" + burnMs).inheritIO().start();
        busy.waitFor();
        PidfdProcess idle = Probe.with(strategy, "--exit", "0").inheritIO().start();
        idle.waitFor();

        assertThat(idle.resourceUsage().cpuTime()).isLessThan(busy.resourceUsage().cpuTime());
        assertThat(busy.resourceUsage()).isEqualTo(busy.resourceUsage());
    }

    // What it inherits

    @ForEachWay
    void inheritsWhatNothingIsSaidAbout(SpawnStrategy strategy) throws Exception {
        ProbeReport report = Probe.report(Probe.with(strategy));
        var ours = ProcStatus.ofThread();

        assertThat(report.text("umask")).isEqualTo(ours.get("Umask"));
        assertThat(report.text("status.Uid")).isEqualTo(ours.get("Uid"));
        assertThat(report.text("status.Gid")).isEqualTo(ours.get("Gid"));
        assertThat(report.text("status.Groups")).isEqualTo(ours.get("Groups"));
        assertThat(report.text("status.CapEff")).isEqualTo(ours.get("CapEff"));
        assertThat(report.text("status.NoNewPrivs")).isEqualTo(ours.get("NoNewPrivs"));
        assertThat(report.text("status.Seccomp")).isEqualTo(ours.get("Seccomp"));
        assertThat(report.text("status.Cpus_allowed")).isEqualTo(ours.get("Cpus_allowed"));
        assertThat(report.text("root")).isEqualTo("/");
        assertThat(report.text("comm")).isEqualTo("probe");
        assertThat(report.text("execfn")).isEqualTo(Probe.PROGRAM);
        assertThat(report.number("pgrp")).isNotEqualTo(report.number("pid"));
        assertThat(report.number("session")).isNotEqualTo(report.number("pid"));
    }
}
