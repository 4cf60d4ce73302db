// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Copies of the library that come and go in one JVM, in which nobody else uses it. Prints "done",
 * or what is wrong.
 */
public final class ClassLoaders {
    private static final int EBADF = 9;
    private static final int COPIES = 12;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private ClassLoaders() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "share":
                share();
                break;
            case "unload":
                unload();
                break;
            case "relocated":
                shareWithRelocated(args[1]);
                break;
            default:
                dropFirstCaller();
        }
        System.out.println("done");
    }

    /** A copy without slots takes those of the other for files, which a child may be given. */
    private static void share() throws Exception {
        try (LibraryCopy first = new LibraryCopy()) {
            first.call(Tenant.class, "start");
            long reserved = reserved();
            require(reserved > 10, "only " + reserved + " are reserved");
            for (int i = 0; i < 2; i++) {
                try (LibraryCopy next = new LibraryCopy()) {
                    requireShares(next);
                    require(reserved() == reserved, reserved() + " of " + reserved);
                }
            }
            requireShares(first);
        }
    }

    /** The same for one on our class path whose classes bear another name. */
    private static void shareWithRelocated(String tenant) throws Exception {
        Tenant.start();
        long reserved = reserved();
        Class<?> other = Class.forName(tenant);
        Object error = other.getMethod("errorOfReservedDescriptor").invoke(null);
        require(error.equals(EBADF), "error " + error + " of a reserved descriptor");
        require(reserved() == reserved, reserved() + " of " + reserved);
        other.getMethod("work").invoke(null);
        Tenant.work();
    }

    private static void requireShares(LibraryCopy copy) throws Exception {
        Object error = copy.call(Tenant.class, "errorOfReservedDescriptor");
        require(error.equals(EBADF), "error " + error + " of a reserved descriptor");
    }

    private static long reserved() throws Exception {
        return OpenFile.descriptors().values().stream()
                .filter(target -> target.contains("spawn4j-reserved"))
                .count();
    }

    private static void unload() throws Exception {
        awaitCleared("copy", useCopy());
        awaitNothing("mapped memory", ClassLoaders::mappings);
        Set<String> before = descriptors(); // with the reserved ones, which stay
        List<WeakReference<ClassLoader>> copies = new ArrayList<>();
        for (int i = 1; i < COPIES; i++) {
            copies.add(useCopy());
        }
        for (WeakReference<ClassLoader> copy : copies) {
            awaitCleared("copy", copy);
        }
        awaitNothing("threads", ClassLoaders::threads);
        awaitNothing("mapped memory", ClassLoaders::mappings);
        awaitNothing(
                "descriptors",
                () -> {
                    Set<String> left = descriptors();
                    left.removeAll(before);
                    return left;
                });
    }

    private static WeakReference<ClassLoader> useCopy() throws Exception {
        try (LibraryCopy copy = new LibraryCopy()) {
            copy.call(Tenant.class, "work");
            requireShares(copy); // also when the one that has reserved them is gone
            return new WeakReference<>(copy.loader());
        }
    }

    /** The threads that serve everybody do not keep who came first. */
    private static void dropFirstCaller() throws Exception {
        AtomicReference<Process> process = new AtomicReference<>();
        awaitCleared("first caller", callFirst(process));
        require(
                threads().containsAll(Set.of("spawn4j-reactor", "spawn4j-keeper")),
                "threads have ended, and show nothing: " + threads());
        process.get().destroyForcibly().waitFor();
    }

    private static WeakReference<ClassLoader> callFirst(AtomicReference<Process> process)
            throws Exception {
        ClassLoader loader = new FirstCaller.Loader();
        Class<?> caller = loader.loadClass(FirstCaller.class.getName());
        require(caller.getClassLoader() == loader, "not the caller's own loader");
        Thread thread =
                (Thread) caller.getMethod("call", AtomicReference.class).invoke(null, process);
        thread.join(TimeUnit.NANOSECONDS.toMillis(LIMIT_NS));
        require(process.get() != null, "not started");
        return new WeakReference<>(loader);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("spawn4j-") || name.startsWith("Cleaner-"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Libraries, and what they share with children. */
    private static Set<String> mappings() throws IOException {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("libspawn4j") || line.contains("/dev/zero"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static Set<String> descriptors() throws IOException {
        return OpenFile.descriptors().entrySet().stream()
                .map(Map.Entry::toString)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void awaitCleared(String what, WeakReference<?> reference) throws Exception {
        awaitNothing(
                what, () -> reference.refersTo(null) ? Set.of() : Set.of("is still referred to"));
    }

    private static void awaitNothing(String what, Callable<Set<String>> left) throws Exception {
        long startNs = System.nanoTime();
        while (!left.call().isEmpty()) {
            require(System.nanoTime() - startNs < LIMIT_NS, what + " left: " + left.call());
            System.gc();
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(what);
        }
    }
}
