// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.WindowSize;
import io.github.spawn4j.testing.Strategies;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;

/**
 * Spawns with every small number of spare descriptors. For a JVM of its own with a low limit, whose
 * classes come from jars, as those are open. Prints the first failure and how many descriptors
 * suffice, or what was wrong.
 */
final class DescriptorsRunOut {
    private static final int EMFILE = 24;
    private static final int MOST_SPARE = 10;

    private static final Deque<FileInputStream> FILLING = new ArrayDeque<>();

    private static final int TIMES = 5;

    private DescriptorsRunOut() {}

    public static void main(String[] args) throws Exception {
        PidfdProcess.builder("/bin/sh", "-c", "exit 7").start().waitFor();
        firstFailure();
        FileChannel.open(Path.of("/dev/null")).close(); // with the first the JDK opens a socket
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            System.out.println(strategy + " needs " + fewest(strategy, false));
            if (strategy != SpawnStrategy.POSIX_SPAWN) { // which has no words for it
                System.out.println("on a terminal " + fewest(strategy, true));
            }
        }
    }

    private static int fewest(SpawnStrategy strategy, boolean onTerminal) throws Exception {
        int fewest = -1;
        for (int spare = 0; spare <= MOST_SPARE; spare++) {
            boolean works = spawnRepeatedly(strategy, onTerminal, spare);
            if (works && fewest < 0) {
                fewest = spare;
            }
            require(works || fewest < 0, strategy + " fails again with " + spare);
        }
        return fewest;
    }

    /** The first spawn that fails in this JVM is one that finds no descriptor. */
    private static void firstFailure() throws Exception {
        fill(0);
        String message;
        try {
            PidfdProcess.builder("/bin/sh", "-c", "exit 7").start();
            message = "worked";
        } catch (SpawnException e) {
            message = e.getMessage();
        } finally {
            empty();
        }
        System.out.println(message);
    }

    /** The majority counts, as the JVM opens and closes files of its own now and then. */
    private static boolean spawnRepeatedly(SpawnStrategy strategy, boolean onTerminal, int spare)
            throws Exception {
        int works = 0;
        for (int i = 0; i < TIMES; i++) {
            works += spawn(strategy, onTerminal, spare) ? 1 : 0;
        }
        return works > TIMES / 2;
    }

    private static boolean spawn(SpawnStrategy strategy, boolean onTerminal, int spare)
            throws Exception {
        Map<Integer, String> descriptors = Os.descriptors();
        Set<Long> children = Os.children();
        String mask = Os.threadStatus("SigBlk");

        fill(spare);
        PidfdProcess process = null;
        int exit = 7;
        try {
            EmptyProcess shell = PidfdProcess.builder("/bin/sh", "-c", "exit 7");
            if (onTerminal) {
                shell.terminal(new WindowSize(24, 80));
            }
            process = shell.strategy(strategy).start();
            exit = process.waitFor();
        } catch (SpawnException e) {
            require(e.errno() == EMFILE, strategy + " with " + spare + ": " + e);
        } finally {
            empty();
        }

        require(exit == 7, strategy + " with " + spare + ": exit code " + exit);
        require(
                Os.threadStatus("SigBlk").equals(mask),
                strategy + " with " + spare + " leaves a signal mask");
        require(Os.children().equals(children), strategy + " with " + spare + " leaves a child");
        // Whoever notices the exit first closes the pipes, and that need not be this thread.
        Os.await(
                strategy + " with " + spare + " leaves nothing",
                () -> {
                    try {
                        // Not equal: what the JVM had open for a moment may be gone.
                        return descriptors.entrySet().containsAll(Os.descriptors().entrySet());
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        return process != null;
    }

    private static void fill(int spare) throws IOException {
        try {
            while (true) {
                FILLING.push(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            // "Too many open files" is meant
        }
        for (int i = 0; i < spare; i++) {
            FILLING.pop().close();
        }
    }

    private static void empty() throws IOException {
        while (!FILLING.isEmpty()) {
            FILLING.pop().close();
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
