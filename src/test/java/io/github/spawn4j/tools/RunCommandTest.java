// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.internal.os.Kernel;
import io.github.spawn4j.testing.Eventually;
import io.github.spawn4j.testing.TestCgroup;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code run} is the program, as far as its caller can tell. */
class RunCommandTest extends ToolsTest {
    /** Of directories, by the call that the C library makes. */
    private static final String NO_REMOVAL =
            System.getProperty("os.arch").equals("aarch64")
                    ? "unlinkat:2=0x200=EACCES"
                    : "rmdir=EACCES";

    private static final Pattern CGROUP = Pattern.compile("/\\S*/spawn4j-[^\\s:\"]*");

    @ParameterizedTest
    @ValueSource(strings = {"fork", "vfork", "posix-spawn", "clone3", "POSIX_SPAWN"})
    void exitsWithTheProgramsCode(String strategy) {
        Run run = run("run", "--strategy", strategy, "--", "sh", "-c", "exit 7");
        assertThat(run).isEqualTo(new Run(7, "", ""));
    }

    @Test
    void exitsWith128AndTheSignal() {
        assertThat(run("run", "--", "sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void exitsWith127IfThereIsNoSuchProgram() {
        Run run = run("run", "--", "/no/such");
        assertThat(run.exitCode()).isEqualTo(127);
        assertThat(run.err()).contains("\"/no/such\"").contains("No such file").hasLineCount(1);
    }

    @Test
    void exitsWith126IfTheProgramCannotBeExecuted(@TempDir Path directory) throws IOException {
        Path file = Files.createFile(directory.resolve("plain"));
        Run run = run("run", "--", file.toString());
        assertThat(run.exitCode()).isEqualTo(126);
        assertThat(run.err()).contains(file.toString()).contains("Permission denied");
    }

    @Test
    void exitsWith125IfTheDirectoryIsMissing() {
        Run run = run("run", "--directory", "/no/such", "--", "true");
        assertThat(run.exitCode()).isEqualTo(125);
        assertThat(run.err()).contains("/no/such").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run",
                "run --bogus -- true",
                "run --strategy warp -- true",
                "run --timeout soon -- true",
                "run --timeout 0s -- true",
                "run --memory lots -- true",
                "run --memory 64x -- true",
                "run --env =value -- true",
                "run --env NAME -- true",
                "run --umask 8 -- true",
                "run --umask 1000 -- true",
                "run --nice 20 -- true",
                "run --limit nofile -- true",
                "run --limit nothing=1 -- true",
                "run --limit nofile=few -- true",
                "run --limit nofile=2:1 -- true",
                "run --user nosuchuser -- true"
            })
    void exitsWith2IfTheCommandLineIsWrong(String line) {
        Run run = run(line.split(" "));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("spawn4j-tools run: ").contains("--help");
    }

    @Test
    void givesTheProgramWhatItIsAsked(@TempDir Path directory) {
        Path out = directory.resolve("out");
        String print = "{ umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c; } > \"$0\"";
        String options = "run --umask 027 --nice 4 --limit nofile=64:128 --limit core=0 --";
        Stream<String> command = Stream.of("sh", "-c", print, out.toString());
        String[] args =
                Stream.concat(Stream.of(options.split(" ")), command).toArray(String[]::new);
        assertThat(run(args)).isEqualTo(new Run(0, "", ""));
        assertThat(out).hasContent("0027\n4\n64\n128\n0\n");
    }

    @Test
    void runsTheProgramAsAnotherUser(@TempDir Path directory) throws IOException {
        assumeTrue(new File("/proc/1/environ").canRead(), "only root may become another user");
        Path out = Files.createFile(directory.resolve("out"));
        Files.setPosixFilePermissions(out, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        String print = "{ id -un; grep NoNewPrivs /proc/self/status; } > \"$0\"";
        assertThat(
                        run(
                                "run",
                                "--user",
                                "nobody",
                                "--no-new-privs",
                                "--",
                                "sh",
                                "-c",
                                print,
                                out.toString()))
                .isEqualTo(new Run(0, "", ""));
        assertThat(out).hasContent("nobody\nNoNewPrivs:\t1\n");
    }

    @Test
    void takesTheNetworkFromTheProgram() {
        String script = "test $(grep -c : /proc/net/dev) = 1";
        assertThat(run("run", "--no-network", "--", "sh", "-c", script))
                .isEqualTo(new Run(0, "", ""));
    }

    @Test
    void givesTheProgramASessionOfItsOwn() {
        String script = "test $$ = $(ps -o sid= -p $$)";
        assertThat(run("run", "--new-session", "--", "sh", "-c", script))
                .isEqualTo(new Run(0, "", ""));
    }

    @Test
    void putsTheProgramIntoASandbox(@TempDir Path folder) throws IOException {
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        String script = "echo a > file; ! echo b > ../outside";
        Run run =
                run(
                        "run",
                        "--sandbox",
                        scratch.toString(),
                        "--cpu-time",
                        "20s",
                        "--memory",
                        "1g",
                        "--stats",
                        "--",
                        "sh",
                        "-c",
                        script);
        assertThat(run.exitCode()).isZero();
        assertThat(scratch.resolve("file")).hasContent("a");
        assertThat(folder.resolve("outside")).doesNotExist();
        assertThat(run.err())
                .containsPattern(
                        "(?m)^enforced +cpu time by \\w+, memory by \\w+, files by (landlock|namespace)$");
        assertThat(run("run", "--processes", "3", "--", "true").exitCode()).isEqualTo(2);
    }

    @Test
    void explainsWhatTheProgramIsGiven() {
        Run run = run("run", "--explain", "--umask", "0", "--limit", "cpu=9", "--", "true");
        // The limit of open files where it is known.
        assertThat(run.err())
                .containsPattern(
                        "attributes +umask 0000, prlimit CPU 9:9(, prlimit NOFILE \\d+)?\n");
        assertThat(run("run", "--explain", "--", "true").err())
                .containsPattern(
                        "attributes +(umask, limits, ids and scheduling are ours|prlimit NOFILE \\d+)\n");
    }

    @Test
    void endsTheProgramWhenTheTimeIsUp() {
        Run run = run("run", "--timeout", "50ms", "--stats", "--", "sleep", "600");
        assertThat(run.exitCode()).isEqualTo(124);
        assertThat(run.err()).contains("killed by SIGTERM");
    }

    /** As timeout(1) does, whatever becomes of it. */
    @Test
    void exitsWith124ThoughTheProgramHasSurvived(@TempDir Path folder) throws Exception {
        Path pid = folder.resolve("pid");
        try {
            Run run =
                    runDenied(
                            List.of("kill=EPERM", "pidfd_send_signal=EPERM"),
                            "run",
                            "--timeout",
                            "1s",
                            "--",
                            "sh",
                            "-c",
                            "echo $$ > " + pid + "; exec sleep 600 > /dev/null 2>&1");

            assertThat(run.exitCode()).isEqualTo(124);
            assertThat(run.err()).contains("has left").hasLineCount(1);
        } finally {
            end(pid);
        }
    }

    @ParameterizedTest
    @CsvSource({"exit 0, 123", "exit 7, 7"})
    void saysThatACgroupIsLeft(String script, int exitCode) throws Exception {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        Run run = runDenied(List.of(NO_REMOVAL), "run", "--cgroup", "--", "sh", "-c", script);

        Matcher cgroup = CGROUP.matcher(run.err());
        assertThat(cgroup.find()).as(run.err()).isTrue();
        Files.delete(Path.of(cgroup.group()));
        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.err()).contains("the cgroup is left").hasLineCount(1);
    }

    /** Ends the process whose pid is in {@code file}, as its starter could not. */
    private static void end(Path file) throws Exception {
        Eventually.isTrue("it has said its pid", () -> Files.exists(file) && Files.size(file) > 0);
        String pid = Files.readString(file).strip();
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
    }

    @Test
    void leavesAProgramAloneThatEndsInTime() {
        assertThat(run("run", "--timeout", "PT10M", "--", "sh", "-c", "exit 3").exitCode())
                .isEqualTo(3);
    }

    @Test
    void setsDirectoryAndEnvironment(@TempDir Path directory) throws IOException {
        String here = directory.toRealPath().toString();
        run("run", "--directory", here, "--env", "A=x=y", "--", "sh", "-c", "echo $A $PWD > out");
        assertThat(directory.resolve("out")).hasContent("x=y " + here);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--stats", "@file", "--", ""})
    void leavesTheProgramItsArguments(String argument) {
        String[] script = {"sh", "-c", "test \"$#$1\" = \"1" + argument + "\"", "sh", argument};
        String[] args = new String[script.length + 2];
        args[0] = "run";
        args[1] = "--";
        System.arraycopy(script, 0, args, 2, script.length);
        assertThat(run(args).exitCode()).isZero();
    }

    @Test
    void takesTheFirstWordForTheProgramEvenWithoutDashes() {
        Run run = run("run", "sh", "-c", "exit 4");
        assertThat(run.exitCode()).isEqualTo(4);
    }

    @Test
    void explainsTheRequestBeforeItRuns() {
        Run run =
                run(
                        "run",
                        "--explain",
                        "--env",
                        "A=b c",
                        "--strategy",
                        "vfork",
                        "--",
                        "/nosuch",
                        "x y");
        assertThat(run.exitCode()).isEqualTo(127);
        assertThat(run.err())
                .containsPattern("(?m)^program +cannot execute /nosuch: No such file")
                .containsPattern("(?m)^arguments +'x y'$")
                .containsPattern("(?m)^environment +ours, with A='b c'$")
                .containsPattern("(?m)^strategy +vfork: ");
    }

    @Test
    void runsTheProgramInACgroupOfItsOwn() throws IOException {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        Run run =
                run("run", "--cgroup", "--", "grep", "-q", "^0::.*/spawn4j-", "/proc/self/cgroup");
        assertThat(run).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void saysWhatNoCgroupCanLimit(@TempDir Path folder) throws IOException {
        assumeTrue(TestCgroup.canBeMade(), "no cgroup can be made");
        Path file = folder.resolve("file");
        Run run = run("run", "--memory", "64m", "--", "touch", file.toString());

        if (run.exitCode() == 0) {
            assertThat(file).exists();
        } else {
            assertThat(run.exitCode()).isEqualTo(125);
            assertThat(run.err()).contains("no controller memory for").hasLineCount(1);
            assertThat(file).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--leave-nobody", "--cgroup"})
    void leavesNobody(String option, @TempDir Path folder) throws IOException {
        assumeTrue(!option.equals("--cgroup") || TestCgroup.canBeMade(), "no cgroup can be made");
        assumeTrue(
                Kernel.has(Kernel.PIDFD_GROUP_SIGNAL),
                "a group is reached after its leader from Linux 6.9 on");
        Path pid = folder.resolve("pid");
        Run run = run("run", option, "--", "sh", "-c", "sleep 600 & echo $! > " + pid);

        assertThat(run).isEqualTo(new Run(0, "", ""));
        assertThat(
                        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                                .filter(process -> !isZombie(process)))
                .isEmpty();
    }

    private static boolean isZombie(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid() + "/status"))
                    .contains("State:\tZ");
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void tellsWhatBecameOfTheProgram() {
        Run run = run("run", "--stats", "--", "sh", "-c", "exit 9");
        assertThat(run.exitCode()).isEqualTo(9);
        assertThat(run.err())
                .containsPattern("(?m)^pid +\\d+$")
                .containsPattern("(?m)^exit status +exited 9$")
                .containsPattern("(?m)^wall time +\\S+ m?s$")
                .containsPattern("(?m)^CPU time +\\S+ m?s \\(user \\S+ m?s, system \\S+ m?s\\)$")
                .containsPattern("(?m)^peak memory .*\\w");
    }

    @Test
    void saysHowAProgramThatIsKeptWarmWasStarted() {
        Run run = run("run", "--warm", "--explain", "--stats", "--", "sh", "-c", "exit 6");
        assertThat(run.exitCode()).isEqualTo(6);
        assertThat(run.err())
                .containsPattern(
                        "(?m)^warm +(process \\d+ has linked the program|no, .*; the start is cold)$")
                .containsPattern("(?m)^start +(parked|warm|cold)$");
    }

    @Test
    void saysWhyAProgramCannotBeKeptWarm() {
        String program = System.getProperty("spawn4j.native.bin") + "/noop";
        Run run = run("run", "--warm", "--explain", "--stats", "--", program);
        assertThat(run.exitCode()).isZero();
        assertThat(run.err())
                .containsPattern("(?m)^warm +no, [a-z ]+; the start is cold$")
                .containsPattern("(?m)^start +cold$");
    }

    @Test
    void exitsWith127ThoughTheProgramWasToBeKeptWarm() {
        Run run = run("run", "--warm", "--", "/no/such");
        assertThat(run.exitCode()).isEqualTo(127);
        assertThat(run.err()).contains("\"/no/such\"").hasLineCount(1);
    }
}
