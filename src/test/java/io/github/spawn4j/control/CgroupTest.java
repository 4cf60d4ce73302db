// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.Capture;
import io.github.spawn4j.CommandException;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.TestCgroup;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cgroups that are made here: what they limit, tell and end, and who may start in them. */
@Timeout(60)
class CgroupTest {
    private static final int EMFILE = 24;

    @TempDir Path folder;

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static String cgroupOf(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .orElseThrow();
    }

    // Its life

    @Test
    void isMadeWhereTheJvmMayMakeOne() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            assertThat(cgroup.directory()).isDirectory();
            assertThat(cgroup.members()).isEmpty();
            assertThat(cgroup.events().isPopulated()).isFalse();
            assertThat(cgroup.events().isFrozen()).isFalse();
        }
    }

    @Test
    void isRemovedWithAllWhoAreInIt() throws Exception {
        Path directory;
        PidfdProcess process;
        try (Cgroup cgroup = TestCgroup.own()) {
            directory = cgroup.directory();
            Files.createDirectories(directory.resolve("below/deeper"));
            process = PidfdProcess.builder("sleep", "600").cgroup(cgroup).start();
            assertThat(cgroup.members()).containsExactly(process.pid());
            assertThat(cgroup.events().isPopulated()).isTrue();
        }

        assertThat(directory).doesNotExist();
        process.waitFor();
        assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
    }

    @Test
    void canBeClosedTwice() throws Exception {
        Cgroup cgroup = TestCgroup.own();
        cgroup.close();
        cgroup.close();

        assertThat(cgroup.directory()).doesNotExist();
    }

    @Test
    void tellsNothingOnceItIsRemoved() throws Exception {
        Cgroup cgroup = TestCgroup.own();
        PidfdProcess process = PidfdProcess.builder("true").inheritIO().cgroup(cgroup).start();
        process.waitFor();
        cgroup.close();

        assertThatThrownBy(cgroup::usage).isInstanceOf(IOException.class);
        assertThatThrownBy(cgroup::events).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> process.tree().usage()).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void isNotLeftBehindWhereItCannotBeOpened(int failing) throws Exception {
        try (Cgroup parent = TestCgroup.own()) {
            Map<Integer, String> before = LeakCheck.descriptors();
            AtomicInteger opened = new AtomicInteger();
            Faults.plan(
                    new Faults.Plan() {
                        @Override
                        public void call(String name) throws IOException {
                            if (name.equals("open") && opened.incrementAndGet() == failing) {
                                throw new ErrnoException(name, EMFILE);
                            }
                        }

                        @Override
                        public void resource(String what) {}
                    });
            try {
                assertThatThrownBy(() -> Cgroup.create(parent.directory()))
                        .hasMessageContaining("Too many open files");
            } finally {
                Faults.plan(null);
            }
            assertThat(parent.directory().toFile().listFiles(File::isDirectory)).isEmpty();
            LeakCheck.assertOpenAsBefore(before);
        }
    }

    @Test
    void isMadeWhereALinkLeadsTo() throws Exception {
        try (Cgroup parent = TestCgroup.own()) {
            Path link = Files.createSymbolicLink(folder.resolve("link"), parent.directory());
            try (Cgroup cgroup = Cgroup.create(link)) {
                assertThat(cgroup.directory()).hasParent(parent.directory());
            }
        }
    }

    @Test
    void isNotMadeBelowAnotherDirectory() {
        assertThatThrownBy(() -> Cgroup.create(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not the directory of a cgroup");
    }

    @Test
    void leavesTheJvmWhereItIs() throws Exception {
        long jvm = ProcessHandle.current().pid();
        String before = Files.readString(Path.of("/proc/self/cgroup"));
        try (Cgroup cgroup = TestCgroup.own()) {
            sh("exit").cgroup(cgroup).inheritIO().start().waitFor();
            assertThat(cgroup.members()).doesNotContain(jvm);
        }
        assertThat(Files.readString(Path.of("/proc/self/cgroup"))).isEqualTo(before);
    }

    @Test
    void saysThatNothingIsDelegatedToAnOrdinaryUser() throws Exception {
        TestCgroup.mount();
        Throwable refused =
                OwnThread.callUnprivileged(() -> catchThrowable(() -> Cgroup.create().close()));

        assumeTrue(refused != null, "a cgroup is delegated to this user");
        assertThat(refused)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no cgroup is delegated to this user")
                .hasMessageContaining("Delegate=yes");
    }

    @Test
    void isMadeByAnOrdinaryUserWhereItIsDelegated() throws Exception {
        try (Cgroup delegated = TestCgroup.own()) {
            TestCgroup.delegate(delegated.directory());
            Path directory =
                    OwnThread.callUnprivileged(
                            () -> {
                                try (Cgroup cgroup = Cgroup.create(delegated.directory())) {
                                    assertThat(cgroup.usage().processes()).isZero();
                                    cgroup.kill();
                                    return cgroup.directory();
                                }
                            });

            assertThat(directory).hasParentRaw(delegated.directory()).doesNotExist();
        }
    }

    // Starts

    @ForEachExpressiveStrategy
    void processesAreBornInIt(SpawnStrategy strategy) throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            PidfdProcess process =
                    PidfdProcess.builder("sleep", "600").strategy(strategy).cgroup(cgroup).start();

            assertThat(cgroupOf(process.pid())).endsWith("/" + cgroup.directory().getFileName());
        }
    }

    /** Newer kernels (seen on 6.18) kill whom they clone into it from then on. */
    @ForEachExpressiveStrategy
    void takesProcessesAfterItWasKilled(SpawnStrategy strategy) throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            for (int i = 0; i < 3; i++) {
                PidfdProcess first =
                        PidfdProcess.builder("sleep", "600")
                                .strategy(strategy)
                                .cgroup(cgroup)
                                .start();
                cgroup.kill();
                assertThat(first.waitFor()).isEqualTo(128 + 9);

                CommandResult second =
                        sh("grep ^0:: /proc/self/cgroup")
                                .strategy(strategy)
                                .cgroup(cgroup)
                                .run(RunOptions.timeout(ofSeconds(30)).expectExit(0));
                assertThat(second.stdout().text())
                        .contains(cgroup.directory().getFileName().toString());
            }
        }
    }

    private static SpawnException refusal(EmptyProcess process) {
        return catchThrowableOfType(SpawnException.class, process::start);
    }

    @Test
    void tellsThatItWasRemoved() throws Exception {
        Cgroup cgroup = TestCgroup.own();
        cgroup.close();

        SpawnException e = refusal(sh("exit").cgroup(cgroup));

        assertThat(e.step()).isEqualTo("open cgroup");
        assertThat(e.errno()).isEqualTo(2);
        assertThat(e).hasMessageContaining(cgroup.directory().toString());
    }

    /** By somebody else, while it is open here. */
    @ForEachExpressiveStrategy
    void tellsThatItWasRemovedWhileItWasOpen(SpawnStrategy strategy) throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            Files.delete(cgroup.directory());

            SpawnException e = refusal(sh("exit").strategy(strategy).cgroup(cgroup));

            assertThat(e.step()).isEqualTo("clone into cgroup");
            assertRemoved(e, cgroup);
        }
    }

    /** A child that cannot be born there any more, as {@code cgroup.kill} was written to it. */
    @ForEachExpressiveStrategy
    void tellsThatItWasRemovedBeforeTheChildMoved(SpawnStrategy strategy) throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            cgroup.kill();
            sh("exit").strategy(strategy).cgroup(cgroup).start().waitFor(); // finds that out
            Eventually.isTrue("nobody is in it", () -> !cgroup.events().isPopulated());
            Files.delete(cgroup.directory());

            SpawnException e = refusal(sh("exit").strategy(strategy).cgroup(cgroup));

            assertThat(e.step()).isIn("clone into cgroup", "move into cgroup");
            assertRemoved(e, cgroup);
        }
    }

    /** Step, cgroup and error; which one it is depends on how far the kernel has got with it. */
    private static void assertRemoved(SpawnException e, Cgroup cgroup) {
        assertThat(e.errno()).isIn(2, 19);
        assertThat(e)
                .hasMessageContaining(
                        e.step()
                                + " \""
                                + cgroup.directory()
                                + "\": "
                                + (e.errno() == 2 ? "ENOENT" : "ENODEV"))
                .hasMessageContaining("it has been removed");
    }

    @ForEachExpressiveStrategy
    void tellsThatItIsFrozen(SpawnStrategy strategy) throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            Files.writeString(cgroup.directory().resolve("cgroup.freeze"), "1");

            SpawnException e = refusal(sh("exit").strategy(strategy).cgroup(cgroup));

            assertThat(cgroup.events().isFrozen()).isTrue();
            assertThat(e.step()).isEqualTo("start in cgroup");
            assertThat(e.errno()).isEqualTo(16);
            assertThat(e)
                    .hasMessageContaining("it is frozen")
                    .hasMessageContaining(cgroup.directory().toString());
        }
    }

    @Test
    void tellsThatItIsBelowAThreadedOne() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            Files.writeString(cgroup.directory().resolve("cgroup.type"), "threaded");
            Path below = Files.createDirectory(cgroup.directory().resolve("below"));

            SpawnException e = refusal(sh("exit").cgroup(below));

            assertThat(e.step()).isEqualTo("clone into cgroup");
            assertThat(e.errno()).isEqualTo(95);
            assertThat(e).hasMessageContaining("threaded");
        }
    }

    /** Any controller that is not for threads does. */
    @Test
    void tellsThatItHandsOnControllers() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            String controller = TestCgroup.domainController(cgroup);
            Files.writeString(
                    cgroup.directory().resolve("cgroup.subtree_control"), "+" + controller);

            SpawnException e = refusal(sh("exit").cgroup(cgroup));

            assertThat(e.step()).isEqualTo("clone into cgroup");
            assertThat(e.errno()).isEqualTo(16);
            assertThat(e).hasMessageContaining("hands controllers on");
        }
    }

    @Test
    void tellsThatTheUserMayNot() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            SpawnException e = OwnThread.callUnprivileged(() -> refusal(sh("exit").cgroup(cgroup)));

            assertThat(e.step()).isEqualTo("clone into cgroup");
            assertThat(e.errno()).isEqualTo(13);
            assertThat(e).hasMessageContaining("the user may not write cgroup.procs");
        }
    }

    @Test
    void tellsThatItIsNoCgroup() {
        SpawnException e = refusal(sh("exit").cgroup(folder));

        assertThat(e.step()).isIn("clone into cgroup", "move into cgroup");
    }

    // Limits

    @Test
    void refusesLimitsOutOfRange() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.memoryMax(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.swapMax(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.pidsMax(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpuMax(0));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpuMax(0.001));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpuMax(Double.NaN));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cgroup.cpuMax(Double.POSITIVE_INFINITY))
                    .withMessage("Infinity processors are not in 0.01 to 2147483647");
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.ioWeight(0));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpus());
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpus(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpuWeight(0));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.cpuWeight(10001));
            assertThatIllegalArgumentException().isThrownBy(() -> cgroup.ioMax(folder, 0, 1));
        }
    }

    /** As on machines where version 1 has it. */
    @Test
    void saysWhichControllerIsMissingAndWhere() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            assumeTrue(!TestCgroup.has("memory"), "controller memory is there");

            assertThatThrownBy(() -> cgroup.memoryMax(1 << 30))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("no controller memory for " + TestCgroup.mount())
                    .hasMessageContaining("version 1");
        }
    }

    @Test
    void limitsMemory() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory")) {
            cgroup.memoryMax(64 << 20);

            assertThat(cgroup.directory().resolve("memory.max"))
                    .hasContent(Integer.toString(64 << 20));
        }
    }

    @Test
    void limitsProcesses() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("pids")) {
            cgroup.pidsMax(1);
            PidfdProcess process = PidfdProcess.builder("sleep", "600").cgroup(cgroup).start();

            SpawnException e = refusal(sh("exit").cgroup(cgroup));

            assertThat(e.errno()).isEqualTo(11);
            assertThat(e).hasMessageContaining("pids.max");
            assertThat(cgroup.events().refusedForks().orElseThrow()).isPositive();
            assertThat(process.isAlive()).isTrue();
        }
    }

    @Test
    void limitsCpuTime() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("cpu")) {
            cgroup.cpuMax(0.2).cpuWeight(50);

            assertThat(cgroup.directory().resolve("cpu.max")).hasContent("20000 100000");
            assertThat(cgroup.directory().resolve("cpu.weight")).hasContent("50");
            PidfdProcess busy = sh("while :; do :; done").cgroup(cgroup).start();
            Path stat = cgroup.directory().resolve("cpu.stat");
            Eventually.isTrue(
                    "it is kept from running",
                    () -> !Files.readAllLines(stat).contains("nr_throttled 0"));
            assertThat(busy.isAlive()).isTrue();
        }
    }

    @Test
    void saysOnWhichCpusItsProcessesRun() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("cpuset")) {
            cgroup.cpus(0);
            ProbeReport report = Probe.report(PidfdProcess.builder(Probe.PROGRAM).cgroup(cgroup));

            assertThat(report.text("status.Cpus_allowed_list")).isEqualTo("0");
        }
    }

    @Test
    void hasAShareOfDisks() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("io")) {
            try {
                cgroup.ioWeight(50);
            } catch (NoSuchFileException e) {
                assumeTrue(false, "no io.weight and no io.bfq.weight in this kernel");
            }
            Path weight = cgroup.directory().resolve("io.weight");
            Path ofBfq = cgroup.directory().resolve("io.bfq.weight");
            assertThat(Files.readString(Files.exists(weight) ? weight : ofBfq))
                    .containsPattern("^(default )?50\\b");
        }
    }

    /** Nobody may think that he has a share. */
    @Test
    void saysThatTheKernelKnowsNoShareOfDisks() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("io")) {
            assumeTrue(
                    !Files.exists(cgroup.directory().resolve("io.weight"))
                            && !Files.exists(cgroup.directory().resolve("io.bfq.weight")),
                    "it knows one");

            assertThatThrownBy(() -> cgroup.ioWeight(50))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining(cgroup.directory().resolve("io.weight").toString());
        }
    }

    @Test
    void stopsAndGoesOn() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            PidfdProcess process =
                    sh("read line; echo \"$line\"").stderr(Redirect.DISCARD).cgroup(cgroup).start();
            cgroup.freeze();
            Eventually.isTrue("it is frozen", () -> cgroup.events().isFrozen());
            process.outputWriter().append("line\n").close();
            cgroup.thaw();

            assertThat(process.inputReader().readLine()).isEqualTo("line");
            assertThat(process.waitFor()).isZero();
            assertThat(cgroup.events().isFrozen()).isFalse();
        }
    }

    @Test
    void limitsInputAndOutput() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("io")) {
            // .ci/cgroups has a disk.
            Path disk = Path.of(System.getProperty("spawn4j.disk", "")).toAbsolutePath();
            try {
                cgroup.ioMax(disk, 1 << 20, Long.MAX_VALUE);
            } catch (IOException e) {
                assumeTrue(!e.getMessage().contains("does not lie on a device"), e.getMessage());
                throw e;
            }
            assertThat(Files.readString(cgroup.directory().resolve("io.max")))
                    .contains("rbps=1048576", "wbps=max");
        }
    }

    // What it tells

    @Test
    void measuresAllWhoWereInIt() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            // A grandchild that nobody waits for.
            PidfdProcess process =
                    sh("setsid \"$0\" --burn 60 & exit")
                            .args(Probe.PROGRAM)
                            .inheritIO()
                            .cgroup(cgroup)
                            .start();
            process.waitFor();
            Eventually.isTrue("all have ended", () -> cgroup.members().isEmpty());

            TreeUsage usage = cgroup.usage();

            assertThat(usage.cpuTime()).isBetween(ofMillis(50), ofSeconds(20));
            assertThat(usage.userTime().plus(usage.systemTime())).isEqualTo(usage.cpuTime());
            assertThat(usage.processes()).isZero();
            assertThat(process.resourceUsage().cpuTime()).isLessThan(usage.cpuTime());
        }
    }

    /** Of a child of a JVM that is larger, which no rusage tells. */
    @Test
    void measuresThePeakOfASmallProcess() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory")) {
            cgroup.memoryMax(512 << 20);
            assumeTrue(
                    Files.exists(cgroup.directory().resolve("memory.peak")),
                    "this kernel has no memory.peak (Linux 5.19)");
            PidfdProcess.builder(Probe.PROGRAM, "--touch", "20")
                    .inheritIO()
                    .cgroup(cgroup)
                    .start()
                    .waitFor();

            assertThat(cgroup.usage().peakMemoryBytes().orElseThrow())
                    .isBetween(20L << 20, 40L << 20);
        }
    }

    @Test
    void aDeathForWantOfMemoryIsAReasonOfItsOwn() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory")) {
            cgroup.memoryMax(32 << 20);
            TestCgroup.withoutSwap(cgroup);
            EmptyProcess hog = PidfdProcess.builder(Probe.PROGRAM, "--touch", "400");
            PidfdProcess process = hog.inheritIO().cgroup(cgroup).start();
            process.waitFor();

            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.OutOfMemory());
            assertThat(process.exitValue()).isEqualTo(137);
            assertThat(cgroup.events().outOfMemoryKills()).hasValue(1);

            CommandException e =
                    catchThrowableOfType(
                            CommandException.class,
                            () ->
                                    PidfdProcess.builder(Probe.PROGRAM, "--touch", "400")
                                            .cgroup(cgroup)
                                            .run(RunOptions.noTimeout().expectExit(0)));
            assertThat(e).hasMessageContaining("out of memory");
            assertThat(e.result().exitStatus()).isEqualTo(new ExitStatus.OutOfMemory());
        }
    }

    @Test
    void anotherDeathBySigkillIsNotOneForWantOfMemory() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory")) {
            cgroup.memoryMax(32 << 20);
            TestCgroup.withoutSwap(cgroup);
            PidfdProcess.builder(Probe.PROGRAM, "--touch", "400")
                    .inheritIO()
                    .cgroup(cgroup)
                    .start()
                    .waitFor();
            PidfdProcess process = PidfdProcess.builder("sleep", "600").cgroup(cgroup).start();
            process.signal(Signal.KILL);
            process.waitFor();

            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
        }
    }

    /** After another one of the cgroup was killed for want of memory. */
    @Test
    void ourOwnSigkillIsNotOneForWantOfMemory() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory")) {
            cgroup.memoryMax(32 << 20);
            TestCgroup.withoutSwap(cgroup);
            EmptyProcess survivor =
                    sh("trap '' TERM; \"$0\" --touch 400; echo killed; while :; do sleep 1; done")
                            .args(Probe.PROGRAM)
                            .cgroup(cgroup);
            PidfdProcess process = survivor.start();
            assertThat(process.inputReader().readLine()).isEqualTo("killed");
            assertThat(cgroup.events().outOfMemoryKills()).hasValue(1);
            process.signal(Signal.KILL);
            process.waitFor();
            assertThat(process.exitStatus()).isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
            process.getInputStream().close();

            CommandException e =
                    catchThrowableOfType(
                            CommandException.class,
                            () ->
                                    sh("\"$0\" --touch 400; echo killed; while :; do sleep 1; done")
                                            .args(Probe.PROGRAM)
                                            .cgroup(cgroup)
                                            .teardown(Teardown.first(Signal.KILL, ofSeconds(10)))
                                            .run(
                                                    RunOptions.timeout(ofSeconds(30))
                                                            .stdout(Capture.failBeyond(1))));
            assertThat(e.reason()).isEqualTo(CommandException.Reason.OUTPUT);
            assertThat(cgroup.events().outOfMemoryKills()).hasValue(2);
            assertThat(e.result().exitStatus())
                    .isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
        }
    }

    // Its end

    @Test
    void killReachesADaemonThatIgnoresSignals() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            PidfdProcess process =
                    sh("setsid sh -c 'trap \"\" TERM HUP INT; echo $$; sleep 600' & exit")
                            .cgroup(cgroup)
                            .start();
            BufferedReader output = process.inputReader();
            long daemon = Long.parseLong(output.readLine());
            process.waitFor();
            assertThat(cgroup.members()).contains(daemon);

            cgroup.kill();

            Eventually.isTrue("all are gone", () -> cgroup.members().isEmpty());
            assertThat(cgroup.events().isPopulated()).isFalse();
        }
    }

    @Test
    void aTimeoutEndsAllOfIt() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            RunOptions options = RunOptions.timeout(ofMillis(200)).leaveNobody();

            CommandException e =
                    catchThrowableOfType(
                            CommandException.class,
                            () -> sh("setsid sleep 600 & sleep 600").cgroup(cgroup).run(options));

            assertThat(e.reason()).isEqualTo(CommandException.Reason.TIMEOUT);
            assertThat(e.result().duration()).isLessThan(Duration.ofSeconds(30));
            assertThat(cgroup.members()).isEmpty();
        }
    }
}
