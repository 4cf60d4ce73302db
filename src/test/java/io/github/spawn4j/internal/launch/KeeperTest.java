// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Threads;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The thread that some children are tied to lives as long as they do, and no longer. */
@Timeout(60)
class KeeperTest {
    private static final String THREAD = "spawn4j-keeper";
    private static final long LIMIT_MS = TimeUnit.SECONDS.toMillis(20);

    /** So that it looks again and again; nothing depends on how often. */
    private static final long IDLE_MS = 1;

    @TempDir private Path folder;

    /** What the thread has found whenever it looked whether it may end. */
    private final BlockingQueue<Boolean> looks = new LinkedBlockingQueue<>();

    /** Looks, and says so. */
    private boolean look() {
        boolean hasChildren = Threads.hasChildren();
        looks.add(hasChildren);
        return hasChildren;
    }

    @AfterEach
    void withoutFaults() {
        Faults.plan(null);
    }

    private static void assertEnds(Thread thread) throws InterruptedException {
        thread.join(LIMIT_MS);
        assertThat(thread.isAlive()).as("lives: " + thread).isFalse();
    }

    private void assertLooksAndLives(Thread thread) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            assertThat(looks.poll(LIMIT_MS, TimeUnit.MILLISECONDS)).as("has children").isTrue();
        }
        assertThat(thread.isAlive()).isTrue();
    }

    private static Thread threadOf(Keeper keeper) throws IOException {
        return keeper.call(Thread::currentThread);
    }

    @Test
    void outlivesAChildAndEndsAfterIt() throws Exception {
        Keeper keeper = new Keeper(IDLE_MS, this::look);
        PidfdProcess cat = keeper.call(() -> PidfdProcess.builder("/bin/cat").start());
        Thread thread = threadOf(keeper);
        assertLooksAndLives(thread);

        cat.getOutputStream().close();
        assertThat(cat.waitFor()).isZero();

        assertEnds(thread);
        assertThat(threadOf(keeper)).as("the next one").isNotSameAs(thread);
    }

    @Test
    void outlivesWhatKeepsWritersOut() throws Exception {
        Path program = Files.copy(Path.of("/bin/true"), folder.resolve("program"));
        byte[] path = (program + "\0").getBytes(StandardCharsets.UTF_8);
        Keeper keeper = new Keeper(IDLE_MS, this::look);
        try (PinnedExecutable executable = new PinnedExecutable(path)) {
            WriteDenial denial = WriteDenial.of(executable, keeper);
            Thread thread = threadOf(keeper);
            assertLooksAndLives(thread);
            assertBusy(program);

            denial.close();

            assertEnds(thread);
            append(program);
        }
    }

    @Test
    void keepsWritersOutAsLongAsATemplateSaysSo() throws Exception {
        Path program = Files.copy(Path.of("/bin/true"), folder.resolve("program"));
        try (SpawnTemplate template =
                SpawnTemplate.builder(program.toString()).denyWrite().build()) {
            assertThat(template.spawn().waitFor()).isZero();

            assertBusy(program);
        }
        append(program);
    }

    private static void assertBusy(Path program) {
        assertThatThrownBy(() -> append(program))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("Text file busy");
    }

    private static void append(Path file) throws IOException {
        Files.write(file, new byte[] {0}, StandardOpenOption.APPEND);
    }

    static Stream<Throwable> whatATurnMayThrow() {
        return Stream.of(
                new OutOfMemoryError("of a test"),
                new StackOverflowError("of a test"),
                new InternalError("of a test"),
                new IllegalStateException("of a test"));
    }

    @ParameterizedTest
    @MethodSource("whatATurnMayThrow")
    void livesOnWhateverATurnThrows(Throwable thrown) throws Exception {
        List<Throwable> toThrow = new ArrayList<>(List.of(thrown, thrown));
        AtomicBoolean over = new AtomicBoolean();
        BooleanSupplier hasChildren =
                () -> {
                    if (!toThrow.isEmpty()) {
                        throwAny(toThrow.remove(0));
                    }
                    looks.add(true);
                    return !over.get();
                };
        Keeper keeper = new Keeper(IDLE_MS, hasChildren);
        Thread thread = threadOf(keeper);

        assertLooksAndLives(thread);

        assertThat(threadOf(keeper)).isSameAs(thread);
        over.set(true);
        assertEnds(thread);
    }

    @ParameterizedTest
    @MethodSource("whatATurnMayThrow")
    void tellsWhateverATaskThrowsAndLivesOn(Throwable thrown) throws Exception {
        Keeper keeper = new Keeper(LIMIT_MS, () -> false);
        Thread thread = threadOf(keeper);

        assertThatThrownBy(() -> keeper.call(() -> KeeperTest.<Void>throwAny(thrown)))
                .satisfiesAnyOf(
                        e -> assertThat(e).isSameAs(thrown), e -> assertThat(e).hasCause(thrown));

        assertThat(threadOf(keeper)).isSameAs(thread);
        thread.interrupt(); // which it takes for the end of its pause
        assertEnds(thread);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T> T throwAny(Throwable thrown) {
        KeeperTest.<RuntimeException>sneak(thrown);
        return null;
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /** Which of the steps of a keeper's threads fail: their starts and their turns, in order. */
    private static void fail(Boolean... failures) {
        List<Boolean> left = new ArrayList<>(List.of(failures));
        Faults.plan(
                new Faults.Plan() {
                    @Override
                    public void call(String name) {}

                    @Override
                    public synchronized void resource(String what) {
                        boolean ours =
                                what.equals(THREAD)
                                        || Thread.currentThread().getName().equals(THREAD);
                        if (ours && !left.isEmpty() && left.remove(0)) {
                            failQuietly(what);
                        }
                    }
                });
    }

    private static void failQuietly(String what) {
        if (what.equals("turn")) {
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> {});
        }
        throw new OutOfMemoryError("none for a " + what);
    }

    @Test
    void hasAnotherThreadForThoseWhoWaitWhenItsOwnDies() throws Exception {
        fail(false, true);
        Keeper keeper = new Keeper(IDLE_MS, () -> false);

        assertEnds(threadOf(keeper));
    }

    @Test
    void refusesWhileNoThreadCanBeHadAndHasOneNextTime() throws Exception {
        fail(true);
        Keeper keeper = new Keeper(IDLE_MS, () -> false);

        assertRefuses(keeper);

        assertEnds(threadOf(keeper));
    }

    @Test
    void refusesThoseWhoWaitWhenItsThreadDiesAndNoOtherCanBeHad() throws Exception {
        fail(false, true, true);
        Keeper keeper = new Keeper(IDLE_MS, () -> false);

        assertRefuses(keeper);

        assertEnds(threadOf(keeper));
    }

    @Test
    void runsInsteadWhatNoThreadCanComeTo() throws Exception {
        fail(false, true, true);
        Keeper keeper = new Keeper(IDLE_MS, () -> false);
        BlockingQueue<String> run = new LinkedBlockingQueue<>();

        keeper.execute(() -> run.add("the task"), () -> run.add("instead"));

        assertThat(run.poll(LIMIT_MS, TimeUnit.MILLISECONDS)).isEqualTo("instead");
        assertEnds(threadOf(keeper));
        assertThat(run).isEmpty();
    }

    @Test
    void hasAnotherThreadForItsChildrenWhenItsOwnDies() throws Exception {
        fail(false, false, true);
        AtomicBoolean over = new AtomicBoolean();
        Keeper keeper = new Keeper(IDLE_MS, () -> looks.add(true) && !over.get());
        Thread first = threadOf(keeper);
        assertEnds(first);

        for (int i = 0; i < 3; i++) {
            assertThat(looks.poll(LIMIT_MS, TimeUnit.MILLISECONDS)).as("a look").isTrue();
        }

        over.set(true);
        assertEnds(threadOf(keeper));
    }

    private static void assertRefuses(Keeper keeper) {
        assertThatThrownBy(() -> threadOf(keeper))
                .isInstanceOf(ErrnoException.class)
                .hasMessageContaining("pthread_create: EAGAIN");
    }
}
