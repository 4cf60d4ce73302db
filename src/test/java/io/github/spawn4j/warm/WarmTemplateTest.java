// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.warm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplate.Statistics;
import io.github.spawn4j.control.Resource;
import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Programs;
import io.github.spawn4j.testing.TestCgroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates whose program has been executed and linked ahead. */
@Timeout(60)
class WarmTemplateTest {
    private static final int ESTALE = 116;
    private static final int ENOENT = 2;
    private static final int SIGKILL = 9;
    private static final int SIGSTOP = 19;
    private static final RunOptions TO_ITS_END =
            RunOptions.timeout(Duration.ofSeconds(30)).anyExit();

    @TempDir Path folder;

    @BeforeEach
    void needsAHelper() throws Exception {
        try (SpawnTemplate template = warm("cat", KeptWarm.PATIENT)) {
            Statistics statistics = KeptWarm.settled(template);
            assumeTrue(
                    statistics.refusal().isEmpty(),
                    () -> "no helper can be made: " + statistics.refusal());
        }
    }

    private static SpawnTemplate warm(String program, Warm settings) throws SpawnException {
        return SpawnTemplate.builder(program).warm(settings).build();
    }

    private static SpawnTemplate ready(String program, Warm settings) throws Exception {
        SpawnTemplate template = warm(program, settings);
        assertThat(KeptWarm.settled(template).refusal()).isEmpty();
        return template;
    }

    /** Starts the program, has it end, and says how it was started. */
    private static StartKind kind(EmptyProcess process) throws Exception {
        try (PidfdProcess started = process.start()) {
            started.getOutputStream().close();
            started.getInputStream().readAllBytes();
            started.waitFor();
            return started.startedAs();
        }
    }

    private static void assertColdFor(ColdReason reason, EmptyProcess process, SpawnTemplate of)
            throws Exception {
        assertThat(kind(process)).isEqualTo(StartKind.COLD);
        assertThat(of.statistics().coldStarts()).containsKey(reason);
    }

    // How a process is started

    @Test
    void startsWarmOnceThereIsAHelper() throws Exception {
        try (SpawnTemplate template = ready("cat", KeptWarm.PATIENT)) {
            // The child that has shown that there can be one, and then one that is cloned for it.
            kind(template.prepare());
            assertThat(kind(template.prepare())).isEqualTo(StartKind.WARM);

            Statistics statistics = template.statistics();
            assertThat(statistics.warm()).isPositive();
            assertThat(statistics.starts()).isEqualTo(2);
            assertThat(statistics.cold()).isZero();
        }
    }

    @Test
    void startsAChildThatWaits() throws Exception {
        try (SpawnTemplate template = ready("cat", KeptWarm.PATIENT.parked(4))) {
            assertThat(kind(template.prepare())).isEqualTo(StartKind.PARKED);
            assertThat(template.statistics().parked()).isOne();
        }
    }

    @Test
    void tellsOfARunToo() throws Exception {
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT.parked(2))) {
            assertThat(cat.run(TO_ITS_END).startedAs()).isEqualTo(StartKind.PARKED);
            assertThat(PidfdProcess.builder("cat").run(TO_ITS_END).startedAs())
                    .isEqualTo(StartKind.COLD);

            // The next child takes a moment until it waits.
            Eventually.isTrue(
                    "a stage was parked",
                    () -> kinds(cat).equals(List.of(StartKind.PARKED, StartKind.COLD)));
        }
    }

    /** Those of the stages of a pipeline that begins with it. */
    private static List<StartKind> kinds(SpawnTemplate cat) throws Exception {
        return Pipeline.of(cat.prepare(), PidfdProcess.builder("cat"))
                .run(TO_ITS_END)
                .stages()
                .stream()
                .map(CommandResult.Stage::startedAs)
                .toList();
    }

    @Test
    void startsColdWithoutAHelper() throws Exception {
        try (SpawnTemplate template = SpawnTemplate.builder("cat").build()) {
            assertThat(kind(template.prepare())).isEqualTo(StartKind.COLD);
            assertThat(template.statistics())
                    .isEqualTo(new Statistics(0, 0, Map.of(), 0, Optional.empty()));
        }
    }

    @Test
    void countsEveryStart() throws Exception {
        try (SpawnTemplate template = warm("cat", KeptWarm.PATIENT)) {
            for (int i = 0; i < 20; i++) {
                kind(template.prepare());
            }
            assertThat(template.statistics().starts()).isEqualTo(20);
        }
    }

    static Stream<List<String>> commands() {
        return Stream.of(
                List.of("cat", "/proc/self/cmdline", "/proc/self/comm", "/proc/self/limits"),
                List.of("cat", "/proc/self/environ", "/proc/self/cgroup", "/proc/self/oom_score"),
                List.of("readlink", "/proc/self/exe", "/proc/self/cwd", "/proc/self/fd/0"),
                List.of("ls", "/proc/self/fd", "/"),
                List.of("ls", "/nonexistent"),
                List.of("sh", "-c", "echo $0 $*; set; umask; exit 3", "name", "a b", ""),
                List.of("bash", "-c", "declare -x; echo $PPID; ulimit -a; kill -TERM $$"),
                List.of(
                        "grep",
                        "-E",
                        "^(Sig[PBIC]|Cap|Groups|Uid|Gid|NoNew|Seccomp)",
                        "/proc/self/status"),
                List.of("sed", "-n", "2p", "/etc/passwd"),
                List.of("awk", "BEGIN { print ENVIRON[\"X\"], ARGC }", "a", "b"),
                List.of("find", "/etc", "-maxdepth", "0"),
                List.of("printenv"),
                List.of("id"),
                List.of("nice"),
                List.of("pwd"),
                List.of("sort", "/etc/passwd"),
                List.of("git", "--version"),
                List.of("perl", "-e", "print \"$^X $0 @ARGV\\n\"; exit 7", "x"),
                List.of("gcc", "--version"));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void givesTheSameAsAColdStart(List<String> command) throws Exception {
        Programs.assumeInstalled(command.get(0));
        List<String> arguments = command.subList(1, command.size());
        try (SpawnTemplate template = ready(command.get(0), KeptWarm.PATIENT.parked(1))) {
            for (Path directory : List.of(Path.of("/"), folder)) {
                CommandResult cold =
                        PidfdProcess.builder(command.get(0))
                                .args(arguments)
                                .env("X", directory.toString())
                                .directory(directory)
                                .run(TO_ITS_END);
                CommandResult warm =
                        template.prepare()
                                .args(arguments)
                                .env("X", directory.toString())
                                .directory(directory)
                                .run(TO_ITS_END);

                assertThat(warm.stdout().text()).isEqualTo(cold.stdout().text());
                assertThat(warm.stderr().text()).isEqualTo(cold.stderr().text());
                assertThat(warm.exitStatus()).isEqualTo(cold.exitStatus());
            }
            assertThat(template.statistics().coldStarts()).isEmpty();
        }
    }

    @Test
    void tellsTheSameFailureOfAnAction() throws Exception {
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT)) {
            SpawnAction missing = SpawnAction.chdir(folder.resolve("missing").toString());

            SpawnException warm =
                    catchThrowableOfType(
                            SpawnException.class, () -> cat.prepare().action(missing).start());
            SpawnException cold =
                    catchThrowableOfType(
                            SpawnException.class,
                            () -> PidfdProcess.builder("cat").action(missing).start());

            assertThat(warm).hasMessage(cold.getMessage());
            assertThat(warm.errno()).isEqualTo(ENOENT);
            assertThat(cat.statistics().cold()).isZero();
        }
    }

    /** What we would open for a child that waits is ours there, not the child's. */
    @Test
    void opensWhatIsTheChildsOwnInProc() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/self/comm"));
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT.parked(2))) {
            assertThat(cat.prepare().stdin(Redirect.from(link)).run(TO_ITS_END).stdout().text())
                    .isEqualTo("cat\n");
            EmptyProcess inProc = cat.prepare().args("comm").directory(Path.of("/proc/self"));
            assertThat(inProc.run(TO_ITS_END).stdout().text()).isEqualTo("cat\n");
        }
    }

    @Test
    void opensNoDescriptorOfOursByALink() throws Exception {
        int ours = LibC.open(Files.writeString(folder.resolve("ours"), "ours"), 0);
        Path link =
                Files.createSymbolicLink(folder.resolve("link"), Path.of("/proc/self/fd/" + ours));
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT.parked(2))) {
            EmptyProcess reader = cat.prepare().stdin(Redirect.from(link));
            assertThatThrownBy(() -> reader.run(TO_ITS_END)).isInstanceOf(SpawnException.class);
        } finally {
            LibC.close(ours);
        }
    }

    /** Else a ^C that the JVM has survived would end what is started later. */
    @Test
    void keepsWhatWaitsOutOfOurProcessGroup() throws Exception {
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT.parked(2));
                PidfdProcess started = cat.spawn()) {
            long ours = processGroup(ProcessHandle.current().pid());
            started.getOutputStream().write('x');
            started.getOutputStream().flush();
            assertThat(started.getInputStream().read()).isEqualTo('x');

            assertThat(processGroup(started.pid())).isEqualTo(ours);
            assertThat(processGroup(cat.statistics().helperPid())).isNotEqualTo(ours);
        }
    }

    private static long processGroup(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[2]);
    }

    @Test
    void startsManyAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try (SpawnTemplate template = ready("sh", KeptWarm.PATIENT.parked(8).renewAfter(50))) {
            List<Future<String>> outputs = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String text = "number " + i;
                outputs.add(
                        threads.submit(
                                () ->
                                        template.run(TO_ITS_END.stdin(text), "-c", "cat; exit 5")
                                                .stdout()
                                                .text()));
            }
            for (int i = 0; i < 400; i++) {
                assertThat(outputs.get(i).get()).isEqualTo("number " + i);
            }
            Statistics statistics = template.statistics();
            assertThat(statistics.starts()).isEqualTo(400);
            assertThat(statistics.warm() + statistics.parked()).isPositive();
        } finally {
            threads.shutdown();
        }
    }

    // What is started cold

    @Test
    void startsAStaticProgramCold() throws Exception {
        Programs.assumeInstalled("gcc");
        Path source = Files.writeString(folder.resolve("empty.c"), "int main(void) { return 0; }");
        Path program = folder.resolve("empty");
        CommandResult compiled =
                PidfdProcess.builder("gcc", "-static", "-o", program.toString(), source.toString())
                        .run(TO_ITS_END);
        assumeTrue(compiled.exitStatus().isSuccess(), () -> "no static libc: " + compiled);

        assertRefused(program, ColdReason.STATIC_PROGRAM);
    }

    /** A cold start with such a limit fails in the linker, which opens libraries. */
    @Test
    void startsWhatLeavesTheLinkerNoDescriptorCold() throws Exception {
        try (SpawnTemplate cat = ready("cat", Warm.on())) {
            assertColdFor(
                    ColdReason.OTHER_REQUEST, cat.prepare().softLimit(Resource.NOFILE, 3), cat);
            assertColdFor(
                    ColdReason.OTHER_REQUEST,
                    cat.prepare().mapFd(Redirect.DISCARD, 3).limit(Resource.NOFILE, 4),
                    cat);
            assertThat(kind(cat.prepare().limit(Resource.NOFILE, 4))).isNotEqualTo(StartKind.COLD);
        }
    }

    @Test
    void startsAProgramThatGivesIdsCold() throws Exception {
        assumeTrue(LibC.isRoot(), "a set-user-id program of root is made");
        Path program = copy("cat");
        LibC.check("chmod", LibC.chmod(program.toString(), 04755));

        assertRefused(program, ColdReason.PRIVILEGED_PROGRAM);
    }

    @Test
    void startsAScriptOfEnvCold() throws Exception {
        assertRefused(script("#!/usr/bin/env sh\nexit 0\n"), ColdReason.ENV_SCRIPT);
    }

    @Test
    void startsAScriptOfAShellWarm() throws Exception {
        Path script = script("#!/bin/sh -e\necho \"$0 $*\"\n");
        try (SpawnTemplate template = ready(script.toString(), KeptWarm.PATIENT.parked(1))) {
            CommandResult result = template.run(TO_ITS_END, "a", "b c");

            assertThat(result.stdout().text()).isEqualTo(script + " a b c\n");
            assertThat(template.statistics().cold()).isZero();
        }
    }

    private static void assertRefused(Path program, ColdReason reason) throws Exception {
        try (SpawnTemplate template = warm(program.toString(), KeptWarm.PATIENT)) {
            assertThat(KeptWarm.settled(template).refusal()).contains(reason);
            assertColdFor(reason, template.prepare(), template);
        }
    }

    private Path script(String text) throws IOException {
        Path script = Files.writeString(folder.toRealPath().resolve("script"), text);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private Path copy(String name) throws Exception {
        Path program = folder.toRealPath().resolve(name);
        return Files.copy(
                Path.of("/bin").resolve(name), program, StandardCopyOption.COPY_ATTRIBUTES);
    }

    @Test
    void startsWhatOnlyExecCanDoCold() throws Exception {
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT)) {
            for (SpawnStrategy strategy :
                    List.of(SpawnStrategy.FORK, SpawnStrategy.VFORK, SpawnStrategy.POSIX_SPAWN)) {
                assertColdFor(ColdReason.OTHER_REQUEST, cat.prepare().strategy(strategy), cat);
            }
            assertColdFor(
                    ColdReason.OTHER_REQUEST, cat.prepare().parentDeathSignal(Signal.KILL), cat);
            assertColdFor(ColdReason.OTHER_REQUEST, cat.prepare().inheritSignals(), cat);
            assertThat(cat.statistics().coldStarts()).containsEntry(ColdReason.OTHER_REQUEST, 5L);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"LD_BIND_NOW", "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "MALLOC_ARENA_MAX"})
    void startsColdWithOtherVariablesOfTheLinker(String variable) throws Exception {
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT)) {
            assertColdFor(ColdReason.OTHER_LINKER_VARIABLES, cat.prepare().env(variable, "1"), cat);
        }
    }

    @Test
    void startsColdWhereTheCallerHasLessRights() throws Exception {
        assumeTrue(LibC.isRoot(), "a thread gives its rights away");
        try (SpawnTemplate id = ready("id", KeptWarm.PATIENT)) {
            String output =
                    OwnThread.callUnprivileged(() -> id.run(TO_ITS_END, "-u").stdout().text());

            assertThat(output.strip()).isNotEqualTo("0");
            assertThat(id.statistics().warm() + id.statistics().parked()).isZero();
        }
    }

    @Test
    void startsInACgroupWarm() throws Exception {
        assumeTrue(
                Kernel.has(Kernel.CLONE_INTO_CGROUP), "the kernel cannot clone into a cgroup here");
        try (TestCgroup cgroup = new TestCgroup();
                SpawnTemplate cat = ready("cat", KeptWarm.PATIENT.parked(1))) {
            CommandResult result =
                    cat.prepare()
                            .args("/proc/self/cgroup")
                            .cgroup(cgroup.directory())
                            .run(TO_ITS_END);

            // A kernel that was seen to kill at birth would cost the helper.
            assertThat(result.startedAs())
                    .isEqualTo(Kernel.killsAtBirth() ? StartKind.COLD : StartKind.WARM);
            assertThat(result.stdout().text()).contains("/" + cgroup.directory().getFileName());
        }
    }

    @Test
    void tellsWhatIsNoCgroupAsAColdStartDoes() throws Exception {
        try (SpawnTemplate cat = ready("cat", KeptWarm.PATIENT)) {
            SpawnException warm =
                    catchThrowableOfType(
                            SpawnException.class, () -> cat.prepare().cgroup(folder).start());
            SpawnException cold =
                    catchThrowableOfType(
                            SpawnException.class,
                            () -> PidfdProcess.builder("cat").cgroup(folder).start());

            assertThat(warm.errno()).isEqualTo(cold.errno());
            assertThat(warm.getMessage().replace("/usr/bin/", "").replace("/bin/", ""))
                    .isEqualTo(cold.getMessage().replace("/usr/bin/", "").replace("/bin/", ""));
        }
    }

    @Test
    void handsUmaskAndLimitsOn() throws Exception {
        try (SpawnTemplate sh = ready("sh", KeptWarm.PATIENT)) {
            int usual = LibC.umask(0123);
            try {
                assertThat(sh.run(TO_ITS_END, "-c", "umask").stdout().text().strip())
                        .isEqualTo("0123");
            } finally {
                LibC.umask(usual);
            }
            assertThat(sh.statistics().cold()).isZero();
        }
    }

    // The life of a helper

    @Test
    void endsHelperAndWaitingChildrenWhenItIsClosed() throws Exception {
        SpawnTemplate template = ready("cat", KeptWarm.PATIENT.parked(4));
        long helper = template.statistics().helperPid();
        PidfdProcess started = template.spawn();

        template.close();

        Eventually.isTrue(
                "only what was started is left", () -> Files.notExists(Path.of("/proc/" + helper)));
        assertThat(started.isAlive()).isTrue();
        started.getOutputStream().close();
        assertThat(started.waitFor()).isZero();
        // LeakCheck looks for children that still wait.
    }

    @Test
    void endsAnIdleHelperAndMakesAnotherWhenItIsNeeded() throws Exception {
        try (SpawnTemplate template = ready("cat", KeptWarm.PATIENT.idle(Duration.ofMillis(1)))) {
            Eventually.isTrue("the helper has ended", () -> template.statistics().helperPid() == 0);

            assertColdFor(ColdReason.NO_HELPER, template.prepare(), template);

            Eventually.isTrue("a start was warm", () -> kind(template.prepare()) != StartKind.COLD);
        }
    }

    @Test
    void renewsTheHelperAfterSoManyStarts() throws Exception {
        try (SpawnTemplate template = ready("cat", KeptWarm.PATIENT.renewAfter(3))) {
            long first = template.statistics().helperPid();
            for (int i = 0; i < 3; i++) {
                kind(template.prepare());
            }
            Eventually.isTrue(
                    "there is another helper", () -> template.statistics().helperPid() != first);
            assertThat(template.statistics().cold()).isZero();
        }
    }

    @Test
    void doesWithoutAHelperThatWasKilled() throws Exception {
        assertReplaced(SIGKILL, Duration.ofSeconds(30));
    }

    @Test
    void doesWithoutAHelperThatIsStopped() throws Exception {
        assertReplaced(SIGSTOP, Duration.ofMillis(500));
    }

    private static void assertReplaced(int signal, Duration deadline) throws Exception {
        try (SpawnTemplate template = ready("cat", Warm.on().deadline(deadline))) {
            long first = template.statistics().helperPid();
            LibC.check("kill", LibC.kill((int) first, signal));

            // The first may find the child that has shown that there can be one.
            for (int i = 0; i < 3; i++) {
                CommandResult result = template.run(TO_ITS_END.stdin("text"));
                assertThat(result.stdout().text()).isEqualTo("text");
            }

            assertThat(template.statistics().cold()).isPositive();
            Eventually.isTrue(
                    "a start was warm again",
                    () ->
                            kind(template.prepare()) != StartKind.COLD
                                    && template.statistics().helperPid() != first);
        }
    }

    @Test
    void isStaleWhenItsProgramHasChanged() throws Exception {
        Path program = copy("cat");
        try (SpawnTemplate template = ready(program.toString(), KeptWarm.PATIENT.parked(2))) {
            Files.delete(program);
            Files.copy(Path.of("/bin/echo"), program, StandardCopyOption.COPY_ATTRIBUTES);

            SpawnException e = catchThrowableOfType(SpawnException.class, template::spawn);

            assertThat(e.errno()).isEqualTo(ESTALE);
        }
    }
}
