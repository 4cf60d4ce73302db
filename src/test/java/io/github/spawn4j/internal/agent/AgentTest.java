// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.testing.agent.AgentJvm;
import io.github.spawn4j.testing.agent.Anew;
import io.github.spawn4j.testing.agent.Application;
import io.github.spawn4j.testing.agent.Attaching;
import io.github.spawn4j.testing.agent.Contract;
import io.github.spawn4j.testing.agent.OwnCopy;
import io.github.spawn4j.testing.agent.Recording;
import io.github.spawn4j.testing.agent.StartingBackend;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.Type;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;

/** Applications in JVMs of their own, under the agent. */
@Timeout(120)
class AgentTest {
    private static final String OURS = "io.github.spawn4j.PidfdProcess";
    private static final String THEIRS = "java.lang.ProcessImpl";
    private static final String NO_LIBRARY = "-Dio.github.spawn4j.library=/no/such/library.so";

    @TempDir static Path jars;

    private static Path jar;

    @TempDir Path folder;

    @BeforeAll
    static void makeJar() throws Exception {
        jar = AgentJvm.makeJar(jars.resolve("spawn4j.jar"));
    }

    private static AgentJvm agent(String options) {
        return AgentJvm.with(jar, options);
    }

    @Test
    void takesOverEachWayToStartAProcess() throws Exception {
        assertThat(agent("report").run(Application.class).lines())
                .containsExactly(
                        "start: 1 by " + OURS + ", 0",
                        "exec: 2 by " + OURS + ", 0",
                        "other class: other by " + OURS + ", 0",
                        "pipeline: 3 by " + OURS + ", 0",
                        "spawn4j: 5 starts, 0 more left to the JDK");
    }

    @Test
    void behavesAsTheJdkDoes() throws Exception {
        Path theirs = Files.createDirectory(folder.resolve("a")).toRealPath();
        Path ours = Files.createDirectory(folder.resolve("b")).toRealPath();
        String expected = new AgentJvm().run(Contract.class, theirs.toString());

        String actual = agent("report").run(Contract.class, ours.toString());

        assertThat(expected).contains("again: true");
        assertThat(actual.replace(ours.toString(), theirs.toString()).lines())
                .startsWith(expected.lines().toArray(String[]::new))
                .last()
                .asString()
                .matches("spawn4j: \\d\\d starts, 0 more left to the JDK");
    }

    @Test
    void leavesToTheJdkWhatOptionsExclude() throws Exception {
        String other = Application.class.getName() + "$Other";

        assertThat(agent("report,excludeClass=" + other).run(Application.class).lines())
                .contains("start: 1 by " + OURS + ", 0", "other class: other by " + THEIRS + ", 0")
                .endsWith("spawn4j: 4 starts, 1 more left to the JDK");
        assertThat(agent("includeClass=*$Oth*r").run(Application.class).lines())
                .contains("start: 1 by " + THEIRS + ", 0", "other class: other by " + OURS + ", 0");
        assertThat(agent("report,excludeProgram=cat").run(Application.class).lines())
                .contains("start: 1 by " + OURS + ", 0", "pipeline: 3 by " + THEIRS + ", 0")
                .endsWith("spawn4j: 3 starts, 2 more left to the JDK");
        assertThat(agent("includeProgram=/bin/echo").run(Application.class).lines())
                .contains("start: 1 by " + THEIRS + ", 0", "other class: other by " + OURS + ", 0");
    }

    @Test
    void refusesAnOptionThatItDoesNotKnow() throws Exception {
        assertThat(agent("exclude=cat").run(Application.Idle.class))
                .contains("unknown option \"exclude=cat\" of the agent spawn4j")
                .contains("exit code 1")
                .doesNotContain("idle");
    }

    @Test
    void printsNothingAndLoadsNothingBeforeThereIsAProcess() throws Exception {
        assertThat(agent("").run(Application.Idle.class)).isEqualTo("idle");
        assertThat(agent("").option("-Xlog:class+load").run(Application.Idle.class).lines())
                .filteredOn(line -> line.contains("spawn4j") && line.contains("source:"))
                .map(line -> line.replaceAll("^.* io.github.spawn4j.| source.*", ""))
                .containsExactly(
                        "internal.agent.Agent",
                        "internal.agent.Agent$FirstUse",
                        "testing.agent.Application$Idle");
    }

    @Test
    void leavesTheArchiveOfClassesInUse() throws Exception {
        String loaded = agent("").option("-Xlog:class+load").run(Application.Echo.class);

        assertThat(loaded.lines().filter(line -> line.contains("shared objects file")))
                .hasSizeGreaterThan(300);
        assertThat(loaded).doesNotContain("[warning]");
    }

    @Test
    void leavesToTheJdkWhatItCannotStartAndSaysSoOnce() throws Exception {
        String withoutSlf4j = agent("report").option(NO_LIBRARY).run(Application.class);
        assertThat(withoutSlf4j.lines())
                .filteredOn(line -> line.contains("was left to the JDK"))
                .singleElement()
                .asString()
                .contains("cannot load spawn4j's native library", "/no/such/library.so");
        assertThat(withoutSlf4j)
                .contains("start: 1 by " + THEIRS + ", 0")
                .contains("pipeline: 3 by " + THEIRS + ", 0")
                .endsWith("spawn4j: 0 starts, 5 more left to the JDK");
    }

    @Test
    void leavesToTheJdkWhatAFilterForbids() throws Exception {
        String deny = System.getProperty("spawn4j.native.bin") + "/deny";

        String printed =
                agent("report").startedBy(deny, "waitid=ENOSYS", "--").run(Application.class);

        assertThat(printed)
                .contains("was left to the JDK")
                .contains("waitid")
                .contains("start: 1 by " + THEIRS + ", 0")
                .endsWith("spawn4j: 0 starts, 5 more left to the JDK");
    }

    @Test
    void saysItToTheBackendOfTheApplication() throws Exception {
        String printed =
                agent("")
                        .option(NO_LIBRARY)
                        .classPathLast(AgentJvm.classesOf(LoggerFactory.class))
                        .classPathLast(AgentJvm.classesOf(SimpleLogger.class))
                        .run(Application.class);

        assertThat(printed)
                .contains("[main] WARN io.github.spawn4j.internal.agent.Agent - a process was left")
                .contains("start: 1 by " + THEIRS + ", 0");
    }

    @Test
    void recordsAnEventForEachStart() throws Exception {
        assertThat(agent("excludeProgram=/bin/echo").run(Recording.class).lines())
                .contains(
                        "echo, a pid, null, a time",
                        "/bin/echo, no pid, as the options say, no time",
                        "cat, a pid, null, a time")
                .filteredOn(line -> line.startsWith("echo,"))
                .hasSize(3);
    }

    @Test
    void livesBesideTheApplicationsOwnCopy() throws Exception {
        assertThat(
                        agent("report")
                                .classPathFirst(AgentJvm.classesOf(Agent.class))
                                .classPathLast(AgentJvm.classesOf(LoggerFactory.class))
                                .classPathLast(AgentJvm.classesOf(Type.class))
                                .run(OwnCopy.class)
                                .lines())
                .startsWith("own: text", "agent's: text, of another class")
                .endsWith("spawn4j: 1 starts, 0 more left to the JDK");
    }

    @Test
    void livesBesideTheApplicationsModule() throws Exception {
        assertThat(
                        agent("report")
                                .option(
                                        "--module-path="
                                                + jar
                                                + ":"
                                                + AgentJvm.classesOf(LoggerFactory.class))
                                .option("--add-modules=io.github.spawn4j")
                                .run(OwnCopy.class)
                                .lines())
                .contains("own: text", "agent's: text, of another class")
                .endsWith("spawn4j: 1 starts, 0 more left to the JDK");
    }

    /** Whose classes come first on the class path, and lack what the agent needs. */
    @Test
    void isNotLedAstrayByAnotherVersionOnTheClassPath() throws Exception {
        Path source = folder.resolve("EmptyProcess.java");
        Files.writeString(source, "package io.github.spawn4j; public class EmptyProcess {}");
        int compiled =
                ToolProvider.findFirst("javac")
                        .orElseThrow()
                        .run(System.out, System.err, "-d", folder.toString(), source.toString());
        assertThat(compiled).isZero();

        assertThat(agent("").classPathFirst(folder).run(Application.Echo.class))
                .isEqualTo("echo: text by " + OURS + ", 0");
    }

    @Test
    void comesToAJvmThatRuns() throws Exception {
        assertThat(
                        new AgentJvm()
                                .option("-Djdk.attach.allowAttachSelf=true")
                                .option("-XX:+EnableDynamicAgentLoading")
                                .run(Attaching.class, jar.toString())
                                .lines())
                .contains("before: " + THEIRS, "after: " + OURS);
    }

    @Test
    void isLaunchedByAnApplicationThatHoldsIt() throws Exception {
        Path application = AgentJvm.makeJar(folder.resolve("app.jar"), Application.class);

        assertThat(new AgentJvm().runJar(application).lines())
                .contains("start: 1 by " + OURS + ", 0", "pipeline: 3 by " + OURS + ", 0");
    }

    @Test
    void isThereOnceWhenItIsNamedTwice() throws Exception {
        assertThat(agent("").option("-javaagent:" + jar).run(Application.Echo.class))
                .isEqualTo("echo: text by " + OURS + ", 0");
    }

    @Test
    void letsABackendStartAProcessItself() throws Exception {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(
                services.resolve("org.slf4j.spi.SLF4JServiceProvider"),
                StartingBackend.class.getName());

        String printed =
                agent("report")
                        .option(NO_LIBRARY)
                        .classPathFirst(folder)
                        .classPathLast(AgentJvm.classesOf(LoggerFactory.class))
                        .run(Application.Echo.class);

        assertThat(printed.lines())
                .containsOnlyOnce("backend: " + THEIRS)
                .contains("echo: text by " + THEIRS + ", 0");
    }

    @Test
    void staysWhenAnotherAgentMakesTheClassesAnew() throws Exception {
        Path other = AgentJvm.makeAgent(folder.resolve("anew.jar"), Anew.class);

        assertThat(agent("").option("-javaagent:" + other).run(Anew.class))
                .isEqualTo("anew: " + OURS);
    }
}
