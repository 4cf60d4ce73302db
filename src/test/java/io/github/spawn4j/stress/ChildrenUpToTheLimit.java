// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.testing.Strategies;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Starts children until descriptors run out, and goes on with those that fit. For a JVM of its own
 * with a low limit, whose classes come from jars, as those are open. Prints how each strategy says
 * so, or what was wrong.
 */
final class ChildrenUpToTheLimit {
    private static final int EMFILE = 24;
    private static final int FEWEST = 10;

    private ChildrenUpToTheLimit() {}

    public static void main(String[] args) throws Exception {
        cat(SpawnStrategy.CLONE3).destroyForcibly().onExit().get(30, TimeUnit.SECONDS);
        for (SpawnStrategy strategy : Strategies.ofTheKernel()) {
            System.out.println(strategy + ": " + fill(strategy));
        }
    }

    private static PidfdProcess cat(SpawnStrategy strategy) throws SpawnException {
        return PidfdProcess.builder("/bin/cat").strategy(strategy).start();
    }

    /** The reactor may still be closing the pipes of a process whose exit is known already. */
    private static PidfdProcess catOnceThereIsRoom(SpawnStrategy strategy) throws SpawnException {
        long startNs = System.nanoTime();
        while (true) {
            try {
                return cat(strategy);
            } catch (SpawnException e) {
                if (System.nanoTime() - startNs > TimeUnit.SECONDS.toNanos(30)) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private static String fill(SpawnStrategy strategy) throws Exception {
        Deque<PidfdProcess> children = new ArrayDeque<>();
        Set<Long> pids = new TreeSet<>();
        SpawnException refusal = null;
        while (refusal == null) {
            try {
                PidfdProcess child = cat(strategy);
                children.add(child);
                pids.add(child.pid());
            } catch (SpawnException e) {
                require(e.errno() == EMFILE, strategy + ": " + e);
                refusal = e;
            }
        }
        require(children.size() >= FEWEST, strategy + ": only " + children.size() + " fit");

        PidfdProcess first = children.remove();
        pids.remove(first.pid());
        waitWithoutAnyDescriptor(first);
        PidfdProcess next = catOnceThereIsRoom(strategy);
        children.add(next);
        pids.add(next.pid());
        echo(next);
        for (int i = 0; i < 2; i++) {
            pids.remove(children.peek().pid()); // makes room for a look into /proc
            end(children.remove());
        }
        require(Os.children().equals(pids), strategy + " has left what did not fit");
        while (!children.isEmpty()) {
            end(children.remove());
        }
        require(Os.children().isEmpty(), strategy + " leaves children");
        return refusal.getMessage();
    }

    /** Its exit is noticed though nothing can be opened, and makes room for another. */
    private static void waitWithoutAnyDescriptor(PidfdProcess cat) throws Exception {
        Deque<FileInputStream> filling = new ArrayDeque<>();
        try {
            while (true) {
                filling.push(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            // "Too many open files" is meant
        }
        require(cat.signal(Signal.TERM), cat + " has not lived on");
        require(cat.waitFor(30, TimeUnit.SECONDS), cat + " has not ended");
        require(cat.exitValue() == 128 + Signal.TERM.number(), cat + " has failed");
        for (FileInputStream file : filling) {
            file.close();
        }
    }

    private static void echo(PidfdProcess cat) throws IOException {
        OutputStream input = cat.getOutputStream();
        input.write("alive\n".getBytes(StandardCharsets.US_ASCII));
        input.flush();
        String line = cat.inputReader().readLine();
        require("alive".equals(line), "read " + line);
    }

    /** The end of its input ends it. */
    private static void end(PidfdProcess cat) throws Exception {
        require(cat.isAlive(), cat + " has not lived on");
        cat.getOutputStream().close();
        require(cat.waitFor(30, TimeUnit.SECONDS), cat + " has not ended");
        require(cat.exitValue() == 0, cat + " has failed");
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
