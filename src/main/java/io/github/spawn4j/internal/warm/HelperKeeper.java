// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.internal.warm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.launch.Keeper;
import io.github.spawn4j.internal.os.Faults;
import io.github.spawn4j.internal.os.Threads;
import io.github.spawn4j.internal.os.WarmSpawn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The thread that makes all helpers, looks after them, and ends them. Thread-safe.
 *
 * <p>It lives as long as there is a helper or one of the processes that were started warm: these
 * are its children, as helpers clone them for whoever has made the helper. It is another one than
 * that of the JVM's other children with a parent to die: a program that takes long to be linked
 * would hold up those who start them.
 */
final class HelperKeeper {
    /** Between two looks at all helpers. */
    private static final long LOOK_MS = 1_000;

    /** Null before it is needed: an initialiser that fails once fails for ever. */
    @GuardedBy("HelperKeeper.class")
    private static Keeper keeper;

    /** The programs that have a helper; null before there is one. */
    @GuardedBy("HelperKeeper.class")
    private static List<WarmProgram> programs;

    private HelperKeeper() {}

    private static synchronized Keeper keeper() {
        if (keeper == null) {
            keeper = new Keeper(LOOK_MS, HelperKeeper::lookAfterAll);
        }
        return keeper;
    }

    /**
     * Runs {@code task} on the thread, some time.
     *
     * @param instead run if the thread dies of an error, and the task can never be run
     * @throws IOException with EAGAIN if there can be no thread
     */
    static void execute(Runnable task, Runnable instead) throws IOException {
        Faults.resource("task");
        keeper().execute(task, instead);
    }

    /** Ends a helper that nobody uses: on the thread, or at once if there can be none. */
    static void end(Helper helper) {
        try {
            execute(helper::free, helper::free);
        } catch (IOException | RuntimeException | Error e) {
            helper.free();
        }
    }

    /** From now on {@code program} is looked after. */
    static synchronized void add(WarmProgram program) {
        Faults.resource("program");
        if (programs == null) {
            programs = new ArrayList<>();
        }
        if (!programs.contains(program)) {
            programs.add(program);
        }
    }

    static synchronized void remove(WarmProgram program) {
        if (programs != null) {
            programs.remove(program);
        }
    }

    /** The {@code index}-th program, or null: no copy of the list, as there may be no memory. */
    private static synchronized WarmProgram program(int index) {
        return programs == null || index >= programs.size() ? null : programs.get(index);
    }

    /**
     * Returns whether the thread is still needed: it has children, or there are helpers of a thread
     * before it, which has died.
     */
    private static boolean lookAfterAll() {
        WarmProgram program;
        for (int i = 0; (program = program(i)) != null; i++) {
            program.lookAfter(); // one that it drops makes us skip the next, until the next look
        }
        WarmSpawn.reap();
        return program(0) != null || Threads.hasChildren();
    }
}
