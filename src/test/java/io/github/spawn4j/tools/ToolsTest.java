package io.github.spawn4j.tools;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** Runs commands of the tools jar. */
abstract class ToolsTest {
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
        PidfdProcess java =
                PidfdProcess.builder(System.getProperty("java.home") + "/bin/java")
                        .args("-Dspawn4j.native.bin=" + System.getProperty("spawn4j.native.bin"))
                        .args("-cp", System.getProperty("java.class.path"), Main.class.getName())
                        .args(args)
                        .stdin(Redirect.DISCARD)
                        .stderr(Redirect.INHERIT)
                        .start();
        String out = new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(java.waitFor(), out, "");
    }
}
