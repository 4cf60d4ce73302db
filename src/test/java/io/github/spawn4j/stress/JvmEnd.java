package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.Teardown;
import java.io.BufferedReader;
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

    private JvmEnd() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[1]);
        start("group", folder, Teardown.DEFAULT.ofGroup().atShutdown());
        start("dropped", folder, Teardown.DEFAULT.ofGroup().atShutdown());
        start("unasked", folder, Teardown.DEFAULT.ofGroup());
        start(
                "stubborn",
                folder,
                Teardown.first(Signal.CONT, Duration.ofMillis(100))
                        .then(Signal.KILL, Duration.ofSeconds(10))
                        .ofGroup()
                        .atShutdown());
        System.gc(); // nobody refers to any of them any more
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

    private static void start(String name, Path folder, Teardown teardown) throws Exception {
        EmptyProcess process =
                PidfdProcess.builder("sh", "-c", SCRIPT, "sh", folder.resolve(name).toString())
                        .teardown(teardown);
        BufferedReader output = process.start().inputReader();
        System.out.println("pids " + name + " " + output.readLine());
    }
}
