// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.testing.ForEachStrategy;
import io.github.spawn4j.testing.Probe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which file a program's name means, and what is said if there is none. */
@Timeout(60)
class ProgramLookupTest {
    private static final int ENOENT = 2;
    private static final int ENOEXEC = 8;
    private static final int EACCES = 13;
    private static final int ENOTDIR = 20;
    private static final int ENAMETOOLONG = 36;
    private static final int ELOOP = 40;

    /** A name that no other directory has. */
    private static final String NAME = "spawn4j-lookup-probe";

    @TempDir Path folder;

    private Path empty;
    private Path full;
    private Path refusing;

    @BeforeEach
    void makeFolders() throws Exception {
        folder = folder.toRealPath();
        empty = Files.createDirectory(folder.resolve("empty"));
        full = Files.createDirectory(folder.resolve("full"));
        Files.createSymbolicLink(full.resolve(NAME), Probe.FILE);
        refusing = Files.createDirectory(folder.resolve("refusing"));
        Files.writeString(refusing.resolve(NAME), "not executable");
    }

    private static EmptyProcess search(SpawnStrategy strategy, String path) {
        return named(strategy, NAME).env("PATH", path);
    }

    private static EmptyProcess named(SpawnStrategy strategy, String program) {
        return PidfdProcess.builder(program).strategy(strategy);
    }

    private static void assertRuns(EmptyProcess process) throws Exception {
        assertThat(Probe.report(process).text("exe")).isEqualTo(Probe.FILE.toRealPath().toString());
    }

    private static void assertFails(EmptyProcess process, int errno, String named) {
        SpawnException e = catchThrowableOfType(SpawnException.class, process::start);
        assertThat(e).as("exception").isNotNull();
        assertThat(e.errno()).as("errno of " + e).isEqualTo(errno);
        assertThat(e).hasMessageStartingWith("Cannot run program \"" + named + "\"");
        assertThat(e).hasMessageContaining("error=" + errno + ", ");
        assertThat(e.step()).isIn("exec", "posix_spawn");
    }

    private Path script(String name, String content) throws Exception {
        Path script = Files.writeString(folder.resolve(name), content);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    // Bare names

    @ForEachStrategy
    void searchesThePathOfTheJvm(SpawnStrategy strategy) throws Exception {
        assertThat(Probe.text(PidfdProcess.builder("echo", "found").strategy(strategy)))
                .isEqualTo("found\n");
    }

    @ForEachStrategy
    void searchesThePathOfTheChildWhereItWasChanged(SpawnStrategy strategy) throws Exception {
        assertFails(named(strategy, NAME), ENOENT, NAME);
        assertRuns(search(strategy, empty + ":" + full));
        assertRuns(named(strategy, NAME).environment(Map.of("PATH", full.toString())));
    }

    @ForEachStrategy
    void doesNotSearchThePathOfTheJvmThen(SpawnStrategy strategy) throws Exception {
        assertFails(named(strategy, "echo").env("PATH", empty.toString()), ENOENT, "echo");
    }

    @ForEachStrategy
    void searchesTheUsualDirectoriesIfThereIsNoPath(SpawnStrategy strategy) throws Exception {
        assertThat(named(strategy, "true").unsetEnv("PATH").start().waitFor()).isZero();
        assertThat(named(strategy, "true").environment(Map.of()).start().waitFor()).isZero();
        assertFails(named(strategy, NAME).unsetEnv("PATH"), ENOENT, NAME);
    }

    @ForEachStrategy
    void skipsEmptyEntries(SpawnStrategy strategy) throws Exception {
        // In the JVM's directory as well as in the child's there is such a program.
        Path here = Path.of(NAME);
        Files.createSymbolicLink(here, Probe.FILE);
        try {
            for (String path : new String[] {"", ":", "::" + empty, empty + ":", empty + "::/x"}) {
                assertFails(search(strategy, path).directory(full), ENOENT, NAME);
            }
            assertRuns(search(strategy, "::" + full + ":"));
        } finally {
            Files.delete(here);
        }
    }

    @ForEachStrategy
    void goesOnBehindAFileThatMayNotBeExecuted(SpawnStrategy strategy) throws Exception {
        assertRuns(search(strategy, refusing + ":" + full));
    }

    @ForEachStrategy
    void reportsThatAFileMayNotBeExecutedIfNothingElseIsFound(SpawnStrategy strategy) {
        assertFails(search(strategy, refusing + ":" + empty), EACCES, NAME);
        assertFails(search(strategy, empty + ":" + refusing), EACCES, NAME);
    }

    @ForEachStrategy
    void goesOnBehindADirectoryOfThatName(SpawnStrategy strategy) throws Exception {
        Files.createDirectory(empty.resolve(NAME));

        assertRuns(search(strategy, empty + ":" + full));
        assertFails(search(strategy, empty.toString()), EACCES, NAME);
    }

    @ForEachStrategy
    void goesOnBehindEntriesThatAreNoDirectories(SpawnStrategy strategy) throws Exception {
        assertRuns(search(strategy, "/no/such/folder:/etc/passwd:" + full));
        assertFails(search(strategy, "/etc/passwd"), ENOENT, NAME);
    }

    @ForEachStrategy
    void countsRelativeEntriesFromTheDirectoryOfTheJvm(SpawnStrategy strategy) throws Exception {
        Path relative = Path.of("").toRealPath().relativize(full);

        assertRuns(search(strategy, relative.toString()));
        assertRuns(search(strategy, relative.toString()).directory(empty));
    }

    @ForEachStrategy
    void findsTheFirstOfSeveral(SpawnStrategy strategy) throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.createSymbolicLink(other.resolve(NAME), Path.of("/bin/false"));

        assertRuns(search(strategy, full + ":" + other));
        assertThat(search(strategy, other + ":" + full).start().waitFor()).isEqualTo(1);
    }

    @Test
    void goesOnWhereExecvpDoes() {
        // ENODEV, ETIMEDOUT, ESTALE: devices and mounts that are out of reach.
        assertThat(IntStream.of(ENOENT, ENOTDIR, EACCES, 19, 110, 116))
                .allMatch(ProgramLookup::isPassedOver);
        assertThat(IntStream.of(ENOEXEC, ENAMETOOLONG, ELOOP, 5, 7, 12, 26))
                .noneMatch(ProgramLookup::isPassedOver);
    }

    @ForEachStrategy
    void endsTheSearchAtAnErrorBehindWhichNothingWillDo(SpawnStrategy strategy) throws Exception {
        Path loop = Files.createDirectory(folder.resolve("loop"));
        Files.createSymbolicLink(loop.resolve(NAME), loop.resolve(NAME));

        assertFails(search(strategy, loop + ":" + full), ELOOP, NAME);
    }

    // Names with a slash

    @ForEachStrategy
    void takesANameWithASlashAsAPath(SpawnStrategy strategy) throws Exception {
        assertRuns(named(strategy, full.resolve(NAME).toString()).env("PATH", "/nowhere"));
        assertRuns(named(strategy, "full/" + NAME).directory(folder));
        assertRuns(named(strategy, "../full/./" + NAME).directory(empty));
        assertFails(
                named(strategy, "full/" + NAME).env("PATH", folder.toString()),
                ENOENT,
                "full/" + NAME);
    }

    @ForEachStrategy
    void refusesADirectory(SpawnStrategy strategy) {
        assertFails(named(strategy, full.toString()), EACCES, full.toString());
        assertFails(named(strategy, "./"), EACCES, "./");
    }

    @ForEachStrategy
    void refusesAFileThatIsNotExecutable(SpawnStrategy strategy) {
        String program = refusing.resolve(NAME).toString();

        assertFails(named(strategy, program), EACCES, program);
    }

    @ForEachStrategy
    void refusesAFileThatIsMissing(SpawnStrategy strategy) throws Exception {
        String missing = folder.resolve("missing").toString();
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("/no/such"));

        assertFails(named(strategy, missing), ENOENT, missing);
        assertFails(named(strategy, dangling.toString()), ENOENT, dangling.toString());
        assertFails(named(strategy, "/etc/passwd/x"), ENOTDIR, "/etc/passwd/x");
    }

    @ForEachStrategy
    void reportsWhatTheKernelSaysOfStrangePaths(SpawnStrategy strategy) throws Exception {
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        String longest = "/" + "x".repeat(300);
        String tooLong = "/x".repeat(3000);

        assertFails(named(strategy, loop.toString()), ELOOP, loop.toString());
        assertFails(named(strategy, longest), ENAMETOOLONG, longest);
        assertFails(named(strategy, tooLong), ENAMETOOLONG, tooLong);
        assertFails(named(strategy, "x".repeat(300)), ENAMETOOLONG, "x".repeat(300));
    }

    // Scripts

    @ForEachStrategy
    void runsAScript(SpawnStrategy strategy) throws Exception {
        Path script = script("script", "#!/bin/sh\necho \"$0 $1\"\n");

        assertThat(Probe.text(PidfdProcess.builder(script.toString(), "x").strategy(strategy)))
                .isEqualTo(script + " x\n");
    }

    @ForEachStrategy
    void refusesAScriptWithoutInterpreterLine(SpawnStrategy strategy) throws Exception {
        Path script = script("script", "echo never\n");
        Path nothing = script("nothing", "");

        assertFails(named(strategy, script.toString()), ENOEXEC, script.toString());
        assertFails(named(strategy, nothing.toString()), ENOEXEC, nothing.toString());
    }

    @ForEachStrategy
    void reportsAnInterpreterThatIsMissing(SpawnStrategy strategy) throws Exception {
        Path script = script("script", "#!/no/such/interpreter\n");

        assertFails(named(strategy, script.toString()), ENOENT, script.toString());
    }

    @ForEachStrategy
    void findsAScriptInPath(SpawnStrategy strategy) throws Exception {
        script("my-script", "#!/bin/sh\necho \"$0\"\n");

        assertThat(Probe.text(named(strategy, "my-script").env("PATH", folder + ":/bin")))
                .isEqualTo(folder + "/my-script\n");
    }
}
