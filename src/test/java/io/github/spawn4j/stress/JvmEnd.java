// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.internal.teardown.Shutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A JVM that ends while processes of it run, and says which; run by {@link JvmEndTest}.
 *
 * <p>Arguments: how it ends ({@code return}, {@code exit} or {@code signal}), and a folder for
 * notes.
 */
final class JvmEnd {
    /** Says who runs, and writes down that it was asked to end. */
    private static final String SCRIPT =
            "trap 'echo bye > \"$1\"; exit' TERM; sleep 600 & echo $$ $!; wait";

    /** Still referred to at the end, unlike the others. */
    private static PidfdProcess kept;

    private static PidfdProcess buffered;

    private JvmEnd() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        kept = start("group", folder, Teardown.DEFAULT.ofGroup().atShutdown());
        start("dropped", folder, Teardown.DEFAULT.ofGroup().atShutdown());
        start("unasked", folder, Teardown.DEFAULT.ofGroup());
        start(
                "stubborn",
                folder,
                Teardown.first(Signal.CONT, Duration.ofMillis(100))
                        .then(Signal.KILL, Duration.ofSeconds(10))
                        .ofGroup()
                        .atShutdown());
        startGentle(folder.resolve("gentle"));
        startDaemon(Teardown.DEFAULT.ofGroup().atShutdown());
        System.gc(); // nobody refers to any other of them any more
        Runtime.getRuntime().addShutdownHook(new Thread(JvmEnd::startTooLate));
        switch (args[0]) {
            case "exit":
                System.exit(0);
                break;
            case "signal":
                PidfdProcess.builder("kill", Long.toString(ProcessHandle.current().pid()))
                        .start()
                        .waitFor();
                Thread.sleep(Long.MAX_VALUE);
                break;
            default:
                break;
        }
    }

    /** Its leader has ended long before the JVM does. */
    private static void startDaemon(Teardown teardown) throws Exception {
        PidfdProcess leader =
                PidfdProcess.builder("sh", "-c", "sleep 600 > /dev/null 2>&1 & echo $$ $!")
                        .teardown(teardown)
                        .start();
        System.out.println("pids daemon " + leader.inputReader().readLine());
        leader.waitFor();
    }

    /** It ends at the end of its input, which says what is buffered by then. */
    private static void startGentle(Path note) throws Exception {
        PidfdProcess process =
                PidfdProcess.builder("sh", "-c", "echo $$ $$; cat > \"$0\"", note.toString())
                        .teardown(Teardown.closeInput(Duration.ofSeconds(600)).atShutdown())
                        .start();
        System.out.println("pids gentle " + process.inputReader().readLine());
        process.outputWriter().write("bye");
        buffered = process;
    }

    /** When the library's own hook has run. */
    private static void startTooLate() {
        while (!Shutdown.hasBegun()) {
            Thread.onSpinWait();
        }
        try {
            PidfdProcess.builder("true").teardown(Teardown.DEFAULT.atShutdown()).start();
            System.out.println("started too late");
        } catch (IllegalStateException | IOException e) {
            System.out.println(e.getMessage());
        }
    }

    private static PidfdProcess start(String name, Path folder, Teardown teardown)
            throws Exception {
        EmptyProcess process =
                PidfdProcess.builder("sh", "-c", SCRIPT, "sh", folder.resolve(name).toString())
                        .teardown(teardown);
        PidfdProcess started = process.start();
        System.out.println("pids " + name + " " + started.inputReader().readLine());
        return started;
    }
}
