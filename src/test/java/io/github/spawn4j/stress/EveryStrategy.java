// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.strict.SpawnAction;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Does with a strategy what most programs do: pipes, descriptors, a template, a signal, an error.
 * Throws what was wrong.
 */
final class EveryStrategy {
    private static final int AT_FDCWD = -100;

    private EveryStrategy() {}

    /** Prints OK, or what was wrong. */
    public static void main(String[] strategies) throws Exception {
        for (String strategy : strategies) {
            works(SpawnStrategy.valueOf(strategy));
        }
        System.out.println("OK");
    }

    static void works(SpawnStrategy strategy) throws Exception {
        givesExactlyTheDescriptors(strategy);
        startsFromTemplate(strategy);
        signals(strategy);
        reportsMissingFile(strategy);
    }

    private static void givesExactlyTheDescriptors(SpawnStrategy strategy) throws Exception {
        Path file = Path.of(System.getProperty("java.home"), "release");
        try (InputStream open = new FileInputStream(file.toFile())) {
            EmptyProcess descriptors =
                    PidfdProcess.builder(Os.program("descriptors"))
                            .strategy(strategy)
                            .action(SpawnAction.dup2(0, 3))
                            .action(SpawnAction.open(AT_FDCWD, "/dev/null", 4, 0, 0, 0));
            boolean knowsNumbers = Files.exists(Path.of("/proc/self/fd"));
            if (knowsNumbers) {
                descriptors.action(SpawnAction.dup2(Os.descriptorOf(file), 7));
            }
            PidfdProcess process = descriptors.start();
            try (OutputStream stdin = process.getOutputStream()) {
                stdin.write("through 3".getBytes(StandardCharsets.US_ASCII));
            }
            String output = text(process.getInputStream());
            String numbers = knowsNumbers ? "0 1 2 3 4 7" : "0 1 2 3 4";
            require(output.equals(numbers + "\nthrough 3"), strategy + " printed " + output);
            require(text(process.getErrorStream()).isEmpty(), strategy + " wrote to stderr");
            require(process.waitFor() == 0, strategy + ": " + process.exitStatus());
            require(open.read() >= 0, strategy + " has closed the file of the JVM");
        }
    }

    private static void startsFromTemplate(SpawnStrategy strategy) throws Exception {
        try (SpawnTemplate sh = SpawnTemplate.builder("sh").args("-c").strategy(strategy).build()) {
            PidfdProcess process = sh.spawn("exit 41");
            require(process.waitFor() == 41, strategy + ": " + process.exitStatus());
        }
    }

    private static void signals(SpawnStrategy strategy) throws Exception {
        PidfdProcess process = PidfdProcess.builder("cat").strategy(strategy).start();
        process.destroyForcibly();
        process.waitFor();
        require(
                process.exitStatus() instanceof ExitStatus.Killed killed
                        && killed.signal().equals(Signal.KILL),
                strategy + ": " + process.exitStatus());
        require(!process.signal(Signal.TERM), strategy + " signals what has ended");
    }

    private static void reportsMissingFile(SpawnStrategy strategy) throws Exception {
        try {
            PidfdProcess.builder("cat")
                    .strategy(strategy)
                    .stdin(Redirect.from(Path.of("/no/such")))
                    .start();
            require(false, strategy + " has opened a file that does not exist");
        } catch (SpawnException e) {
            require(e.errno() == 2, strategy + ": " + e);
        }
    }

    /** By an exception that names the call that is missing, and before there is a child. */
    static void isRefused(SpawnStrategy strategy, String call) throws Exception {
        try {
            PidfdProcess.builder("cat").strategy(strategy).start();
            require(false, strategy + " has worked");
        } catch (SpawnException e) {
            require(e.getMessage().contains(call), strategy + ": " + e);
            require(Os.children().isEmpty(), strategy + " has left a child");
        }
    }

    private static String text(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalStateException(message);
        }
    }
}
