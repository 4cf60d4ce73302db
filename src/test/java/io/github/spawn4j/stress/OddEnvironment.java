// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Pipeline;
import io.github.spawn4j.SpawnException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/**
 * Runs in a JVM of its own, which {@link OddEnvironmentTest} gives an odd environment, and compares
 * what the JDK makes of it with what this library does. Prints "the same", and before it what is
 * not.
 */
public final class OddEnvironment {
    /** As a bit of a signal set. */
    private static final long SIGUSR1 = 0x200;

    private OddEnvironment() {}

    private interface Starter {
        Process start(ProcessBuilder builder) throws IOException;
    }

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        if (args.length > 1) {
            if (args[1].equals("encoding")) {
                fileEncoding();
            } else {
                differences(folder);
            }
            return;
        }
        environments();
        ownEnvironments();
        copies();
        programs(folder);
        pipelines();
        System.out.println("the same");
    }

    // Variables

    private static void environments() throws Exception {
        ProcessBuilder untouched = new ProcessBuilder("cat", "/proc/self/environ");
        same("nothing changed", environment(untouched, ProcessBuilder::start), ours(untouched));

        changed("added", variables -> variables.put("ADDED", "1"));
        changed("cleared", Map::clear);
        changed("removed", variables -> variables.remove("EMPTY"));
        changed("nameless", variables -> variables.put("", "2"));
        changed("replaced", variables -> variables.put("NOTEXT", "text"));
        changed("all set", variables -> variables.replaceAll((name, value) -> "x"));
        changed("one of two", variables -> variables.entrySet().removeIf(OddEnvironment::isOne));
    }

    private static boolean isOne(Map.Entry<String, String> entry) {
        return entry.getValue().equals("1");
    }

    private static void changed(String what, Consumer<Map<String, String>> change)
            throws Exception {
        ProcessBuilder theirs = new ProcessBuilder("cat", "/proc/self/environ");
        change.accept(theirs.environment());
        ProcessBuilder ours = new ProcessBuilder("cat", "/proc/self/environ");
        change.accept(ours.environment());
        same(what, environment(theirs, ProcessBuilder::start), ours(ours));
    }

    private static List<String> ours(ProcessBuilder builder) throws Exception {
        return environment(builder, b -> EmptyProcess.from(b).start());
    }

    private static List<String> environment(ProcessBuilder builder, Starter starter)
            throws Exception {
        return sorted(output(starter.start(builder)));
    }

    private static List<String> sorted(String environ) {
        List<String> entries = new ArrayList<>(Arrays.asList(environ.split("\0")));
        entries.sort(null);
        return entries;
    }

    /** The doors of {@link EmptyProcess} itself. */
    private static void ownEnvironments() throws Exception {
        List<String> inherited =
                sorted(
                        Files.readString(
                                Path.of("/proc/self/environ"), StandardCharsets.ISO_8859_1));
        inherited.removeIf(entry -> entry.startsWith("NLSPATH="));
        List<String> seen = environment(cat());
        seen.removeIf(entry -> entry.startsWith("NLSPATH="));
        same("inherited", inherited, seen);
        same("getenv()", environment(cat()), environment(cat().environment(System.getenv())));
        EmptyProcess each = cat();
        System.getenv()
                .forEach(
                        (name, value) -> {
                            if (!name.isEmpty() && !name.startsWith("N\ufffd")) {
                                each.env(name, value);
                            }
                        });
        same(
                "env(name, getenv(name))",
                new ArrayList<>(new TreeSet<>(withoutSeconds(environment(cat())))),
                environment(each));
    }

    private static void copies() throws Exception {
        EmptyProcess process = cat().env("COPY", System.getenv("NOTEXT"));
        require(environment(process).contains("COPY=a\u00ff\u00feb"), "a copy of a value");
        for (String name : System.getenv().keySet()) {
            if (name.endsWith("ME")) {
                require(isRefused(() -> cat().env(name, "1")), "either of two names");
                require(isRefused(() -> cat().unsetEnv(name)), "either of two names");
            } else if (name.startsWith("ONLY")) {
                List<String> without = environment(cat().unsetEnv(name));
                require(without.stream().noneMatch(entry -> entry.startsWith("ONLY")), "unset");
                List<String> changed = environment(cat().env(name, "2"));
                require(changed.contains("ONLY\u00ff=2"), "changed: " + changed);
            }
        }
    }

    /** With a {@code file.encoding} of Latin-1, by which JDK 17 decodes the environment. */
    private static void fileEncoding() throws Exception {
        String value = System.getenv("UTF8");
        String name =
                System.getenv().keySet().stream().filter(n -> n.startsWith("F")).findAny().get();
        require(environment(cat().env("COPY", value)).contains("COPY=gr\u00c3\u00bcn"), "value");
        require(environment(cat().env(name, "2")).contains("F\u00c3\u00bc=2"), "name");
        require(
                environment(cat().unsetEnv(name)).stream().noneMatch(e -> e.startsWith("F")),
                "unset");
        ProcessBuilder copied = new ProcessBuilder("cat", "/proc/self/environ");
        copied.environment().put("COPY", value);
        require(ours(copied).contains("COPY=gr\u00c3\u00bcn"), "copied");
        boolean isOld = Runtime.version().feature() < 18;
        if (isOld) { // newer ones lose it without a locale
            same("copied", environment(copied, ProcessBuilder::start), ours(copied));
        }
        ProcessBuilder text = new ProcessBuilder("printf", "gr\u00fcn");
        require(!isOld || output(text.start()).equals("gr\u00fcn"), "theirs");
        require(output(EmptyProcess.from(text).start()).equals("gr\u00c3\u00bcn"), "ours");
        System.out.println("the same");
    }

    private static boolean isRefused(Runnable door) {
        try {
            door.run();
            return false;
        } catch (IllegalArgumentException e) {
            return true;
        }
    }

    /** As soon as something is changed a variable comes once. */
    private static List<String> withoutSeconds(List<String> entries) {
        return entries.stream()
                .filter(entry -> !entry.equals("NOTEXT=second"))
                .filter(entry -> !(entry.startsWith("PATH=") && !entry.contains("relative")))
                .toList();
    }

    private static EmptyProcess cat() {
        return PidfdProcess.builder("cat", "/proc/self/environ");
    }

    private static List<String> environment(EmptyProcess process) throws Exception {
        return sorted(output(process.start()));
    }

    // Programs

    private static void programs(Path folder) throws Exception {
        script(folder.resolve("elsewhere/here"), "echo \"$0 $1\"");
        script(folder.resolve("elsewhere/relative/below"), "echo \"$0 $1\"");
        File elsewhere = folder.resolve("elsewhere").toFile();
        both("of two PATHs", new ProcessBuilder("odd-tool"));
        both("of two PATHs, elsewhere", new ProcessBuilder("odd-tool").directory(elsewhere));
        both("empty entry", new ProcessBuilder("here", "1").directory(elsewhere));
        both("relative entry", new ProcessBuilder("below", "1").directory(elsewhere));
        require(
                output(PidfdProcess.builder("odd-tool").start()).equals("first\n"),
                "the first PATH counts");
        searchOnceTheEnvironmentWasCalled(folder, elsewhere);
        try {
            PidfdProcess.builder("here").directory(elsewhere.toPath()).start();
            throw new AssertionError("an empty entry of PATH is skipped");
        } catch (SpawnException e) {
            require(e.errno() == 2, e.toString());
        }
    }

    private static void searchOnceTheEnvironmentWasCalled(Path folder, File elsewhere)
            throws Exception {
        Path link = folder.resolve("elsewhere/relative/odd-loop");
        Files.createSymbolicLink(link, link);
        ProcessBuilder loop = new ProcessBuilder("odd-loop").directory(elsewhere);
        require(failure(loop::start).getMessage().contains("symbolic links"), "before");
        require(!loop.environment().isEmpty(), "environment() was called");
        require(failure(loop::start).getMessage().contains("No such file"), "theirs goes on");
        String message = failure(() -> EmptyProcess.from(loop).start()).getMessage();
        require(message.contains("symbolic links"), "ours: " + message);

        ProcessBuilder here = new ProcessBuilder("here", "1").directory(elsewhere);
        require(!here.environment().isEmpty(), "environment() was called");
        require(output(here.start()).equals("./here 1\n"), "theirs, with its directory");
        require(output(EmptyProcess.from(here).start()).equals("here 1\n"), "ours");
    }

    private static void script(Path file, String command) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, command + "\n"); // without #!
        require(file.toFile().setExecutable(true), "setExecutable");
    }

    private static void both(String what, ProcessBuilder builder) throws Exception {
        String theirs = output(builder.start());
        require(!theirs.isEmpty(), what);
        same(what, List.of(theirs), List.of(output(EmptyProcess.from(builder).start())));
    }

    // What is different, and listed in docs/differences.md

    private static void differences(Path folder) throws Exception {
        ProcessBuilder text = new ProcessBuilder("printf", "gr\u00fcn");
        differ(text, "gr?n", "gr\u00c3\u00bcn"); // UTF-8, read as Latin-1

        ProcessBuilder putBack = new ProcessBuilder("cat", "/proc/self/environ");
        putBack.environment().putAll(new HashMap<>(System.getenv()));
        differ(putBack, "LATIN=gr?n", "LATIN=gr\u00fcn");

        ProcessBuilder called = new ProcessBuilder("cat", "/proc/self/environ");
        require(called.environment().containsKey("LATIN"), "environment() was called");
        differ(called, "", "NOVALUE");

        ProcessBuilder status = new ProcessBuilder("cat", "/proc/self/status");
        require((signals(status.start(), "SigIgn") & SIGUSR1) != 0, "theirs ignores nothing");
        require(signals(EmptyProcess.from(status).start(), "SigIgn") == 0, "ours ignores");
        require(signals(EmptyProcess.from(status).start(), "SigBlk") == 0, "ours blocks");
        searchWithoutPath(folder);
        watchers(folder);
        System.out.println("different");
    }

    private static void searchWithoutPath(Path folder) throws Exception {
        script(folder.resolve("here"), "echo found");
        ProcessBuilder builder = new ProcessBuilder("here").directory(folder.toFile());
        require(builder.environment().get("PATH") == null, "there is a PATH");
        require(output(builder.start()).equals("found\n"), "theirs does not find it");
        require(failure(() -> EmptyProcess.from(builder).start()) != null, "ours finds it");
    }

    private static void watchers(Path folder) throws Exception {
        Path file = folder.resolve("events.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.ProcessStart");
            recording.start();
            output(new ProcessBuilder("printf", "theirs").start());
            output(EmptyProcess.from(new ProcessBuilder("printf", "ours")).start());
            recording.stop();
            recording.dump(file);
        }
        List<String> commands =
                RecordingFile.readAllEvents(file).stream()
                        .map(event -> event.getString("command"))
                        .toList();
        require(commands.equals(List.of("printf theirs")), "events: " + commands);
    }

    /**
     * Checks that only either's output has a line, or an entry, of its own; none if it is empty.
     */
    private static void differ(ProcessBuilder builder, String theirs, String ours)
            throws Exception {
        List<String> lines = lines(builder.start());
        require(theirs.isEmpty() || lines.contains(theirs), "theirs: " + lines);
        require(ours.isEmpty() || !lines.contains(ours), "theirs: " + lines);
        lines = lines(EmptyProcess.from(builder).start());
        require(theirs.isEmpty() || !lines.contains(theirs), "ours: " + lines);
        require(ours.isEmpty() || lines.contains(ours), "ours: " + lines);
    }

    private static long signals(Process process, String set) throws Exception {
        for (String line : lines(process)) {
            if (line.startsWith(set)) {
                return Long.parseUnsignedLong(line.substring(set.length() + 1).strip(), 16);
            }
        }
        throw new AssertionError("no " + set);
    }

    private static List<String> lines(Process process) throws Exception {
        return Arrays.asList(output(process).split("[\0\n]"));
    }

    // Pipelines that fail, here, as the JDK then leaks a pipe

    private static void pipelines() throws Exception {
        File file = new File("/dev/null");
        ProcessBuilder input = new ProcessBuilder("cat").redirectInput(file);
        ProcessBuilder output = new ProcessBuilder("cat").redirectOutput(file);
        for (List<ProcessBuilder> builders :
                List.of(
                        List.of(new ProcessBuilder("cat"), input),
                        List.of(output, new ProcessBuilder("cat")),
                        List.of(new ProcessBuilder("cat"), new ProcessBuilder("no-such")))) {
            Exception ours = failure(() -> Pipeline.from(builders).start());
            Exception theirs = failure(() -> ProcessBuilder.startPipeline(builders));
            boolean isSame =
                    theirs instanceof IllegalArgumentException
                            ? theirs.toString().equals(ours.toString())
                            : theirs.getClass().isInstance(ours);
            require(isSame, ours + " instead of " + theirs);
        }
        require(ProcessHandle.current().children().findAny().isEmpty(), "a child is left");
    }

    private interface Start {
        void start() throws IOException;
    }

    private static Exception failure(Start start) {
        try {
            start.start();
        } catch (IOException | RuntimeException e) {
            return e;
        }
        throw new AssertionError("has not failed");
    }

    private static String output(Process process) throws Exception {
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        byte[] error = process.getErrorStream().readAllBytes();
        require(process.waitFor() == 0, new String(error, StandardCharsets.ISO_8859_1));
        return new String(output, StandardCharsets.ISO_8859_1);
    }

    private static void same(String what, List<String> theirs, List<String> ours) {
        if (!theirs.equals(ours)) {
            System.out.println(what + ":\n  theirs " + theirs + "\n  ours   " + ours);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
