// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.strict.SpawnAction;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/**
 * Runs in a JVM of its own, in a folder of which it makes use: hands files with odd names, as a
 * listing gives them, to all who take a name. Whoever cannot use it must refuse it; nobody may make
 * another file. Prints how many names there were.
 */
public final class OddNames {
    private static final int WRITE_CREATE = 0101; // O_WRONLY | O_CREAT

    private OddNames() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        shell(
                "mkdir files;"
                        + " for name in 'gr\\303\\274n' 'no\\377text'; do"
                        + " name=$(printf \"$name\");"
                        + " printf file > \"files/$name\";"
                        + " mkdir \"directory-$name\"; printf inside > \"directory-$name/in\";"
                        + " done;"
                        + " mkdir \"$(printf 'p\\377th')\"; cd \"$(printf 'p\\377th')\";"
                        + " printf '#!/bin/sh\\necho found\\n' > odd-tool; chmod +x odd-tool");
        List<Path> names = list(folder.resolve("files"));
        for (Path name : names) {
            // As it is listed, and relative to the current directory, which is the folder.
            use(name);
            use(folder.relativize(name));
        }
        for (Path directory : list(folder)) {
            if (directory.getFileName().toString().startsWith("directory")) {
                enter(directory);
                enter(folder.relativize(directory));
            }
        }
        findTool();
        require(list(folder.resolve("files")).size() == names.size(), "files", "were made");
        System.out.println(names.size() + " names");
    }

    private static void use(Path file) throws Exception {
        require(output(cat().stdin(Redirect.from(file))).equals("file"), file, "from");
        require(
                cat().run(RunOptions.noTimeout().stdin(file)).stdout().text().equals("file"),
                file,
                "stdin");
        output(echo("1").stdout(Redirect.to(file)));
        require(Files.readString(file).equals("1"), file, "to");
        output(echo("2").stdout(Redirect.appendTo(file)));
        require(Files.readString(file).equals("12"), file, "appendTo");

        usedOrRefused(file, "open", () -> open(file));
        usedOrRefused(file, "program", () -> execute(file));
        File lossy = new File(file.toString());
        usedOrRefused(file, "from(ProcessBuilder)", () -> redirect(file, lossy));
        Files.writeString(file, "file");
    }

    private static void enter(Path directory) throws Exception {
        require(output(cat("in").directory(directory)).equals("inside"), directory, "directory");
        usedOrRefused(
                directory,
                "chdir",
                () ->
                        output(cat("in").action(SpawnAction.chdir(directory.toString())))
                                .equals("inside"));
        ProcessBuilder builder = new ProcessBuilder("cat", "in");
        builder.directory(new File(directory.toString()));
        usedOrRefused(
                directory,
                "directory of a ProcessBuilder",
                () -> output(EmptyProcess.from(builder)).equals("inside"));
    }

    private static void findTool() throws Exception {
        require(output(PidfdProcess.builder("odd-tool")).equals("found\n"), "PATH", "builder");
        require(
                output(EmptyProcess.from(new ProcessBuilder("odd-tool"))).equals("found\n"),
                "PATH",
                "from");
        try (SpawnTemplate template = SpawnTemplate.builder("odd-tool").build()) {
            require(output(template.prepare()).equals("found\n"), "PATH", "template");
        }
    }

    private static boolean open(Path file) throws Exception {
        output(echo("3").action(SpawnAction.open(-100, file.toString(), 1, WRITE_CREATE, 0600, 0)));
        return Files.readString(file).startsWith("3");
    }

    private static boolean execute(Path file) throws Exception {
        Files.writeString(file, "#!/bin/sh\necho run\n");
        require(file.toFile().exists() == isText(file), file, "toFile");
        shell("chmod +x files/*");
        String name = file.toString();
        return output(PidfdProcess.builder(name)).equals("run\n");
    }

    private static boolean isText(Path file) {
        return file.toString().indexOf('\ufffd') < 0;
    }

    private static boolean redirect(Path file, File lossy) throws Exception {
        output(EmptyProcess.from(new ProcessBuilder("printf", "4").redirectOutput(lossy)));
        return Files.readString(file).equals("4");
    }

    private static void usedOrRefused(Path file, String door, Callable<Boolean> use)
            throws Exception {
        try {
            require(use.call(), file, door);
            require(isText(file), file, door + " has taken what is no text");
        } catch (IllegalArgumentException e) {
            require(!isText(file), file, door + " refuses it: " + e);
        }
    }

    private static EmptyProcess cat(String... files) {
        return PidfdProcess.builder("cat", files);
    }

    private static EmptyProcess echo(String text) {
        return PidfdProcess.builder("printf", text);
    }

    private static String output(EmptyProcess process) throws Exception {
        PidfdProcess started = process.start();
        started.getOutputStream().close();
        byte[] output = started.getInputStream().readAllBytes();
        byte[] error = started.getErrorStream().readAllBytes();
        require(
                started.waitFor() == 0,
                process,
                "failed: " + new String(error, StandardCharsets.UTF_8));
        return new String(output, StandardCharsets.UTF_8);
    }

    private static void shell(String script) throws Exception {
        output(PidfdProcess.builder("sh", "-c", script));
    }

    private static List<Path> list(Path folder) throws Exception {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
            listing.forEach(files::add);
        }
        return new ArrayList<>(new TreeSet<>(files));
    }

    private static void require(boolean condition, Object what, String how) {
        if (!condition) {
            throw new AssertionError(what + ": " + how);
        }
    }
}
