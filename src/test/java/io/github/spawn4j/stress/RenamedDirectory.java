// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.strict.SpawnAction;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs in a JVM of its own, in a directory that it renames; under the old name there is then
 * another one with the same files, which nobody must find. Prints "found".
 */
public final class RenamedDirectory {
    private RenamedDirectory() {}

    public static void main(String[] args) throws Exception {
        Path first = Path.of(args[0]);
        Path second = first.resolveSibling("second");
        fill(first, "right");
        Files.move(first, second);
        fill(first, "wrong");

        check("PATH", PidfdProcess.builder("tool-of-path"));
        check("PATH, elsewhere", PidfdProcess.builder("tool-of-path").directory(Path.of("/")));
        check("PATH of the child", PidfdProcess.builder("tool-of-path").env("PATH", "bin"));
        check("relative", PidfdProcess.builder("bin/tool-of-path"));
        check("relative to sub", PidfdProcess.builder("./tool-of-sub").directory(Path.of("sub")));
        check("cat", PidfdProcess.builder("cat").stdin(Redirect.from(Path.of("in"))));
        check("cat in sub", cat().directory(Path.of("sub")).stdin(Redirect.from(Path.of("in"))));
        check("directory", PidfdProcess.builder("cat", "in").directory(Path.of("sub")));
        check("empty directory", PidfdProcess.builder("cat", "in").directory(Path.of("")));
        check("action", PidfdProcess.builder("cat", "in").action(SpawnAction.chdir("sub")));
        check("from", EmptyProcess.from(new ProcessBuilder("bin/tool-of-path")));
        check("PATH of from", EmptyProcess.from(new ProcessBuilder("tool-of-path")));
        check(
                "redirect of from",
                EmptyProcess.from(new ProcessBuilder("cat").redirectInput(new File("in"))));
        check(
                "directory of from",
                EmptyProcess.from(new ProcessBuilder("cat", "in").directory(new File("sub"))));
        for (String program : new String[] {"bin/tool-of-path", "tool-of-path"}) {
            try (SpawnTemplate template = SpawnTemplate.builder(program).build()) {
                check("template of " + program, template.prepare().directory(Path.of("/")));
            }
        }
        String input = cat().run(RunOptions.noTimeout().stdin(Path.of("in"))).stdout().text();
        require(input.equals("right\n"), "input of a run", input);

        output(PidfdProcess.builder("echo", "right").stdout(Redirect.to(Path.of("out"))));
        output(PidfdProcess.builder("echo", "right").stdout(Redirect.appendTo(Path.of("out"))));
        require(Files.readString(second.resolve("out")).equals("right\nright\n"), "output", "");
        require(Files.notExists(first.resolve("out")), "output", "elsewhere");
        System.out.println("found");
    }

    private static void fill(Path folder, String word) throws Exception {
        Files.createDirectories(folder.resolve("bin"));
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("in"), word + "\n");
        Files.writeString(folder.resolve("sub/in"), word + "\n");
        for (String tool : new String[] {"bin/tool-of-path", "sub/tool-of-sub"}) {
            Files.writeString(folder.resolve(tool), "#!/bin/sh\necho " + word + "\n");
            require(folder.resolve(tool).toFile().setExecutable(true), tool, "not executable");
        }
    }

    private static EmptyProcess cat() {
        return PidfdProcess.builder("cat");
    }

    private static void check(String what, EmptyProcess process) throws Exception {
        String output = output(process);
        require(output.equals("right\n"), what, output);
    }

    private static String output(EmptyProcess process) throws Exception {
        PidfdProcess started = process.stderr(Redirect.STDOUT).start();
        started.getOutputStream().close();
        String output = new String(started.getInputStream().readAllBytes());
        require(started.waitFor() == 0, process.toString(), output);
        return output;
    }

    private static void require(boolean condition, String what, String output) {
        if (!condition) {
            throw new AssertionError(what + ": " + output);
        }
    }
}
