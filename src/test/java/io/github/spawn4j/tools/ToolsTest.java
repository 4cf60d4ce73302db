// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs commands of the tools jar. */
abstract class ToolsTest {
    private static final String JAVA = System.getProperty("java.home") + "/bin/java";

    /** What a command has printed, and the code that it would exit with. */
    record Run(int exitCode, String out, String err) {}

    /** In this JVM. */
    static Run run(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode =
                Main.commandLine()
                        .setOut(new PrintWriter(out, true))
                        .setErr(new PrintWriter(err, true))
                        .execute(args);
        return new Run(exitCode, out.toString(), err.toString());
    }

    /** In a JVM of its own, for commands that change what belongs to the whole process. */
    static Run runApart(String... args) throws IOException, InterruptedException {
        return runApart(List.of(), args);
    }

    /** In a JVM of its own, to be waited for by the caller. */
    static PidfdProcess startApart(String... args) throws IOException {
        return apart(List.of(), args).start();
    }

    /** The same, where this is the PATH. */
    static PidfdProcess startApartWithPath(String path, String... args) throws IOException {
        return apart(List.of(), args).env("PATH", path).start();
    }

    /** In a JVM of its own with these options. */
    static Run runApart(List<String> options, String... args)
            throws IOException, InterruptedException {
        return finish(apart(options, args).start());
    }

    private static EmptyProcess apart(List<String> options, String... args) {
        return PidfdProcess.builder(JAVA)
                .args("-Dspawn4j.native.bin=" + System.getProperty("spawn4j.native.bin"))
                .args(nativeAccess())
                .args(options)
                .args("-cp", System.getProperty("java.class.path"), Main.class.getName())
                .args(args)
                .stdin(Redirect.DISCARD);
    }

    /**
     * In a JVM of its own that meets these answers to system calls, such as kill=EPERM. It loads
     * the library from where it was built, and has to lay it nowhere.
     */
    static Run runDenied(List<String> rules, String... args)
            throws IOException, InterruptedException {
        Path programs = Path.of(System.getProperty("spawn4j.native.bin"));
        return finish(
                PidfdProcess.builder(programs.resolve("deny").toString())
                        .args(rules)
                        .args("--", JAVA)
                        .args(
                                "-Dio.github.spawn4j.library="
                                        + programs.resolveSibling("libspawn4j.so"))
                        .args(nativeAccess())
                        .args("-cp", System.getProperty("java.class.path"), Main.class.getName())
                        .args(args)
                        .stdin(Redirect.DISCARD)
                        .start());
    }

    /** In a JVM of its own that may have so few files open, its jars among them. */
    static Run runWithDescriptors(int limit, String... args)
            throws IOException, InterruptedException {
        return finish(
                PidfdProcess.builder("sh", "-c", "ulimit -n " + limit + "; exec \"$@\"", "sh", JAVA)
                        .args(nativeAccess())
                        .args("-cp", shortClassPath(), Main.class.getName())
                        .args(args)
                        .stdin(Redirect.DISCARD)
                        .start());
    }

    /** As few jars as will do; the tools jar is one. */
    private static String shortClassPath() {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> entry.matches(".*(classes/?|picocli[^/]*|slf4j-api[^/]*)"))
                .collect(Collectors.joining(":"));
    }

    private static Run finish(PidfdProcess java) throws IOException, InterruptedException {
        // What it writes to stderr fits into a pipe.
        String out = text(java.getInputStream());
        String err = text(java.getErrorStream());
        return new Run(java.waitFor(), out, err);
    }

    /** As the manifest of the tools jar has it. */
    private static List<String> nativeAccess() {
        return Runtime.version().feature() >= 22
                ? List.of("--enable-native-access=ALL-UNNAMED")
                : List.of();
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
}
