// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.CommandException;
import io.github.spawn4j.CommandResult;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.RunOptions;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.WindowSize;
import java.time.Duration;

/**
 * Starts of all kinds on eight threads, and what is left after the last compared with what was left
 * after the first thousand. For a JVM of its own. Prints OK, or what was wrong.
 */
final class MixedStarts {
    private static final int THREADS = 8;
    private static final int FIRST = 1000;

    /** What the compiler and the collector may move by. */
    private static final long HEAP_MARGIN = 1 << 20;

    private MixedStarts() {}

    /** What the JVM has when nothing runs. */
    private record Footprint(int descriptors, long heap) {
        static Footprint now() throws Exception {
            Os.awaitIdle();
            return new Footprint(Os.descriptors().size(), Os.usedHeap());
        }
    }

    /**
     * Starts them.
     *
     * @param args how many
     */
    public static void main(String[] args) throws Exception {
        start(FIRST);
        Footprint before = Footprint.now();
        start(Integer.parseInt(args[0]) - FIRST);
        Footprint after = Footprint.now();
        System.out.println(before + " -> " + after);
        require("descriptors", after.descriptors <= before.descriptors);
        require("heap", after.heap <= before.heap + HEAP_MARGIN);
        require("children", ProcessHandle.current().children().findAny().isEmpty());
        System.out.println("OK");
    }

    private static void start(int count) throws Exception {
        Crowd.run(THREADS, 0, count, MixedStarts::one);
    }

    private static void one(int number) throws Exception {
        switch (number % 8) {
            case 0:
                requireExit(0, PidfdProcess.builder("true").start().waitFor());
                break;
            case 1:
                requireExit(1, PidfdProcess.builder("false").start().onExit().get().exitValue());
                break;
            case 2:
                refuse();
                break;
            case 3:
                requireExit(137, PidfdProcess.builder("sleep", "60").start().destroyForcibly());
                break;
            case 4:
                takeTooLong();
                break;
            case 5:
                type();
                break;
            default:
                CommandResult result =
                        PidfdProcess.builder("cat").run(RunOptions.noTimeout().stdin("text"));
                require("output: " + result.stdout(), result.stdout().text().equals("text"));
        }
    }

    private static void refuse() throws Exception {
        try {
            PidfdProcess.builder("/nowhere/to/be/found").start();
        } catch (SpawnException e) {
            return;
        }
        throw new IllegalStateException("started what is not there");
    }

    private static void takeTooLong() throws Exception {
        try {
            PidfdProcess.builder("sleep", "60").run(RunOptions.timeout(Duration.ofMillis(5)));
        } catch (CommandException e) {
            require("reason: " + e, e.reason() == CommandException.Reason.TIMEOUT);
            return;
        }
        throw new IllegalStateException("no time limit");
    }

    private static void type() throws Exception {
        CommandResult result =
                PidfdProcess.builder("tty")
                        .terminal(new WindowSize(24, 80))
                        .stdin(Redirect.TERMINAL)
                        .stdout(Redirect.TERMINAL)
                        .stderr(Redirect.TERMINAL)
                        .run(RunOptions.noTimeout());
        require("terminal: " + result.stdout(), result.stdout().text().startsWith("/dev/pts/"));
    }

    private static void requireExit(int expected, Process process) throws Exception {
        requireExit(expected, process.waitFor());
    }

    private static void requireExit(int expected, int exit) {
        require("exit " + exit + " rather than " + expected, exit == expected);
    }

    private static void require(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }
}
