// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.tools.spawners.Library;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * The main class of a JVM in which one library runs programs that only live, and takes their
 * output. It prints how many threads there are for each of them, without the one that has asked for
 * it, which waits.
 */
public final class LibraryWorker {
    private static final String SECONDS = "600";
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** So often in a row must the same number be seen: threads begin one after the other. */
    private static final int TIMES = 15;

    /** The programs are killed then, of which their callers are told. */
    private static volatile boolean isEnding;

    private LibraryWorker() {}

    /**
     * @param args the name of a {@link Library}, and how many programs it runs, and then runs more
     */
    public static void main(String[] args) {
        int exitCode = 1;
        try {
            System.out.println(count(Library.valueOf(args[0]), Integer.parseInt(args[1])));
            exitCode = 0;
        } catch (Exception | Error e) {
            System.err.println(e);
        } finally {
            end(exitCode);
        }
    }

    private static double count(Library library, int programs) throws Exception {
        String sleep = Programs.find("sleep");
        start(library, sleep, programs);
        awaitChildren(programs);
        int some = awaitSteady(); // those that are for all among them
        start(library, sleep, programs);
        awaitChildren(2 * programs);
        int more = awaitSteady() - some - programs;
        return (double) more / programs;
    }

    /** Leaves no program behind, and does not wait for what libraries do at the end. */
    private static void end(int exitCode) {
        isEnding = true;
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(exitCode);
    }

    private static void start(Library library, String sleep, int programs) {
        for (int i = 0; i < programs; i++) {
            Thread caller = new Thread(() -> run(library, List.of(sleep, SECONDS)));
            caller.setDaemon(true);
            caller.start();
        }
    }

    private static void run(Library library, List<String> command) {
        try {
            library.run(command, System.getenv(), 0);
        } catch (Exception e) {
            if (!isEnding) {
                System.err.println(e);
                end(1);
            }
        }
    }

    /** All have executed the program: some libraries begin with a helper of theirs. */
    private static void awaitChildren(int count) throws TimeoutException {
        long beganNs = System.nanoTime();
        while (living() < count) {
            requireTime(beganNs);
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private static long living() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().commandLine().orElse("").endsWith("sleep " + SECONDS))
                .count();
    }

    private static int awaitSteady() throws TimeoutException {
        long beganNs = System.nanoTime();
        int count = OsThreads.count();
        int times = 0;
        while (times < TIMES) {
            requireTime(beganNs);
            LockSupport.parkNanos(PAUSE_NS);
            int next = OsThreads.count();
            times = next == count ? times + 1 : 0;
            count = next;
        }
        return count;
    }

    private static void requireTime(long beganNs) throws TimeoutException {
        if (System.nanoTime() - beganNs > LIMIT_NS) {
            throw new TimeoutException("the programs do not run after a minute");
        }
    }
}
