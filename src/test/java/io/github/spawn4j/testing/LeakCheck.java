// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.internal.loop.Waker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves descriptors, threads or children behind, and lists them. JUnit
 * finds it by itself (META-INF/services), so it holds for every class.
 *
 * <p>What closes late, in the reactor or when it is collected, is given some seconds.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LeakCheck.class);
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final String SELF = Long.toString(ProcessHandle.current().pid());

    /** Files that the JVM and JUnit open when they need them, and keep. */
    private static final String KEPT_FILES =
            ".*\\.jar|.*\\.class|/dev/u?random|/sys/.*|/proc/.*|"
                    + System.getProperty("java.home")
                    + "/.*";

    /** Threads of the JVM, of JUnit and Surefire, and those that the library keeps. */
    private static final String KEPT_THREADS =
            "process reaper.*|ForkJoinPool.*|Cleaner-\\d+|Common-Cleaner|surefire.*|Attach Listener"
                    + "|junit.*|VirtualThread-.*|Signal Dispatcher|Reference Handler|Finalizer|C\\d .*"
                    + "|spawn4j-reactor|spawn4j-keeper|JNA Cleaner|.*Poller.*";

    /** Waits, from JDK 21 on, for the sockets of virtual threads, with some epoll instances. */
    private static final String POLLER = "MasterPoller";

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        // What the library opens on first use is no leak of whoever comes first.
        PidfdProcess.builder("/bin/true").inheritIO().start().waitFor();
        LibC.isRoot(); // JNA likewise
        // Nor is a socket that the JDK opens with its first channel, of files or of sockets.
        FileChannel.open(Path.of("/dev/null")).close();
        SocketChannel.open().close();
        context.getStore(NAMESPACE).put(SortedSet.class, inventory());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        SortedSet<?> before = context.getStore(NAMESPACE).get(SortedSet.class, SortedSet.class);
        long startNs = System.nanoTime();
        while (true) {
            SortedSet<String> left = inventory();
            left.removeAll(before);
            if (left.isEmpty()) {
                return;
            }
            if (System.nanoTime() - startNs > LIMIT_NS) {
                throw new AssertionError(
                        context.getDisplayName()
                                + " leaves behind:\n  "
                                + String.join("\n  ", left));
            }
            System.gc(); // what was dropped is closed when it is collected
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private static SortedSet<String> inventory() throws IOException {
        SortedSet<String> inventory = new TreeSet<>();
        addDescriptors(inventory);
        addThreads(inventory);
        children().values().forEach(stat -> inventory.add("child " + stat));
        return inventory;
    }

    private static void addDescriptors(SortedSet<String> inventory) throws IOException {
        boolean jdkPolls =
                Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(thread -> thread.getName().equals(POLLER));
        descriptors()
                .forEach(
                        (number, target) -> {
                            if (!(jdkPolls && target.equals("anon_inode:[eventpoll]"))) {
                                inventory.add("descriptor " + number + ": " + target);
                            }
                        });
    }

    /**
     * The open descriptors, without those that the JVM opens when it needs them, and those that the
     * library keeps for a moment, for the next thread that waits.
     */
    public static SortedMap<Integer, String> descriptors() throws IOException {
        Waker.closeIdle();
        SortedMap<Integer, String> descriptors = OpenFile.descriptors();
        descriptors.values().removeIf(target -> target.matches(KEPT_FILES));
        return descriptors;
    }

    /** The same behind something that leaves nothing open. */
    public static void assertOpenAsBefore(Map<Integer, String> before) throws Exception {
        assertOpenAsBefore(before, "it");
    }

    /**
     * Demands that nothing stays open that was not before, and that no file has been closed. A
     * pidfd, a pipe or a terminal may have been: that of a child of an earlier test goes when the
     * collector or the reactor gets to it.
     */
    public static void assertOpenAsBefore(Map<Integer, String> before, Object what)
            throws Exception {
        Eventually.isTrue(
                () -> "after " + what + " nothing is open but what was before: " + before,
                () -> before.entrySet().containsAll(descriptors().entrySet()));
        assertNoFileIsClosed(before, descriptors(), what);
    }

    /** Only the second half of that, of what was open before and what is. */
    public static void assertNoFileIsClosed(
            Map<Integer, String> before, Map<Integer, String> now, Object what) {
        Map<Integer, String> closed = new TreeMap<>(before);
        closed.keySet().removeAll(now.keySet());
        assertThat(closed.values()).as("closed by " + what).noneMatch(LeakCheck::isFile);
    }

    private static boolean isFile(String target) {
        return target.startsWith("/") && !target.endsWith("ptmx");
    }

    private static void addThreads(SortedSet<String> inventory) {
        int reactors = 0;
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("spawn4j-reactor") && ++reactors > 1) {
                inventory.add("reactor number " + reactors);
            }
            if (!thread.getName().matches(KEPT_THREADS)) {
                inventory.add("thread " + thread.getName());
            }
        }
    }

    /**
     * Children that run, and those that nobody has waited for: pid, name and state as /proc has
     * them, by pid.
     */
    public static SortedMap<Long, String> children() throws IOException {
        SortedMap<Long, String> children = new TreeMap<>();
        try (DirectoryStream<Path> processes =
                Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String stat = stat(process);
                String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ");
                if (fields.length > 1 && fields[1].equals(SELF)) {
                    children.put(Long.parseLong(process.getFileName().toString()), stat);
                }
            }
        }
        return children;
    }

    private static String stat(Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            return stat.substring(0, stat.indexOf(' ', stat.lastIndexOf(')') + 4));
        } catch (UncheckedIOException | IOException e) {
            return ""; // gone meanwhile
        }
    }
}
