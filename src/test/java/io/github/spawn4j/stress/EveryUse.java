// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.SpawnTemplateCache;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.WindowSize;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.KeptWarm;
import io.github.spawn4j.warm.Warm;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Uses of the library that are the same for every strategy: runs, time limits, teardown, templates,
 * terminals.
 */
final class EveryUse {
    private static final Duration PLENTY = Duration.ofSeconds(15);
    private static final RunOptions LIMITED = RunOptions.timeout(PLENTY);
    private static final Teardown QUICK =
            Teardown.first(Signal.TERM, Duration.ofSeconds(5))
                    .then(Signal.KILL, Duration.ofSeconds(5));
    private static final int AT_FDCWD = -100;
    private static final int RESOLVE_NO_MAGICLINKS = 2;

    /** Throws what was wrong. */
    interface Use {
        void run() throws Exception;
    }

    private EveryUse() {}

    static Map<String, Use> all() {
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("run", EveryUse::runs);
        uses.put("runAsync", EveryUse::runsAsync);
        uses.put("time limit", EveryUse::keepsTimeLimit);
        uses.put("time limit of a group", EveryUse::keepsTimeLimitOfAGroup);
        uses.put("teardown of a group", EveryUse::endsAGroup);
        uses.put("onExit", EveryUse::tellsExit);
        uses.put("output to a file", EveryUse::movesOutputToAFile);
        uses.put("template", EveryUse::startsFromTemplate);
        uses.put("template of a script", EveryUse::startsScriptFromTemplate);
        uses.put("warm template", EveryUse::startsWarmOrCold);
        uses.put("cache", EveryUse::startsFromCache);
        uses.put("terminal", EveryUse::hasTerminal);
        return uses;
    }

    private static EmptyProcess sh(String script) {
        return PidfdProcess.builder("sh", "-c", script);
    }

    private static void runs() throws Exception {
        CommandResult result =
                sh("cat; echo err >&2; exit 3").run(LIMITED.stdin("in").expectExit(3));
        require(result.stdout().toString().contains("in"), "stdout " + result.stdout());
        require(result.stderr().toString().contains("err"), "stderr " + result.stderr());
    }

    private static void runsAsync() throws Exception {
        CommandResult result = sh("exit 0").runAsync(LIMITED).get(20, TimeUnit.SECONDS);
        require(result.isSuccess(), result.toString());
    }

    private static void keepsTimeLimit() throws Exception {
        assertTimesOut(PidfdProcess.builder("sleep", "60").teardown(QUICK));
    }

    private static void keepsTimeLimitOfAGroup() throws Exception {
        try (Group group = new Group()) {
            EmptyProcess leader = sh(group.member() + " sleep 60").teardown(QUICK.ofGroup());
            Thread reader = new Thread(group::awaitMember);
            reader.setDaemon(true);
            reader.start();
            assertTimesOut(leader);
            group.letGoOfReader();
            reader.join();
            group.awaitEnd();
        }
    }

    private static void assertTimesOut(EmptyProcess process) throws Exception {
        try {
            CommandResult result = process.run(RunOptions.timeout(Duration.ofMillis(300)));
            require(false, "has ended by itself: " + result);
        } catch (CommandException e) {
            require(e.reason() == CommandException.Reason.TIMEOUT, e.toString());
        }
    }

    private static void endsAGroup() throws Exception {
        try (Group group = new Group()) {
            PidfdProcess leader =
                    sh(group.member() + " exec sleep 60").teardown(QUICK.ofGroup()).start();
            group.awaitMember();
            leader.close();
            group.awaitEnd();
        }
    }

    static void endsAGroupWhoseLeaderHasEnded() throws Exception {
        try (Group group = new Group()) {
            PidfdProcess leader = sh(group.member()).teardown(QUICK.ofGroup()).start();
            group.awaitMember();
            require(leader.waitFor() == 0, "leader: " + leader.exitStatus());
            leader.close();
            group.awaitEnd();
        }
    }

    private static void tellsExit() throws Exception {
        PidfdProcess process = sh("exit 7").start();
        require(process.onExit().get(20, TimeUnit.SECONDS).exitValue() == 7, "another exit");
    }

    private static void movesOutputToAFile() throws Exception {
        Path file = Files.createTempFile("spawn4j", ".out");
        try (OutputStream out = new FileOutputStream(file.toFile())) {
            PidfdProcess process = sh("echo moved").start();
            process.getInputStream().transferTo(out);
            require(process.waitFor() == 0, process.exitStatus().toString());
            require(Files.readString(file).equals("moved\n"), Files.readString(file));
        } finally {
            Files.delete(file);
        }
    }

    /** As there may be no helper, it only says that the program runs. */
    private static void startsWarmOrCold() throws Exception {
        try (SpawnTemplate cat = SpawnTemplate.builder("cat").warm(Warm.on().parked(2)).build()) {
            KeptWarm.settled(cat);
            for (int i = 0; i < 5; i++) {
                CommandResult result = cat.run(LIMITED.stdin("text " + i));
                require(result.stdout().text().equals("text " + i), result.toString());
            }
            require(cat.statistics().starts() == 5, cat.statistics().toString());
        }
    }

    private static void startsFromTemplate() throws Exception {
        try (SpawnTemplate sh = SpawnTemplate.builder("sh").args("-c").build()) {
            require(sh.spawn("exit 41").waitFor() == 41, "another exit");
            require(sh.run(LIMITED, "exit 0").isSuccess(), "run from template");
        }
    }

    private static void startsScriptFromTemplate() throws Exception {
        Path script = Files.createTempFile("spawn4j", ".sh");
        try {
            Files.writeString(script, "#!/bin/sh\nexit 42\n");
            require(script.toFile().setExecutable(true), "chmod");
            try (SpawnTemplate template = SpawnTemplate.builder(script.toString()).build()) {
                require(template.spawn().waitFor() == 42, "another exit");
            }
        } finally {
            Files.delete(script);
        }
    }

    private static void startsFromCache() throws Exception {
        try (SpawnTemplateCache cache = SpawnTemplateCache.builder().maximumSize(2).build()) {
            for (int round = 0; round < 2; round++) {
                require(cache.spawn("sh", "-c", "exit 43").waitFor() == 43, "another exit");
            }
            require(cache.statistics().hits() == 1, cache.statistics().toString());
        }
    }

    private static void hasTerminal() throws Exception {
        PidfdProcess process =
                sh("stty size")
                        .terminal(new WindowSize(33, 99))
                        .stdin(Redirect.TERMINAL)
                        .stdout(Redirect.TERMINAL)
                        .start();
        String shown = text(process.getInputStream());
        require(shown.strip().equals("33 99"), "stty shows " + shown);
        require(process.waitFor() == 0, process.exitStatus().toString());
    }

    /** Throws a SpawnException where it cannot be had. */
    static void deniesWrite() throws Exception {
        Path program = Files.createTempFile("spawn4j", ".bin");
        try {
            // Without its attributes: chown(2) is what some filters kill for.
            Files.copy(Path.of(Os.program("noop")), program, StandardCopyOption.REPLACE_EXISTING);
            require(program.toFile().setExecutable(true), "chmod");
            try (SpawnTemplate template =
                    SpawnTemplate.builder(program.toString()).denyWrite().build()) {
                require(template.spawn().waitFor() == 0, "another exit");
                require(!isWritable(program), "can be written to");
            }
            require(isWritable(program), "cannot be written to");
        } finally {
            Files.delete(program);
        }
    }

    private static boolean isWritable(Path program) {
        try {
            new FileOutputStream(program.toFile(), true).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static boolean knowsResolveFlags() throws Exception {
        try {
            PidfdProcess process =
                    sh("exit 0")
                            .action(
                                    SpawnAction.open(
                                            AT_FDCWD, "/dev/null", 5, 0, 0, RESOLVE_NO_MAGICLINKS))
                            .start();
            return process.waitFor() == 0;
        } catch (SpawnException e) {
            return false;
        }
    }

    static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
    }

    static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }

    /**
     * Somebody in a group, whose end shows without /proc: he alone has a named pipe open. Ends by
     * himself after a minute, should nobody else end him.
     */
    private static final class Group implements AutoCloseable {
        private final Path folder = Files.createTempDirectory("spawn4j");
        private final Path pipe = folder.resolve("pipe");
        private InputStream end;

        Group() throws IOException, InterruptedException {
            PidfdProcess.builder("mkfifo", pipe.toString()).run(LIMITED);
        }

        /** A command of the shell that starts a member. */
        String member() {
            return "{ exec sleep 60 > " + pipe + " 2> /dev/null < /dev/null; } &";
        }

        void awaitMember() {
            try {
                end = new FileInputStream(pipe.toFile());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Where the member has ended before it opened the pipe. */
        void letGoOfReader() throws IOException {
            new RandomAccessFile(pipe.toFile(), "rw").close();
        }

        void awaitEnd() throws IOException {
            require(end.read() == -1, "the member has written something");
        }

        @Override
        public void close() throws IOException {
            if (end != null) {
                end.close();
            }
            Files.delete(pipe);
            Files.delete(folder);
        }
    }
}
