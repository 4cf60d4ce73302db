// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.internal.launch.OpenFlags;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.strict.SpawnAction;
import io.github.spawn4j.testing.LeakCheck;
import io.github.spawn4j.testing.LibC;
import io.github.spawn4j.testing.OpenFile;
import io.github.spawn4j.testing.OwnThread;
import io.github.spawn4j.testing.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Templates by program name: bounded, checked at every spawn, made again when they are stale. */
@Timeout(60)
class SpawnTemplateCacheTest {
    private static final byte[] MARK = "spawn4j exit code:".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path folder;

    private final SpawnTemplateCache cache = SpawnTemplateCache.builder().maximumSize(2).build();

    @BeforeEach
    void resolveLinks() throws IOException {
        folder = folder.toRealPath();
    }

    @AfterEach
    void close() {
        cache.close();
    }

    /** The bytes of a program that ends with a code. */
    private static byte[] programBytes(int code) throws IOException {
        byte[] bytes = Files.readAllBytes(Probe.program("exit_code"));
        for (int at = 0; at < bytes.length - MARK.length; at++) {
            boolean found = true;
            for (int i = 0; i < MARK.length && found; i++) {
                found = bytes[at + i] == MARK[i];
            }
            if (found) {
                bytes[at + MARK.length] = (byte) code;
                return bytes;
            }
        }
        throw new AssertionError("the program has no mark");
    }

    private Path write(String name, byte[] content) throws IOException {
        Path file = Files.write(folder.resolve(name), content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    private Path program(String name, int code) throws IOException {
        return write(name, programBytes(code));
    }

    /** As a package manager does it; not with REPLACE_EXISTING, which unlinks first. */
    private void replace(Path file, byte[] content) throws IOException {
        Files.move(write("new", content), file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static EmptyProcess silent(EmptyProcess process) {
        return process.stdin(Redirect.DISCARD).stdout(Redirect.DISCARD).stderr(Redirect.DISCARD);
    }

    private static int run(SpawnTemplateCache cache, Path program) throws Exception {
        return silent(cache.prepare(program.toString())).start().waitFor();
    }

    private int run(Path program) throws Exception {
        return run(cache, program);
    }

    private void assertStatistics(long hits, long misses, long stale, long evictions, int size) {
        assertThat(cache.statistics())
                .isEqualTo(new SpawnTemplateCache.Statistics(hits, misses, stale, evictions, size));
    }

    private Set<String> openPrograms() throws IOException {
        Set<String> open = new TreeSet<>(OpenFile.descriptors().values());
        open.removeIf(target -> !target.startsWith(folder.toString()));
        return open;
    }

    private static void assertFails(int errno, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SpawnException.class,
                        e -> assertThat(Errno.name(e.errno())).isEqualTo(Errno.name(errno)));
    }

    @Test
    void makesATemplateOnceAndThenFindsIt() throws Exception {
        Path program = program("program", 7);

        for (int i = 0; i < 3; i++) {
            assertThat(run(program)).isEqualTo(7);
        }

        assertStatistics(2, 1, 0, 0, 1);
        assertThat(openPrograms()).containsExactly(program.toString());
    }

    @Test
    void searchesABareNameInPath() throws Exception {
        assertThat(cache.spawn("true").waitFor()).isZero();
        assertThat(cache.spawn("false").waitFor()).isEqualTo(1);
        assertThat(cache.spawn("sh", "-c", "exit 3").waitFor()).isEqualTo(3);
    }

    @Test
    void runsAProgramToItsEnd() throws Exception {
        RunOptions options = RunOptions.timeout(Duration.ofSeconds(30));

        assertThat(cache.run(options, "echo", "a").stdout().text()).isEqualTo("a\n");
        assertThat(cache.runAsync(options, "echo", "b").get().stdout().text()).isEqualTo("b\n");

        assertStatistics(1, 1, 0, 0, 1);
    }

    @Test
    void makesATemplateAgainThatWasInvalidated() throws Exception {
        Path program = program("program", 7);
        run(program);

        assertThat(cache.invalidate(program.toString())).isTrue();
        assertThat(cache.invalidate(program.toString())).isFalse();
        assertThat(openPrograms()).isEmpty();
        assertThat(run(program)).isEqualTo(7);

        assertStatistics(0, 2, 0, 0, 1);
    }

    @Test
    void givesUpTheLeastRecentlyUsed() throws Exception {
        Path a = program("a", 1);
        Path b = program("b", 2);
        Path c = program("c", 3);
        run(a);
        run(b);
        run(a);

        assertThat(run(c)).isEqualTo(3);

        assertStatistics(1, 3, 0, 1, 2);
        assertThat(openPrograms()).containsExactly(a.toString(), c.toString());
        assertThat(run(a)).isEqualTo(1);
        assertStatistics(2, 3, 0, 1, 2);
        assertThat(run(b)).isEqualTo(2);
        assertStatistics(2, 4, 0, 2, 2);
    }

    @Test
    void holdsNoMoreDescriptorsThanItMay() throws Exception {
        for (int code = 1; code <= 9; code++) {
            assertThat(run(program("program-" + code, code))).isEqualTo(code);
            assertThat(openPrograms()).hasSizeLessThanOrEqualTo(2);
        }

        assertStatistics(0, 9, 0, 7, 2);
        assertThatThrownBy(() -> SpawnTemplateCache.builder().maximumSize(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Starts a program that waits, before it is executed, until somebody writes to the FIFO. */
    private FutureTask<Integer> startWaiting(Path program, Path fifo) {
        EmptyProcess process =
                silent(cache.prepare(program.toString()))
                        .action(SpawnAction.open(OpenFlags.AT_FDCWD, fifo.toString(), 0, 0, 0, 0));
        FutureTask<Integer> spawn = OwnThread.start(() -> process.start().waitFor());
        OwnThread.await(
                "the child waits", () -> ProcessHandle.current().children().findAny().isPresent());
        return spawn;
    }

    private static void release(Path fifo) {
        LibC.close(LibC.open(fifo, LibC.O_WRONLY | LibC.O_CLOEXEC));
    }

    @Test
    void closesWhatItGivesUpWhenNobodySpawnsFromItAnyMore() throws Exception {
        Path fifo = LibC.fifo(folder.resolve("fifo"));
        Path slow = program("slow", 9);
        Path a = program("a", 1);
        Path b = program("b", 2);
        FutureTask<Integer> spawn = startWaiting(slow, fifo);

        run(a);
        run(b);

        assertStatistics(0, 3, 0, 1, 2);
        assertThat(openPrograms()).contains(slow.toString());
        release(fifo);
        assertThat(OwnThread.join(spawn)).isEqualTo(9);
        assertThat(openPrograms()).containsExactly(a.toString(), b.toString());
    }

    @Test
    void doesNotLockAroundASpawn() throws Exception {
        Path fifo = LibC.fifo(folder.resolve("fifo"));
        Path program = program("program", 9);
        FutureTask<Integer> spawn = startWaiting(program, fifo);

        assertThat(run(program)).as("while another spawn hangs").isEqualTo(9);

        release(fifo);
        assertThat(OwnThread.join(spawn)).isEqualTo(9);
    }

    @Test
    void finishesASpawnWhenItIsClosedMeanwhile() throws Exception {
        Path fifo = LibC.fifo(folder.resolve("fifo"));
        FutureTask<Integer> spawn = startWaiting(program("program", 9), fifo);

        cache.close();

        release(fifo);
        assertThat(OwnThread.join(spawn)).isEqualTo(9);
        assertThat(openPrograms()).isEmpty();
    }

    @Test
    void spawnsNothingOnceItIsClosed() throws Exception {
        Path program = program("program", 7);
        run(program);
        EmptyProcess prepared = cache.prepare(program.toString());

        cache.close();
        cache.close();

        assertFails(Errno.EBADF, () -> run(program));
        assertFails(Errno.EBADF, () -> run(folder.resolve("unknown")));
        assertFails(Errno.EBADF, prepared::start);
        assertThat(openPrograms()).isEmpty();
        assertThat(cache.statistics().size()).isZero();
    }

    @Test
    void makesAStaleTemplateAgain() throws Exception {
        Path program = program("program", 7);
        run(program);
        replace(program, programBytes(8));

        assertThat(run(program)).isEqualTo(8);

        assertThat(cache.statistics().stale()).isEqualTo(1);
        assertThat(cache.statistics().misses()).isEqualTo(2);
        assertThat(openPrograms()).containsExactly(program.toString());
    }

    @Test
    void followsAProgramThatIsGoneAndComesBack() throws Exception {
        Path program = program("program", 7);
        run(program);
        Files.delete(program);

        assertFails(Errno.ENOENT, () -> run(program));
        assertThat(openPrograms()).isEmpty();
        assertThat(cache.statistics().size()).isZero();

        program("program", 8);
        assertThat(run(program)).isEqualTo(8);
    }

    @Test
    void remembersNothingOfAProgramThatIsMissing() {
        assertFails(Errno.ENOENT, () -> run(folder.resolve("missing")));
        assertFails(Errno.EACCES, () -> run(Files.writeString(folder.resolve("file"), "")));
        assertThat(cache.statistics().size()).isZero();
    }

    @Test
    void takesScripts() throws Exception {
        Path script = write("script", "#!/bin/sh\nexit 5\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(run(script)).isEqualTo(5);
        assertThat(run(script)).isEqualTo(5);
        assertStatistics(1, 1, 0, 0, 1);
        replace(script, "#!/bin/sh\nexit 6\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(run(script)).isEqualTo(6);
    }

    @Test
    void logsEachEventAtDebug() throws Exception {
        Process jvm =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dorg.slf4j.simpleLogger.log.io.github.spawn4j=debug",
                                "-Dorg.slf4j.simpleLogger.showThreadName=false",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Logging.class.getName(),
                                program("a", 1).toString(),
                                program("b", 2).toString(),
                                program("update", 3).toString())
                        .redirectErrorStream(true)
                        .start();
        jvm.getOutputStream().close();
        String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(jvm.waitFor()).as(output).isZero();

        List<String> events =
                output.lines()
                        .filter(line -> line.contains("SpawnTemplateCache"))
                        .map(line -> line.substring(line.lastIndexOf('/') + 1))
                        .toList();
        assertThat(events)
                .containsExactly(
                        "a: miss",
                        "a: hit",
                        "b: miss",
                        "a: evicted",
                        "b: hit",
                        "b: stale",
                        "b: miss");
    }

    /** For a JVM of its own, whose log can be read. */
    static final class Logging {
        private Logging() {}

        public static void main(String[] args) throws Exception {
            try (SpawnTemplateCache cache = SpawnTemplateCache.builder().maximumSize(1).build()) {
                run(cache, Path.of(args[0]));
                run(cache, Path.of(args[0]));
                run(cache, Path.of(args[1]));
                Files.move(Path.of(args[2]), Path.of(args[1]), StandardCopyOption.REPLACE_EXISTING);
                run(cache, Path.of(args[1]));
            }
        }
    }

    /**
     * A build goes on while its compiler is upgraded, a hundred times a second: 100,000 spawns from
     * 8 threads, each of which runs the old program or the new one.
     */
    @Test
    @Timeout(180)
    void survivesAProgramThatIsReplacedAllTheTime() throws Exception {
        int lookups = 100_000;
        int threads = 8;
        byte[][] versions = {programBytes(41), programBytes(42)};
        Path program = write("program", versions[0]);
        run(program);
        int before = LeakCheck.descriptors().size();
        Set<Integer> codes = new ConcurrentSkipListSet<>();
        AtomicInteger replaced = new AtomicInteger();
        ScheduledExecutorService upgrade = Executors.newSingleThreadScheduledExecutor();
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            ScheduledFuture<?> upgrades =
                    upgrade.scheduleAtFixedRate(
                            () -> {
                                try {
                                    replace(program, versions[replaced.incrementAndGet() % 2]);
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            },
                            0,
                            10,
                            TimeUnit.MILLISECONDS);
            List<Future<?>> results = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                results.add(
                        workers.submit(
                                () -> {
                                    for (int n = 0; n < lookups / threads; n++) {
                                        codes.add(run(program));
                                    }
                                    return null;
                                }));
            }
            for (Future<?> result : results) {
                result.get();
            }
            assertThat(upgrades.isDone()).as("the upgrades have failed").isFalse();
        } finally {
            upgrade.shutdownNow();
            workers.shutdownNow();
            assertThat(upgrade.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
            assertThat(workers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(codes).containsExactly(41, 42);
        assertThat(replaced).hasValueGreaterThan(100);
        assertThat(cache.statistics().stale()).isGreaterThan(50);
        assertThat(cache.statistics().hits() + cache.statistics().misses()).isGreaterThan(lookups);
        assertThat(cache.statistics().size()).isEqualTo(1);
        assertThat(openPrograms().size()).isEqualTo(1);
        assertThat(LeakCheck.descriptors()).hasSize(before);
        assertThat(ProcessHandle.current().children()).isEmpty();
    }
}
