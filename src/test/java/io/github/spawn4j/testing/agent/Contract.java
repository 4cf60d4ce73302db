// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Uses the JDK's ways to start processes in its folder, and prints what comes of each. */
public final class Contract {
    /** How newer JDKs say it; and what the library adds. */
    private static final Pattern NEWER =
            Pattern.compile("Exec failed, error: (\\d+) \\((.*?)\\) ?");

    private static final Pattern ADDED = Pattern.compile(" \\((exec|chdir|open) .*\\)$");

    private final File folder;

    private Contract(File folder) {
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        new Contract(new File(args[0])).run();
    }

    private void run() throws Exception {
        runs("output", shell("echo out; echo err >&2; exit 3"));
        runs("merged", shell("echo out; echo err >&2").redirectErrorStream(true));
        runs("directory", shell("pwd").directory(folder));
        ProcessBuilder changed = shell("echo $NAME ${HOME-none}");
        changed.environment().put("NAME", "value");
        changed.environment().remove("HOME");
        runs("environment", changed);
        ProcessBuilder empty = new ProcessBuilder("/usr/bin/env");
        empty.environment().clear();
        runs("no environment", empty);
        runs("to a file", shell("echo file; echo more >&2").redirectOutput(file("out")));
        runs("appended", shell("echo again").redirectOutput(Redirect.appendTo(file("out"))));
        runs("from a file", shell("cat").redirectInput(file("out")));
        runs("discarded", shell("echo lost").redirectOutput(Redirect.DISCARD));
        runs("inherited", shell("exit 0").inheritIO());
        Path script = Files.writeString(file("script").toPath(), "echo of a script $1");
        script.toFile().setExecutable(true);
        runs("script", new ProcessBuilder(script.toString(), "with an argument"));

        fails("no program", new ProcessBuilder("no-such-program", "argument")::start);
        fails("no directory", shell("true").directory(file("none"))::start);
        fails("no right", new ProcessBuilder(folder.getPath())::start);
        fails("no file", shell("true").redirectInput(file("none"))::start);
        fails("no command", new ProcessBuilder()::start);
        fails("null", new ProcessBuilder("true", null)::start);
        fails("NUL", new ProcessBuilder("true", "a\0b")::start);
        fails("no command of exec", () -> Runtime.getRuntime().exec(""));

        Process exec =
                Runtime.getRuntime().exec("env", new String[] {"A=1", "no variable"}, folder);
        print("exec", exec);
        pipelines();
        handles();
    }

    private void pipelines() throws Exception {
        List<Process> stages =
                ProcessBuilder.startPipeline(
                        List.of(
                                shell("echo b; echo a; echo said >&2"),
                                new ProcessBuilder("sort"),
                                shell("cat; exit 4").redirectOutput(file("sorted"))));
        for (Process stage : stages) {
            print("stage", stage);
        }
        print("sorted", Files.readString(file("sorted").toPath()));
        fails(
                "pipeline with a redirect",
                () ->
                        ProcessBuilder.startPipeline(
                                List.of(shell("true").redirectOutput(file("x")), shell("true"))));
        fails(
                "pipeline without a program",
                () ->
                        ProcessBuilder.startPipeline(
                                List.of(shell("true"), new ProcessBuilder("no-such-program"))));
        print("empty pipeline", ProcessBuilder.startPipeline(List.of()).toString());
        print("one", ProcessBuilder.startPipeline(List.of(shell("echo one"))).get(0));
    }

    private static void handles() throws Exception {
        Process sleeper = new ProcessBuilder("sleep", "600").start();
        print("alive", String.valueOf(sleeper.isAlive()));
        print("handle", String.valueOf(sleeper.toHandle().pid() == sleeper.pid()));
        print("child", String.valueOf(isChild(sleeper)));
        print("waits", String.valueOf(sleeper.waitFor(1, TimeUnit.MILLISECONDS)));
        sleeper.destroy();
        print("destroyed", String.valueOf(sleeper.onExit().get().exitValue()));
        ProcessBuilder twice = shell("echo $$");
        String first = read(twice.start());
        print("again", String.valueOf(!first.equals(read(twice.start()))));
    }

    private static boolean isChild(Process process) {
        return ProcessHandle.current().children().anyMatch(it -> it.pid() == process.pid());
    }

    private static ProcessBuilder shell(String script) {
        return new ProcessBuilder("sh", "-c", script);
    }

    private File file(String name) {
        return new File(folder, name);
    }

    private static void runs(String what, ProcessBuilder builder) throws Exception {
        print(what, builder.start());
    }

    private static void print(String what, Process process) throws Exception {
        process.getOutputStream().close();
        print(what, read(process) + " " + process.waitFor());
    }

    private static String read(Process process) throws IOException {
        List<String> outputs = new ArrayList<>();
        outputs.add(new String(process.getInputStream().readAllBytes()));
        outputs.add(new String(process.getErrorStream().readAllBytes()));
        return outputs.toString();
    }

    private static void fails(String what, Callable<?> start) {
        try {
            start.call();
            print(what, "started");
        } catch (Exception e) {
            print(
                    what,
                    describe(e) + (e.getCause() == null ? "" : " <- " + describe(e.getCause())));
        }
    }

    private static String describe(Throwable e) {
        String text = NEWER.matcher(String.valueOf(e.getMessage())).replaceAll("error=$1, $2");
        String kind = e instanceof IOException ? "IOException" : e.getClass().getName();
        return kind + " " + ADDED.matcher(text.strip()).replaceAll("");
    }

    private static void print(String what, String outcome) {
        System.out.println(what + ": " + outcome.strip().replace("\n", "|"));
    }
}
