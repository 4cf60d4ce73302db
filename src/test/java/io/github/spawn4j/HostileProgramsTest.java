// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.spawn4j.CommandException.Reason;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.internal.os.Confinement;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.Patience;
import io.github.spawn4j.testing.ProcStatus;
import io.github.spawn4j.testing.TestCgroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that mean no good: each ends as was asked, with the reason, and nobody is left. */
@Timeout(60)
class HostileProgramsTest {
    /** Longer than any of them may take, on a machine that has much else to do. */
    private static final Duration IN_TIME = ofSeconds(20);

    private static final Teardown QUICK =
            Teardown.first(Signal.TERM, ofMillis(50)).then(Signal.KILL, ofSeconds(10));

    /** In the environment of each of them, and of all that come of it, whatever they do. */
    private static final String MARK = "SPAWN4J_HOSTILE";

    private static final String ROUND = ProcessHandle.current().pid() + "-" + System.nanoTime();

    @TempDir private Path folder;

    private Set<Long> childrenBefore;

    @BeforeEach
    void countChildren() throws IOException {
        childrenBefore = LeakCheck.children().keySet();
    }

    /** A zombie has no environment any more, by which {@link #nobodyIsLeft} would know it. */
    @AfterEach
    void noZombieIsLeft() throws IOException {
        Map<Long, String> left = LeakCheck.children();
        left.keySet().removeAll(childrenBefore);
        assertThat(left).isEmpty();
    }

    /** As ps(1) would look. */
    @AfterEach
    void nobodyIsLeft() throws Exception {
        String entry = MARK + "=" + ROUND;
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String environment =
                            Files.readString(
                                    process.resolve("environ"), StandardCharsets.ISO_8859_1);
                    if (List.of(environment.split("\0")).contains(entry)) {
                        left.add(process);
                    }
                } catch (IOException e) {
                    // It has ended, or is somebody else's.
                }
            }
        }
        assertThat(left).isEmpty();
    }

    private static EmptyProcess program(String program, String... args) {
        return PidfdProcess.builder(program, args).env(MARK, ROUND).teardown(QUICK);
    }

    private static EmptyProcess sh(String script) {
        return program("sh", "-c", script);
    }

    private static CommandException failure(EmptyProcess process, RunOptions options) {
        CommandException e =
                catchThrowableOfType(CommandException.class, () -> process.run(options));
        assertThat(e).isNotNull();
        assertThat(e.result().duration()).isLessThan(IN_TIME);
        return e;
    }

    private static RunOptions timeout(Duration time) {
        return RunOptions.timeout(time).anyExit().leaveNobody();
    }

    /** Each process starts two more, and none ends by itself. */
    @Test
    void aForkBombEndsAtItsTimeout() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("pids").pidsMax(40)) {
            EmptyProcess bomb =
                    sh("bomb() { bomb & bomb & wait; }; bomb; sleep 600 & wait")
                            .cgroup(cgroup)
                            .stderr(Redirect.DISCARD);
            CommandException e =
                    Patience.until(
                            "it has been refused a process",
                            failure -> cgroup.events().refusedForks().orElseThrow() > 0,
                            time -> failure(bomb.copy(), timeout(time)));

            assertThat(e.reason()).isIn(Reason.TIMEOUT, Reason.EXIT);
            assertThat(cgroup.members()).isEmpty();
        }
    }

    @Test
    void aMemoryHogEndsAtItsLimit() throws Exception {
        try (Cgroup cgroup = TestCgroup.with("memory").memoryMax(64 << 20)) {
            TestCgroup.withoutSwap(cgroup);
            CommandException e =
                    failure(
                            program("tail", "/dev/zero").cgroup(cgroup),
                            RunOptions.timeout(IN_TIME).leaveNobody());

            assertThat(e.reason()).isEqualTo(Reason.EXIT);
            assertThat(e.result().exitStatus()).isEqualTo(new ExitStatus.OutOfMemory());
            assertThat(cgroup.members()).isEmpty();
        }
    }

    /** Twice forked, in a session of its own, deaf, while its parent is long gone. */
    @Test
    void aDaemonThatIgnoresSignalsEndsWithItsRun() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            CommandResult result =
                    sh("(setsid sh -c 'trap \"\" TERM HUP INT QUIT; echo $$; while :; do sleep 1; done'"
                                    + " &) | head -n1")
                            .cgroup(cgroup)
                            .run(RunOptions.timeout(IN_TIME).leaveNobody());

            long daemon = Long.parseLong(result.stdout().text().strip());
            assertThat(ProcStatus.runs(daemon)).isFalse();
            assertThat(cgroup.members()).isEmpty();
        }
    }

    @Test
    void outputWithoutEndIsBounded() throws Exception {
        RunOptions options =
                RunOptions.timeout(IN_TIME)
                        .anyExit()
                        .stdout(Capture.failBeyond(1 << 20))
                        .leaveNobody();

        CommandException e = failure(program("yes"), options);

        assertThat(e.reason()).isEqualTo(Reason.OUTPUT);
        assertThat(e.result().stdout().bytes()).hasSize(1 << 20);
        assertThat(ProcStatus.runs(e.result().stage().pid())).isFalse();
    }

    @Test
    void aBusyLoopEndsAtItsTimeout() throws Exception {
        try (Cgroup cgroup = TestCgroup.own()) {
            EmptyProcess busy = sh("trap '' TERM; echo deaf; while :; do :; done").cgroup(cgroup);
            CommandException e =
                    Patience.until(
                            "it is deaf",
                            failure -> failure.result().stdout().total() > 0,
                            time -> failure(busy.copy(), timeout(time)));

            assertThat(e.reason()).isEqualTo(Reason.TIMEOUT);
            assertThat(e.result().exitStatus())
                    .isEqualTo(new ExitStatus.Killed(Signal.KILL, false));
            assertThat(cgroup.usage().cpuTime()).isPositive();
        }
    }

    /** By each way that there is to change a file: the one that succeeds says so. */
    @Test
    void oneThatWritesOutsideOfItsDirectoryIsRefusedEachTime() throws Exception {
        assumeTrue(
                Confinement.has(Confinement.LANDLOCK)
                        || Confinement.has(Confinement.MOUNT_NAMESPACE | Confinement.MOUNT_SETATTR),
                "neither Landlock nor mount namespaces");
        Path scratch = Files.createDirectory(folder.resolve("scratch"));
        Path victim = Files.writeString(folder.resolve("victim"), "untouched");
        String script =
                """
                ln -s "$1" link; echo own > own
                echo x > "$1" && echo overwritten
                echo x >> "$1" && echo appended
                echo x > link && echo through a link
                ln "$1" hard && echo x > hard && echo through a hard link
                mv "$1" stolen && echo stolen
                mv own "$1" && echo replaced
                rm -f "$1" && echo removed
                truncate -s 0 "$1" && echo cut short
                mkdir "$1.d" && echo made a directory
                mkfifo "$1.p" && echo made a FIFO
                (cd .. && echo x > elsewhere) && echo from elsewhere
                mount -o remount,rw / && echo mounted again
                mknod disk b 8 0 && echo a disk
                sh -c 'echo x > "$1"' sh "$1" && echo by a child
                echo done
                """;
        CommandResult result =
                sh(script)
                        .args("sh", victim.toString())
                        .sandbox(Sandbox.of(scratch))
                        .run(RunOptions.timeout(IN_TIME).anyExit());

        assertThat(result.stdout().text()).isEqualTo("done\n");
        assertThat(result.stderr().text()).contains("ermission denied");
        assertThat(victim).hasContent("untouched");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactlyInAnyOrder(scratch, victim);
        }
    }

    /** By what a process may do to another one of the same user, or of root. */
    @Test
    void oneThatTurnsAgainstTheJvmIsRefusedEachTime() throws Exception {
        assumeTrue(Confinement.has(Confinement.LANDLOCK), "Landlock of Linux 6.2 is not there");
        assumeTrue(isAtLeast(6, 12), "Landlock keeps signals within from Linux 6.12 on");
        String script =
                """
                kill -CONT $1 && echo signalled
                head -c1 /proc/$1/environ > /dev/null && echo read its environment
                head -c1 /proc/$1/maps > /dev/null && echo read its map
                readlink /proc/$1/fd/1 && echo saw its files
                echo 1000 > /proc/$1/oom_score_adj && echo offered it to the kernel
                sleep 600 & kill $! && echo ended its own child
                echo done
                """;
        CommandResult result =
                sh(script)
                        .args("sh", Long.toString(ProcessHandle.current().pid()))
                        .sandbox(Sandbox.of(folder))
                        .run(RunOptions.timeout(IN_TIME).anyExit());

        assertThat(result.stdout().text()).isEqualTo("ended its own child\ndone\n");
    }

    private static boolean isAtLeast(int major, int minor) {
        String[] version = System.getProperty("os.version").split("[^0-9]", 3);
        int ours = Integer.parseInt(version[0]);
        return ours > major || (ours == major && Integer.parseInt(version[1]) >= minor);
    }

    @Test
    void oneThatOpensASocketReachesNobody() throws Exception {
        assumeTrue(
                Confinement.has(Confinement.NETWORK_NAMESPACE), "network namespaces are forbidden");
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.configureBlocking(false);
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();
            String script =
                    "exec 3<> /dev/tcp/127.0.0.1/%d && echo TCP; echo x > /dev/udp/192.0.2.1/53 && echo UDP"
                            .formatted(port);
            CommandResult result =
                    program("bash", "-c", script)
                            .sandbox(Sandbox.of(folder).noNetwork())
                            .run(RunOptions.timeout(IN_TIME).anyExit());

            assertThat(result.stdout().text()).isEmpty();
            assertThat(result.stderr().text()).containsIgnoringCase("unreachable");
            assertThat(server.accept()).as("a connection").isNull();
        }
    }
}
