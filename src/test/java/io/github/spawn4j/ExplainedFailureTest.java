// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.Probe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a message says beyond the error number: what is missing, or which limit was met. */
@Timeout(60)
class ExplainedFailureTest {
    private static final int ENOENT = 2;
    private static final int E2BIG = 7;
    private static final int ENOEXEC = 8;
    private static final int EACCES = 13;

    @TempDir Path folder;

    @BeforeEach
    void resolveLinks() throws Exception {
        folder = folder.toRealPath();
    }

    private static SpawnException failure(EmptyProcess process, int errno) {
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e).as("exception").isNotNull();
        assertThat(e.errno()).as("errno of " + e).isEqualTo(errno);
        assertThat(e).hasMessageNotContaining("\n").hasMessageNotContaining("\r");
        return e;
    }

    private void assertSays(SpawnStrategy strategy, Path program, int errno, String explanation) {
        SpawnException e =
                failure(PidfdProcess.builder(program.toString()).strategy(strategy), errno);

        assertThat(e).hasMessageEndingWith("; " + explanation + ")");
    }

    private Path file(String name, byte[] content) throws Exception {
        Path file = Files.write(folder.resolve(name), content);
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }

    private Path script(String content) throws Exception {
        return file("script", content.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** This JVM's own program, with some bytes changed. */
    private Path program(int offset, int... bytes) throws Exception {
        byte[] content = Files.readAllBytes(Probe.FILE);
        for (int i = 0; i < bytes.length; i++) {
            content[offset + i] = (byte) bytes[i];
        }
        return file("program", content);
    }

    /** The probe with another loader of the same length. */
    private Path programOf(String loader) throws Exception {
        String content = new String(Files.readAllBytes(Probe.FILE), StandardCharsets.ISO_8859_1);
        int start = content.indexOf("/lib");
        String old = content.substring(start, content.indexOf('\0', start));
        String changed = loader + "\0".repeat(old.length() - loader.length());
        return file("program", content.replace(old, changed).getBytes(StandardCharsets.ISO_8859_1));
    }

    // Missing

    @ForEachStrategy
    void namesAnInterpreterThatIsMissing(SpawnStrategy strategy) throws Exception {
        assertSays(
                strategy,
                script("#! /no/such/python3 -u\n"),
                ENOENT,
                "its interpreter \"/no/such/python3\" does not exist");
    }

    @ForEachStrategy
    void showsTheCarriageReturnBehindAnInterpreter(SpawnStrategy strategy) throws Exception {
        assertSays(
                strategy,
                script("#!/bin/sh\r\necho\r\n"),
                ENOENT,
                "its interpreter \"/bin/sh\\r\" does not exist");
    }

    @Test
    void showsWhatIsNoTextInAnInterpreter() throws Exception {
        assertSays(
                SpawnStrategy.CLONE3,
                script("#!/no/\u00ffsu\u0001ch\n"),
                ENOENT,
                "its interpreter \"/no/\\xffsu\\u0001ch\" does not exist");
    }

    @Test
    void namesTheInterpreterOfAnInterpreter() throws Exception {
        Path inner = file("inner", "#!/no/such\n".getBytes(StandardCharsets.US_ASCII));

        assertSays(
                SpawnStrategy.CLONE3,
                script("#!" + inner + "\n"),
                ENOENT,
                "its interpreter's interpreter \"/no/such\" does not exist");
    }

    @ForEachStrategy
    void namesAnElfLoaderThatIsMissing(SpawnStrategy strategy) throws Exception {
        assertSays(
                strategy,
                programOf("/lib/no-such.so.1"),
                ENOENT,
                "its ELF loader \"/lib/no-such.so.1\" does not exist");
    }

    @Test
    void saysNothingOfAFileThatIsNotThere() {
        assertThat(failure(PidfdProcess.builder("/no/such"), ENOENT))
                .hasMessageEndingWith("(exec \"/no/such\": ENOENT)");
    }

    @Test
    void findsTheFileWhereverItWasSought() throws Exception {
        script("#!/no/such\n");
        String explanation = "its interpreter \"/no/such\" does not exist)";

        assertThat(failure(PidfdProcess.builder("./script").directory(folder), ENOENT))
                .hasMessageEndingWith(explanation);
        assertThat(
                        failure(
                                PidfdProcess.builder("script").env("PATH", "/no/such:" + folder),
                                ENOENT))
                .hasMessageEndingWith(explanation);
        assertThat(
                        failure(
                                PidfdProcess.builder("script").searchInChild("/no/such:" + folder),
                                ENOENT))
                .hasMessageEndingWith(explanation);
        assertThat(
                        failure(
                                PidfdProcess.builder("./script")
                                        .action(SpawnAction.chdir(folder.toString())),
                                ENOENT))
                .hasMessageEndingWith(explanation);
        ProcessBuilder builder = new ProcessBuilder("./script").directory(folder.toFile());
        assertThat(failure(EmptyProcess.from(builder), ENOENT)).hasMessageEndingWith(explanation);
        try (SpawnTemplate template =
                SpawnTemplate.builder(folder.resolve("script").toString()).build()) {
            assertThat(failure(template.prepare(), ENOENT)).hasMessageEndingWith(explanation);
        }
    }

    // Not to be executed

    @ForEachStrategy
    void saysWhyAFileMayNotBeExecuted(SpawnStrategy strategy) throws Exception {
        Path interpreter = Files.writeString(folder.resolve("interpreter"), "");

        assertSays(
                strategy,
                script("#!" + interpreter + "\n"),
                EACCES,
                "its interpreter \"" + interpreter + "\" may not be executed, EACCES");
        assertSays(
                strategy,
                script("#!" + folder + "\n"),
                EACCES,
                "its interpreter \"" + folder + "\" may not be executed, EACCES");
    }

    @Test
    void explainsTheFileThatHasFailedInThisWay() throws Exception {
        script("#!/no/such\n"); // is passed over
        Path denied = Files.createDirectory(folder.resolve("denied"));
        Files.writeString(denied.resolve("script"), "");

        for (String path : List.of(folder + ":" + denied, denied + ":" + folder)) {
            assertThat(failure(PidfdProcess.builder("script").searchInChild(path), EACCES))
                    .hasMessageEndingWith("; it has no permission to be executed)");
        }
        Path plain = Files.createDirectory(folder.resolve("plain"));
        Files.writeString(plain.resolve("script"), "echo\n");
        assertThat(plain.resolve("script").toFile().setExecutable(true)).isTrue();
        assertThat(
                        failure(
                                PidfdProcess.builder("script").searchInChild(denied + ":" + plain),
                                ENOEXEC))
                .hasMessageEndingWith("; it begins neither with #! nor as an ELF program)");
    }

    // No program

    @ForEachStrategy
    void saysWhatIsNoProgram(SpawnStrategy strategy) throws Exception {
        assertSays(
                strategy,
                script("echo\n"),
                ENOEXEC,
                "it begins neither with #! nor as an ELF program");
        assertSays(strategy, script(""), ENOEXEC, "it is empty");
        assertSays(
                strategy,
                script("\u00ef\u00bb\u00bf#!/bin/sh\n"),
                ENOEXEC,
                "a byte order mark stands before its first line");
        assertSays(strategy, script("#!\n"), ENOEXEC, "its first line names no interpreter");
    }

    @Test
    void namesTheMachineOfAnElfProgram() throws Exception {
        // e_machine: 243 is RISC-V.
        SpawnException e = failure(PidfdProcess.builder(program(18, 243, 0).toString()), ENOEXEC);

        assertThat(e)
                .hasMessageContaining(
                        "; it is an ELF program for riscv, 64 bits, the JVM is one for ");
    }

    @Test
    void isNotConfusedByADamagedProgram() throws Exception {
        byte[] start = Arrays.copyOf(Files.readAllBytes(Probe.FILE), 20);
        failure(PidfdProcess.builder(file("program", start).toString()), ENOEXEC);
        for (int offset = 16; offset < 64; offset += 2) {
            String program = program(offset, 0xff, 0xff).toString();
            try {
                PidfdProcess.builder(program).start().destroyForcibly().waitFor();
            } catch (SpawnException e) {
                assertThat(e).hasMessageContaining("exec \"" + program + "\": ");
            }
        }
    }

    // Too long

    @ForEachStrategy
    void namesTheStringThatIsTooLong(SpawnStrategy strategy) {
        assertThat(failure(Probe.with(strategy, "--exit", "x".repeat(131_072)), E2BIG))
                .hasMessageEndingWith(
                        "; argument 2 takes 131073 bytes, the limit for one string is 131072"
                                + " (MAX_ARG_STRLEN))");
        assertThat(failure(Probe.with(strategy).env("SECRET", "x".repeat(131_072)), E2BIG))
                .hasMessageEndingWith(
                        "; environment variable SECRET takes 131080 bytes, the limit for one string"
                                + " is 131072 (MAX_ARG_STRLEN))");
    }

    @ForEachStrategy
    void namesTheSumThatIsTooLarge(SpawnStrategy strategy) {
        // More than can be allowed, whatever the stack.
        List<String> many = Collections.nCopies(70, "x".repeat(100_000));

        assertThat(failure(Probe.with(strategy).args(many), E2BIG))
                .message()
                .containsPattern(
                        "; arguments and environment take 70\\d{5} bytes with a pointer to each,"
                                + " the limit is \\d+: a quarter of the stack's");
    }
}
