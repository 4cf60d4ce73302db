// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachExpressiveStrategy;
import io.github.spawn4j.testing.Jvm;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.Probe;
import io.github.spawn4j.testing.ProbeReport;
import io.github.spawn4j.testing.Strategies;
import io.github.spawn4j.warm.ColdReason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a child gives itself: as it sees it, refused by its name, and never done to the JVM. */
@Timeout(60)
class AttributeTest {
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EINVAL = 22;
    private static final int EOPNOTSUPP = 95;

    private static final int CAP_SYS_NICE = 23;
    private static final int CAP_SYS_RESOURCE = 24;

    @TempDir private Path folder;

    /** One way to set an attribute, how it is named, and what the probe must then see. */
    private record Setting(
            String words, UnaryOperator<EmptyProcess> set, Map<String, String> seen) {}

    private static Setting setting(
            String words, UnaryOperator<EmptyProcess> set, String key, String value) {
        return new Setting(words, set, Map.of(key, value));
    }

    /** Those that everybody may have, in the order in which the child takes them. */
    private static List<Setting> common() {
        return List.of(
                setting("umask 0027", process -> process.umask(0027), "umask", "0027"),
                setting(
                        "sched_setscheduler BATCH 0",
                        process -> process.scheduler(SchedulingPolicy.BATCH, 0),
                        "policy",
                        "3 0"),
                setting("setpriority 7", process -> process.nice(7), "nice", "7"),
                setting(
                        "ioprio_set BEST_EFFORT 6",
                        process -> process.ioPriority(IoClass.BEST_EFFORT, 6),
                        "ioprio",
                        "2 6"),
                setting(
                        "sched_setaffinity 0",
                        process -> process.cpuAffinity(0),
                        "status.Cpus_allowed_list",
                        "0"),
                setting(
                        "set_mempolicy BIND 0",
                        process -> process.memoryPolicy(MemoryPolicy.BIND, 0),
                        "mempolicy",
                        "2 1"),
                setting(
                        "oom_score_adj 700",
                        process -> process.oomScoreAdj(700),
                        "oom_score_adj",
                        "700"),
                setting(
                        "prctl(PR_SET_TIMERSLACK) 2000000 ns",
                        process -> process.timerSlack(Duration.ofMillis(2)),
                        "timerslack",
                        "2000000"),
                setting(
                        "personality ADDR_NO_RANDOMIZE",
                        EmptyProcess::fixedAddresses,
                        "personality",
                        "00040000"),
                setting(
                        "prlimit CPU 100:200",
                        process -> process.limit(Resource.CPU, 100, 200),
                        "rlimit.0",
                        "100,200"),
                setting(
                        "prlimit CORE 0:0",
                        process -> process.limit(Resource.CORE, 0),
                        "rlimit.4",
                        "0,0"),
                setting(
                        "prlimit NOFILE 64:128",
                        process -> process.limit(Resource.NOFILE, 64, 128),
                        "rlimit.nofile",
                        "64,128"));
    }

    private static Stream<SpawnStrategy> expressive() {
        return Strategies.ofTheKernel().stream()
                .filter(strategy -> strategy != SpawnStrategy.POSIX_SPAWN);
    }

    static Stream<Arguments> settings() {
        return expressive()
                .flatMap(
                        strategy ->
                                common().stream()
                                        .map(
                                                setting ->
                                                        Arguments.of(
                                                                strategy,
                                                                Named.of(setting.words, setting))));
    }

    private static void assertSeen(ProbeReport report, Setting setting) {
        setting.seen.forEach(
                (key, value) -> assertThat(report.text(key)).as(setting.words).isEqualTo(value));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("settings")
    void isWhatTheChildSeesAndOnlyThat(SpawnStrategy strategy, Setting setting) throws Exception {
        Map<String, String> before = Jvm.state();

        EmptyProcess process = setting.set.apply(Probe.with(strategy).inheritLimits());
        assertThat(process.attributes()).containsExactly(setting.words);
        assertSeen(Probe.report(process), setting);

        assertThat(Jvm.state()).isEqualTo(before);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("settings")
    void isForAnOrdinaryUserToo(SpawnStrategy strategy, Setting setting) throws Exception {
        Jvm.asOrdinaryUser(
                () -> {
                    assertSeen(Probe.report(setting.set.apply(Probe.with(strategy))), setting);
                    return null;
                });
    }

    @ForEachExpressiveStrategy
    void allAreTakenTogetherInAnOrderOfTheirOwn(SpawnStrategy strategy) throws Exception {
        Map<String, String> before = Jvm.state();
        EmptyProcess process = Probe.with(strategy);
        List<Setting> settings = new ArrayList<>(common());
        Collections.reverse(settings);
        settings.forEach(setting -> setting.set.apply(process));

        assertThat(process.attributes())
                .containsExactlyElementsOf(common().stream().map(Setting::words).toList());
        ProbeReport report = Probe.report(process);
        common().forEach(setting -> assertSeen(report, setting));
        assertThat(Jvm.state()).isEqualTo(before);
    }

    @Test
    void belongsToEachProcessOfATemplate() throws Exception {
        SpawnTemplate.Builder builder =
                SpawnTemplate.builder(Probe.PROGRAM).umask(0077).limit(Resource.NOFILE, 100);
        try (SpawnTemplate template = builder.build()) {
            builder.umask(0);
            EmptyProcess changed = template.prepare().umask(0007).nice(3);
            ProbeReport first = Probe.report(template.prepare());
            assertThat(first.text("umask")).isEqualTo("0077");
            assertThat(first.text("rlimit.nofile")).isEqualTo("100,100");
            ProbeReport second = Probe.report(changed);
            assertThat(second.text("umask")).isEqualTo("0007");
            assertThat(second.text("nice")).isEqualTo("3");
            assertThat(second.text("rlimit.nofile")).isEqualTo("100,100");
        }
    }

    @Test
    void countsAsItWasSaidLast() throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(SpawnStrategy.CLONE3)
                                .limit(Resource.NOFILE, 50)
                                .limit(Resource.NOFILE, 60, 70)
                                .nice(9)
                                .nice(4));
        assertThat(report.text("rlimit.nofile")).isEqualTo("60,70");
        assertThat(report.text("nice")).isEqualTo("4");
    }

    @ForEachExpressiveStrategy
    void umaskIsThatOfFilesWhichAreCreatedForTheChild(SpawnStrategy strategy) throws Exception {
        Path file = folder.resolve("out");
        assertThat(
                        PidfdProcess.builder("true")
                                .strategy(strategy)
                                .umask(0137)
                                .stdout(Redirect.to(file))
                                .start()
                                .waitFor())
                .isZero();
        assertThat(Files.getPosixFilePermissions(file))
                .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
    }

    @ForEachExpressiveStrategy
    void descriptorsMayLieAboveTheLimitOfOpenFiles(SpawnStrategy strategy) throws Exception {
        ProbeReport report =
                Probe.report(
                        Probe.with(strategy)
                                .limit(Resource.NOFILE, 16)
                                .action(SpawnAction.dup2(0, 200)));
        assertThat(report.text("rlimit.nofile")).isEqualTo("16,16");
        assertThat(report.descriptors()).containsKey(200);
    }

    @ForEachExpressiveStrategy
    void aSoftLimitLeavesTheHardOne(SpawnStrategy strategy) throws Exception {
        String[] ours = Probe.report(Probe.with(strategy)).text("rlimit.nofile").split(",");
        EmptyProcess process = Probe.with(strategy).softLimit(Resource.NOFILE, 77);
        assertThat(process.attributes()).containsExactly("prlimit NOFILE 77");
        assertThat(Probe.report(process).text("rlimit.nofile")).isEqualTo("77," + ours[1]);
        assertThat(
                        Probe.report(
                                        Probe.with(strategy)
                                                .softLimit(Resource.NOFILE, Resource.UNLIMITED))
                                .text("rlimit.nofile"))
                .isEqualTo(ours[1] + "," + ours[1]);
    }

    /** One way to ask for too much, and what is said of it. */
    private record Refusal(String step, String object, int errno, UnaryOperator<EmptyProcess> set) {
        @Override
        public String toString() {
            return step + " " + object;
        }
    }

    private static void assertRefused(Refusal refusal, SpawnStrategy strategy) throws Exception {
        Map<Integer, String> before = LeakCheck.descriptors();
        EmptyProcess process = refusal.set.apply(Probe.with(strategy));
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e).as("exception").isNotNull();
        assertThat(e.step()).isEqualTo(refusal.step);
        assertThat(e.errno()).isEqualTo(refusal.errno);
        assertThat(e.actionIndex()).isEqualTo(-1);
        assertThat(e).hasMessageContaining("(" + refusal.step + " " + refusal.object + ": E");
        assertThat(ProcessHandle.current().children()).isEmpty();
        LeakCheck.assertOpenAsBefore(before);
    }

    private static Stream<Arguments> forExpressive(List<Refusal> refusals) {
        return expressive()
                .flatMap(
                        strategy ->
                                refusals.stream().map(refusal -> Arguments.of(strategy, refusal)));
    }

    static Stream<Arguments> refusalsForAll() {
        return forExpressive(
                List.of(
                        new Refusal(
                                "sched_setscheduler",
                                "OTHER 3",
                                EINVAL,
                                process -> process.scheduler(SchedulingPolicy.OTHER, 3)),
                        new Refusal(
                                "sched_setparam",
                                "5", // which only the real-time policies have
                                EINVAL,
                                process -> process.schedulingPriority(5)),
                        new Refusal(
                                "sched_setaffinity",
                                "60000",
                                EINVAL,
                                process -> process.cpuAffinity(60000)),
                        new Refusal(
                                "set_mempolicy",
                                "BIND 1000",
                                EINVAL,
                                process -> process.memoryPolicy(MemoryPolicy.BIND, 1000)),
                        new Refusal(
                                "prlimit",
                                "NOFILE 1:" + Long.MAX_VALUE, // above fs.nr_open
                                EPERM,
                                process -> process.limit(Resource.NOFILE, 1, Long.MAX_VALUE))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refusalsForAll")
    void failsByItsNameWhoeverAsks(SpawnStrategy strategy, Refusal refusal) throws Exception {
        assertRefused(refusal, strategy);
        Jvm.asOrdinaryUser(
                () -> {
                    assertRefused(refusal, strategy);
                    return null;
                });
    }

    static Stream<Arguments> refusalsForOrdinaryUsers() {
        return forExpressive(
                List.of(
                        new Refusal("setpriority", "-20", EACCES, process -> process.nice(-20)),
                        new Refusal(
                                "sched_setscheduler",
                                "FIFO 5",
                                EPERM,
                                process -> process.scheduler(SchedulingPolicy.FIFO, 5)),
                        new Refusal(
                                "ioprio_set",
                                "REALTIME 0",
                                EPERM,
                                process -> process.ioPriority(IoClass.REALTIME, 0)),
                        new Refusal(
                                "oom_score_adj",
                                "-1000",
                                EACCES,
                                process -> process.oomScoreAdj(-1000)),
                        new Refusal(
                                "prlimit",
                                "MEMLOCK unlimited:unlimited",
                                EPERM,
                                process -> process.limit(Resource.MEMLOCK, Resource.UNLIMITED))));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refusalsForOrdinaryUsers")
    void failsByItsNameWithoutThePrivilege(SpawnStrategy strategy, Refusal refusal)
            throws Exception {
        Jvm.asOrdinaryUser(
                () -> {
                    assertRefused(refusal, strategy);
                    return null;
                });
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("refusalsForOrdinaryUsers")
    void isThereForThePrivileged(SpawnStrategy strategy, Refusal refusal) throws Exception {
        boolean isResource = refusal.step.equals("prlimit") || refusal.step.startsWith("oom");
        assumeTrue(
                Jvm.hasCapability(isResource ? CAP_SYS_RESOURCE : CAP_SYS_NICE),
                () ->
                        "these tests run without "
                                + (isResource ? "CAP_SYS_RESOURCE" : "CAP_SYS_NICE")
                                + ", which is needed for "
                                + refusal);
        assertThat(refusal.set.apply(Probe.with(strategy, "--say", "x")).start().waitFor())
                .isZero();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("settings")
    void isRefusedByAStrategyThatCannotGiveIt(SpawnStrategy strategy, Setting setting) {
        if (setting.words.startsWith("sched_setscheduler")) {
            return; // posix_spawn(3) has it
        }
        Path output = folder.resolve("output");
        EmptyProcess process =
                setting.set
                        .apply(Probe.with(SpawnStrategy.POSIX_SPAWN))
                        .stdout(Redirect.to(output));
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e).as("exception").isNotNull();
        assertThat(e.errno()).isEqualTo(EOPNOTSUPP);
        assertThat(e.step()).isEqualTo("posix_spawn cannot express " + setting.words);
        assertThat(e).hasMessageContaining("the strategies CLONE3, VFORK and FORK can");
        assertThat(output).doesNotExist();
    }

    @Test
    void makesAStartColdWhereTheProgramIsLinkedAlready() throws Exception {
        try (SpawnTemplate template =
                SpawnTemplate.builder(Probe.PROGRAM).warm(KeptWarm.PATIENT).build()) {
            KeptWarm.settled(template);
            assumeTrue(template.statistics().refusal().isEmpty(), "no helper can be had here");

            ProbeReport report = Probe.report(template.prepare().fixedAddresses());
            assertThat(report.text("personality")).isEqualTo("00040000");
            Probe.report(template.prepare().limit(Resource.AS, 1L << 40));
            assertThat(template.statistics().coldStarts())
                    .isEqualTo(Map.of(ColdReason.OTHER_REQUEST, 2L));
        }
    }

    @Test
    void refusesWhatNoKernelHas() {
        EmptyProcess process = PidfdProcess.builder("true");
        assertThatThrownBy(() -> process.umask(01000)).hasMessage("umask 512 is not in 0 to 511");
        assertThatThrownBy(() -> process.nice(20)).hasMessage("nice 20 is not in -20 to 19");
        assertThatThrownBy(() -> process.oomScoreAdj(1001))
                .hasMessage("oomScoreAdj 1001 is not in -1000 to 1000");
        assertThatThrownBy(() -> process.limit(Resource.CPU, 2, 1))
                .hasMessage("limit CPU: soft 2 is above hard 1");
        assertThatThrownBy(() -> process.limit(Resource.CPU, Resource.UNLIMITED, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> process.limit(Resource.CPU, -2))
                .hasMessage("limit CPU -2:-2 is negative");
        assertThatThrownBy(() -> process.cpuAffinity()).hasMessage("no CPU");
        assertThatThrownBy(() -> process.cpuAffinity(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> process.memoryPolicy(MemoryPolicy.BIND))
                .hasMessage("BIND needs nodes");
        assertThatThrownBy(() -> process.memoryPolicy(MemoryPolicy.LOCAL, 0))
                .hasMessage("LOCAL has no nodes");
        assertThatThrownBy(() -> process.memoryPolicy(MemoryPolicy.PREFERRED, 0, 1))
                .hasMessage("PREFERRED has one node, not [0, 1]");
        assertThatThrownBy(() -> process.timerSlack(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> process.ioPriority(IoClass.IDLE, 8))
                .hasMessage("level 8 is not in 0 to 7");
        assertThat(process.inheritLimits().attributes()).isEmpty();
    }
}
