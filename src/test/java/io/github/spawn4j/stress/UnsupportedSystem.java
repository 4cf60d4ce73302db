// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import io.github.spawn4j.Capture;
import io.github.spawn4j.CommandException;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.RunningCommand;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplateCache;
import io.github.spawn4j.Teardown;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Everyday use in a JVM that takes its system for one that the library is not made for. Throws what
 * was wrong.
 */
final class UnsupportedSystem {
    private static final RunOptions OPTIONS = RunOptions.timeout(ofSeconds(30));

    private UnsupportedSystem() {}

    /**
     * Prints OK.
     *
     * @param args what the reason is to contain; and what the system is to be, if it is to be
     *     another one, which this JVM's own classes must not have known
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 1) {
            pretend(args[1]);
        }
        SpawnStrategy wanted = SpawnStrategy.CLONE3;
        require(!wanted.isSupported(), wanted + " is supported");
        String reason = wanted.unsupported().orElseThrow();
        require(reason.contains(args[0]), reason);
        require(SpawnStrategy.automatic() == SpawnStrategy.JDK, "another is automatic");
        require(SpawnStrategy.JDK.isSupported(), "the JDK is not supported");

        starts();
        runs();
        converses();
        connects();
        repeats();
        ends();
        refuses(reason);
        System.out.println("OK");
    }

    /** Has the library take the system for another one, but not the JVM's own classes. */
    static void pretend(String name) throws Exception {
        ProcessBuilder.Redirect nowhere = ProcessBuilder.Redirect.DISCARD;
        new ProcessBuilder("true").redirectOutput(nowhere).start().waitFor();
        System.setProperty("os.name", name);
    }

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static void starts() throws Exception {
        PidfdProcess cat = PidfdProcess.builder("cat").env("A", "\u00e4").start();
        try (var writer = cat.outputWriter(StandardCharsets.UTF_8)) {
            writer.write("text");
        }
        require("text".equals(new String(cat.getInputStream().readAllBytes())), "no echo");
        require(cat.awaitExit().isSuccess(), "cat: " + cat.exitStatus());
        require(cat.exited().get().isSuccess(), "no future");
        require(cat.toHandle().pid() == cat.pid(), "another handle");
        require(cat.resourceUsage().cpuTime().isZero(), "a usage");
        require(cat.toString().contains("exitValue=0"), cat.toString());
        Process adopted = EmptyProcess.from(new ProcessBuilder("true")).start();
        require(adopted.waitFor() == 0, "not as ProcessBuilder");
        adopted.onExit().get();
    }

    private static void runs() throws Exception {
        Path file = Files.createTempFile("spawn4j", ".out");
        try {
            CommandResult result =
                    sh("cat; echo error >&2; exit 3")
                            .run(
                                    OPTIONS.stdin("in")
                                            .stdout(Capture.keepTail(2).to(file))
                                            .expectExit(3));
            require(result.stdout().text().equals("in"), result.stdout().text());
            require(result.stderr().lines().equals(List.of("error")), result.stderr().text());
            require(result.exitValue() == 3, result.toString());
            require(Files.readString(file).equals("in"), "no copy");
        } finally {
            Files.delete(file);
        }
        byte[] much = new byte[1 << 20];
        RunOptions copied = OPTIONS.stdin(new ByteArrayInputStream(much));
        require(PidfdProcess.builder("cat").run(copied).stdout().total() == 1 << 20, "less");
        try {
            sh("echo cause >&2; exec sleep 600").run(RunOptions.timeout(ofMillis(300)));
            require(false, "no time-out");
        } catch (CommandException e) {
            require(e.reason() == CommandException.Reason.TIMEOUT, e.toString());
        }
    }

    private static void converses() throws Exception {
        BlockingQueue<String> lines = new LinkedBlockingQueue<>();
        RunningCommand cat =
                PidfdProcess.builder("cat")
                        .runAsync(
                                OPTIONS.openStdin().stdout(Capture.keepTail(0).lines(lines::add)));
        cat.write("one\n").get(20, TimeUnit.SECONDS);
        require("one".equals(lines.poll(20, TimeUnit.SECONDS)), "no answer");
        cat.closeStdin();
        require(cat.get(20, TimeUnit.SECONDS).isSuccess(), "cat failed");
    }

    private static void connects() throws Exception {
        Pipeline pipeline =
                Pipeline.of(PidfdProcess.builder("cat"), PidfdProcess.builder("tr", "a-z", "A-Z"));
        String text = pipeline.run(OPTIONS.stdin("text")).stdout().text();
        require(text.equals("TEXT"), text);
        // Here, as the JDK leaks a pipe where a stage cannot be started.
        EmptyProcess first = PidfdProcess.builder("cat");
        try {
            Pipeline.of(first, PidfdProcess.builder("/no/such")).start();
            require(false, "a pipeline of what is not there");
        } catch (SpawnException e) {
            require(e.getMessage().contains("/no/such"), e.getMessage());
        }
        try {
            first.start();
            require(false, "a stage is started again");
        } catch (IllegalStateException e) {
            require(Os.children().isEmpty(), "left " + Os.children());
        }
    }

    private static void repeats() throws Exception {
        try (SpawnTemplate echo = SpawnTemplate.builder("echo").env(Map.of("A", "b")).build();
                SpawnTemplateCache cache = SpawnTemplateCache.builder().build()) {
            require(echo.run(OPTIONS, "a").stdout().text().equals("a\n"), "no template");
            require(cache.run(OPTIONS, "echo", "a").stdout().text().equals("a\n"), "no cache");
        }
    }

    private static void ends() throws Exception {
        Teardown gentle =
                Teardown.closeInput(ofMillis(50))
                        .then(Signal.TERM, ofMillis(50))
                        .then(Signal.KILL, ofSeconds(10));
        PidfdProcess deaf =
                sh("trap '' TERM; echo; while :; do sleep 1; done").teardown(gentle).start();
        deaf.getInputStream().read();
        deaf.close();
        require(deaf.exitStatus().equals(new ExitStatus.Killed(Signal.KILL, false)), "" + deaf);
        PidfdProcess sleep = PidfdProcess.builder("sleep", "600").stdin(Redirect.DISCARD).start();
        sleep.destroy();
        require(sleep.awaitExit(ofSeconds(20)).isPresent(), "not destroyed");
        Optional<ExitStatus> again = sleep.awaitExit(ofSeconds(1));
        require(again.isPresent() && sleep.exitValue() == 128 + 15, "" + again);
    }

    /** By name, and by no error of linking. */
    private static void refuses(String reason) throws Exception {
        refused(sh("true").umask(0), "umask", reason);
        refused(sh("true").teardown(Teardown.DEFAULT.ofGroup()), "group", reason);
        if (!reason.startsWith("waitid")) { // which a start names itself
            refusesAnotherStrategy(reason);
        }
        try {
            PidfdProcess.builder("/no/such").start();
            require(false, "there is no such program");
        } catch (IOException e) {
            require(e.getMessage().contains("/no/such"), e.getMessage());
        }
    }

    private static void refusesAnotherStrategy(String reason) {
        refused(sh("true").strategy(SpawnStrategy.CLONE3), "CLONE3", reason);
        try {
            SpawnTemplate.builder("true").strategy(SpawnStrategy.VFORK).build();
            require(false, "a template of what is not there");
        } catch (SpawnException e) {
            require(e.getMessage().contains("VFORK"), e.getMessage());
        }
    }

    private static void refused(EmptyProcess process, String what, String reason) {
        try {
            process.start();
            require(false, what + " was not refused");
        } catch (SpawnException e) {
            require(e.getMessage().contains(what), e.getMessage());
            require(e.getMessage().contains(reason), e.getMessage());
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
