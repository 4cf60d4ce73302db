// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Has many children at once, all streams piped, looks at what they cost, kills them and is told of
 * each exit. For a JVM of its own whose heap is resident from the start, so that the resident
 * memory grows only by what is not heap. Prints OK, what was wrong, or why it cannot be done here.
 */
final class LiveChildren {
    static final String IMPOSSIBLE = "impossible here: ";

    private static final int EAGAIN = 11;
    private static final int ENOMEM = 12;
    private static final long MOST_BYTES = 8 * 1024;

    /** Of the above on the heap, as the table of {@code live} has it. */
    private static final long MOST_HEAP_BYTES = 1_050;

    private static final int WARM_UP = 20;

    private LiveChildren() {}

    public static void main(String[] args) throws Exception {
        int count = Integer.parseInt(args[0]);
        // Before the library is used for the first time.
        List<String> threads = Os.threads();
        FirstTurn turn = new FirstTurn();
        for (int i = 0; i < WARM_UP; i++) {
            sleep().destroyForcibly().waitFor();
        }
        turn.await(); // else what the reactor loads at first would be the children's

        long heapBefore = Os.usedHeap();
        long residentBefore = residentMemory();
        List<PidfdProcess> children = new ArrayList<>();
        try {
            while (children.size() < count) {
                children.add(sleep());
            }
            List<String> more = Os.moreThreads(threads);
            require(more.size() <= 1, "threads for " + count + " children: " + more);
            long heap = (Os.usedHeap() - heapBefore) / count;
            require(heap <= MOST_HEAP_BYTES, heap + " bytes of heap per child");
            long bytes = heap + (residentMemory() - residentBefore) / count;
            require(bytes <= MOST_BYTES, bytes + " bytes per child");
        } catch (SpawnException e) {
            require(e.errno() == EAGAIN || e.errno() == ENOMEM, e.toString());
            System.out.println(IMPOSSIBLE + "after " + children.size() + " children: " + e);
            return;
        } finally {
            killAll(children);
        }
        require(Os.children().isEmpty(), "children are left");
        System.out.println("OK");
    }

    private static PidfdProcess sleep() throws SpawnException {
        return PidfdProcess.builder("sleep", "600").start();
    }

    private static long residentMemory() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
                        .filter(line -> line.startsWith("Rss:"))
                        .mapToLong(line -> Long.parseLong(line.split("\\s+")[1]))
                        .findFirst()
                        .orElseThrow()
                * 1024;
    }

    private static void killAll(List<PidfdProcess> children) throws Exception {
        CompletableFuture<?>[] exits =
                children.stream().map(PidfdProcess::onExit).toArray(CompletableFuture[]::new);
        children.forEach(PidfdProcess::destroyForcibly);
        CompletableFuture.allOf(exits).get(30, TimeUnit.SECONDS);
        for (PidfdProcess child : children) {
            require(
                    child.exitStatus().equals(new ExitStatus.Killed(Signal.KILL, false)),
                    child + ": " + child.exitStatus());
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
