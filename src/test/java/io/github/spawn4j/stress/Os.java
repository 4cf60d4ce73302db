// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.internal.loop.Waker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What /proc says about this JVM. */
final class Os {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** As the kernel has them, cut off after 15 characters. */
    private static final String JDK_THREADS =
            "(C[12] Comp|GC Thr|G1 |Sweeper|Common-Cl|VM |process reaper"
                    + "|ForkJoinPool|VirtualThread|MasterPoller|.*-Poller).*";

    /** What the JVM opens for a moment, whenever it likes, to see how much it may use. */
    private static final String LIMITS_OF_THE_JVM =
            "/sys/fs/cgroup/.*/(memory|cpu|cpuset|pids)\\.[^/]*";

    private static final int COLLECTIONS = 4;

    private Os() {}

    /** A program of native/programs. */
    static String program(String name) {
        String folder = System.getProperty("spawn4j.native.bin");
        if (folder == null) {
            throw new IllegalStateException("spawn4j.native.bin names no folder");
        }
        return folder + "/" + name;
    }

    /**
     * The numbers of the open descriptors, and what each leads to, except what is only kept for the
     * next wait, and what the JVM has open for a moment.
     */
    static TreeMap<Integer, String> descriptors() throws IOException {
        Waker.closeIdle();
        TreeMap<Integer, String> descriptors = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path entry : entries) {
                try {
                    String target = Files.readSymbolicLink(entry).toString();
                    boolean isListing =
                            target.equals("/proc/" + ProcessHandle.current().pid() + "/fd");
                    if (!isListing && !target.matches(LIMITS_OF_THE_JVM)) {
                        descriptors.put(Integer.parseInt(entry.getFileName().toString()), target);
                    }
                } catch (IOException e) {
                    // closed meanwhile
                }
            }
        }
        return descriptors;
    }

    /** A descriptor that leads to {@code file}. */
    static int descriptorOf(Path file) throws IOException {
        String target = file.toRealPath().toString();
        return descriptors().entrySet().stream()
                .filter(entry -> entry.getValue().equals(target))
                .findFirst()
                .orElseThrow()
                .getKey();
    }

    /**
     * The names of all threads in order, except those that the JDK starts and ends as it likes:
     * compilers, collectors, what serves processes and virtual threads, and workers of pools.
     */
    static List<String> threads() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                try {
                    String name = Files.readString(task.resolve("comm")).strip();
                    if (!name.matches(JDK_THREADS)) {
                        names.add(name);
                    }
                } catch (IOException e) {
                    // ended meanwhile
                }
            }
        }
        names.sort(null);
        return names;
    }

    /** Waits until the threads of the library and of pools have ended, as they do when idle. */
    static void awaitIdle() {
        await(
                "threads of ours have ended",
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(
                                        thread -> thread.getName().matches("spawn4j-.*|pool-.*")));
    }

    /**
     * How much of the heap is used: the least of some readings, as what a collection finds in use
     * the next one may not.
     */
    static long usedHeap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** The names of {@link #threads} that there were not {@code before}. */
    static List<String> moreThreads(List<String> before) throws IOException {
        List<String> more = threads();
        before.forEach(more::remove); // one of a name for each
        return more;
    }

    /** The pids of this JVM's children, zombies among them. */
    static TreeSet<Long> children() {
        return children("");
    }

    /** The pids of this JVM's children that have ended and were not collected. */
    static TreeSet<Long> zombies() {
        return children("Z");
    }

    private static TreeSet<Long> children(String state) {
        TreeSet<Long> pids = new TreeSet<>();
        String parent = Long.toString(ProcessHandle.current().pid());
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String stat = Files.readString(process.resolve("stat"));
                    // The name in parentheses may contain anything.
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
                    if (fields[1].equals(parent) && fields[0].startsWith(state)) {
                        pids.add(Long.parseLong(process.getFileName().toString()));
                    }
                } catch (IOException e) {
                    // gone meanwhile
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pids;
    }

    /** The state of a process as proc(5) has it: S, T, Z and so on, or X if there is none. */
    static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return 'X';
        }
    }

    /** A line of /proc/thread-self/status, such as {@code SigBlk}. */
    static String threadStatus(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith(key + ":"))
                .findFirst()
                .orElseThrow()
                .substring(key.length() + 1)
                .strip();
    }

    /**
     * Waits for what only /proc can tell, and no event announces.
     *
     * @throws AssertionError if it has not come after 30 seconds
     */
    static void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("not within 30 s: " + what);
            }
            Thread.yield();
        }
    }
}
