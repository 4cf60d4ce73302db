package io.github.spawn4j.internal.warm;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.github.spawn4j.internal.launch.Keeper;
import io.github.spawn4j.internal.os.Threads;
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

    /** The programs that have a helper. */
    @GuardedBy("HelperKeeper.class")
    private static final List<WarmProgram> PROGRAMS = new ArrayList<>();

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
     * @throws IOException with EAGAIN if there can be no thread
     */
    static void execute(Runnable task) throws IOException {
        keeper().execute(task);
    }

    /** Ends a helper that nobody uses: on the thread, or at once if there can be none. */
    static void end(Helper helper) {
        try {
            execute(helper::free);
        } catch (IOException | RuntimeException | Error e) {
            helper.free();
        }
    }

    /** From now on {@code program} is looked after. */
    static synchronized void add(WarmProgram program) {
        if (!PROGRAMS.contains(program)) {
            PROGRAMS.add(program);
        }
    }

    static synchronized void remove(WarmProgram program) {
        PROGRAMS.remove(program);
    }

    private static synchronized List<WarmProgram> programs() {
        return new ArrayList<>(PROGRAMS);
    }

    /** Returns whether the thread is still needed. */
    private static boolean lookAfterAll() {
        for (WarmProgram program : programs()) {
            program.lookAfter();
        }
        return Threads.hasChildren();
    }
}
