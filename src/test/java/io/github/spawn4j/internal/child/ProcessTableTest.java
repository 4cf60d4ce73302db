// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.child;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.internal.child.ProcessTable.View;
import io.github.spawn4j.testing.NoMemoryOnce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who lives in a group, by a /proc of the test's own. */
class ProcessTableTest {
    private static final int OWN_PID = 40;
    private static final int GROUP = 100;
    private static final long LIMIT_S = 30;

    @TempDir Path proc;

    /** What was to be done by a worker. */
    private final Queue<Runnable> tasks = new ArrayDeque<>();

    private ProcessTable table;

    @BeforeEach
    void mountProc() throws IOException {
        process(1, 'S', 1, 1);
        write("self/status", "Name:\tjava\nPid:\t40\nNSpid:\t40\n");
        table = new ProcessTable(proc, OWN_PID, tasks::add);
    }

    private void write(String file, String content) throws IOException {
        Path path = proc.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    private void process(int pid, char state, int group, int threads) throws IOException {
        write(pid + "/stat", stat(pid, state, group, threads));
    }

    private static String stat(int pid, char state, int group, int threads) {
        return pid
                + " (a) Z (b) "
                + state
                + " 1 "
                + group
                + " 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 "
                + threads
                + " 0 1\n";
    }

    private View look(int member) {
        CompletableFuture<View> answer = table.look(GROUP, member);
        tasks.remove().run();
        return answer.join();
    }

    @Test
    void seesWhoLives() throws IOException {
        process(100, 'Z', GROUP, 1);
        process(101, 'S', GROUP, 1);
        process(102, 'R', 102, 1);

        assertThat(look(ProcessTable.NOBODY)).isEqualTo(new View(true, 101, false));
    }

    @Test
    void tellsZombiesFromNobody() throws IOException {
        assertThat(look(ProcessTable.NOBODY)).isEqualTo(new View(true, 0, false));

        process(101, 'Z', GROUP, 1);
        assertThat(look(101)).isEqualTo(new View(true, 0, true));
    }

    /** The state of a process is that of its first thread. */
    @Test
    void takesNobodyForDeadOfWhomAThreadLives() throws IOException {
        process(101, 'Z', GROUP, 2);
        write("101/task/101/stat", stat(101, 'Z', GROUP, 2));
        write("101/task/105/stat", stat(105, 'S', GROUP, 2));

        assertThat(look(ProcessTable.NOBODY)).isEqualTo(new View(true, 101, false));

        write("101/task/105/stat", stat(105, 'Z', GROUP, 2));
        assertThat(look(101)).isEqualTo(new View(true, 0, true));
    }

    /** What a look costs must not grow with the number of those who wait. */
    @Test
    void answersAllByOneThread() throws IOException {
        process(101, 'S', GROUP, 1);
        List<CompletableFuture<View>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(table.look(GROUP, ProcessTable.NOBODY));
        }
        assertThat(tasks).hasSize(1);

        tasks.remove().run();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.join().member()).isEqualTo(101));
        assertThat(tasks).isEmpty();
    }

    /** As a look that has begun may have passed by whom they ask for. */
    @Test
    void looksAgainForThoseWhoAskMeanwhile() throws IOException {
        List<View> views = new ArrayList<>();
        table.look(GROUP, ProcessTable.NOBODY)
                .thenAccept(
                        first -> {
                            views.add(first);
                            process101Starts();
                            table.look(GROUP, ProcessTable.NOBODY).thenAccept(views::add);
                        });
        tasks.remove().run();

        assertThat(views).containsExactly(new View(true, 0, false), new View(true, 101, false));
        assertThat(tasks).isEmpty();
    }

    private void process101Starts() {
        try {
            process(101, 'S', GROUP, 1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What a look costs must not grow with the machine's processes. */
    @Test
    void looksAtNobodyElseWhileWhomItKnowsLives() throws IOException {
        process(101, 'S', GROUP, 1);
        write("102/stat", "unreadable");

        assertThat(look(101)).isEqualTo(new View(true, 101, false));
    }

    @Test
    void looksForOthersWhenWhomItKnowsHasLeft() throws IOException {
        process(101, 'S', 101, 1);
        process(102, 'S', GROUP, 1);

        assertThat(look(101)).isEqualTo(new View(true, 102, false));
    }

    @Test
    void isNotTrustedWhereThereIsNone() {
        table = new ProcessTable(proc.resolve("none"), OWN_PID, tasks::add);

        assertThat(look(ProcessTable.NOBODY).isTrusted()).isFalse();
    }

    @Test
    void isNotTrustedWhereItIsOfAnotherPidNamespace() throws IOException {
        write("self/status", "Name:\tjava\nPid:\t4711\nNSpid:\t4711\t40\n");

        assertThat(look(ProcessTable.NOBODY).isTrusted()).isFalse();
    }

    /** With hidepid a user sees only what is his. */
    @Test
    void isNotTrustedWhereItHidesProcesses() throws IOException {
        Files.delete(proc.resolve("1/stat"));

        assertThat(look(ProcessTable.NOBODY).isTrusted()).isFalse();
    }

    @Test
    void tellsAllWhoAskedWhenItFails() throws IOException {
        write("102/stat", "unreadable");
        List<CompletableFuture<View>> answers =
                List.of(table.look(GROUP, 0), table.look(GROUP + 1, 0));
        tasks.remove().run();

        assertThat(answers).allMatch(CompletableFuture::isCompletedExceptionally);

        process(102, 'S', GROUP, 1);
        assertThat(look(ProcessTable.NOBODY).isTrusted()).isTrue();
    }

    @Test
    void tellsWhoAskedWhenThereIsNoThread() {
        table =
                new ProcessTable(
                        proc,
                        OWN_PID,
                        task -> {
                            throw new OutOfMemoryError("unable to create native thread");
                        });

        assertThat(table.look(GROUP, 0)).isCompletedExceptionally();
        assertThat(table.look(GROUP, 0)).isCompletedExceptionally();
    }

    @Test
    void answersAllWhoAskAfterALookThatFoundNoMemory() throws Exception {
        process(101, 'S', GROUP, 1);
        CompletableFuture<View> first = table.look(GROUP, ProcessTable.NOBODY);
        try (NoMemoryOnce noMemory = new NoMemoryOnce("questions")) {
            tasks.remove().run();
            assertThat(noMemory.hasFailed()).isTrue();
        }

        assertThat(first.get(LIMIT_S, TimeUnit.SECONDS)).isEqualTo(new View(true, 101, false));
        CompletableFuture<View> second = table.look(GROUP, ProcessTable.NOBODY);
        if (!tasks.isEmpty()) { // else the first look is not quite over, and answers this one too
            tasks.remove().run();
        }
        assertThat(second.get(LIMIT_S, TimeUnit.SECONDS)).isEqualTo(new View(true, 101, false));
    }
}
