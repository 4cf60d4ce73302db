// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.stress;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, which may then be ill-treated. */
final class SecondJvm {
    /** Short-lived, on two cores. */
    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-Xmx128m", "-Xcheck:jni");

    private final List<String> command = new ArrayList<>();
    private long limitS = 60;
    private final ProcessBuilder builder = new ProcessBuilder();

    private SecondJvm(List<String> prefix) {
        command.addAll(prefix);
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(OPTIONS);
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Dspawn4j.native.bin=" + System.getProperty("spawn4j.native.bin"));
        builder.redirectErrorStream(true).redirectInput(ProcessBuilder.Redirect.PIPE);
    }

    /**
     * A JVM that the given command starts, which comes first; none is needed.
     *
     * @param prefix such as {@code deny clone3=ENOSYS --}
     */
    static SecondJvm startedBy(String... prefix) {
        return new SecondJvm(List.of(prefix)).option("-XX:+UseSerialGC");
    }

    /** A JVM with another collector than {@link #startedBy} gives it, such as -XX:+UseG1GC. */
    static SecondJvm withCollector(String option) {
        return new SecondJvm(List.of()).option(option);
    }

    SecondJvm option(String option) {
        command.add(option);
        return this;
    }

    SecondJvm in(Path directory) {
        builder.directory(directory.toFile());
        return this;
    }

    SecondJvm env(String name, String value) {
        builder.environment().put(name, value);
        return this;
    }

    /** Lets it run for longer than a minute. */
    SecondJvm limitMinutes(long minutes) {
        limitS = TimeUnit.MINUTES.toSeconds(minutes);
        return this;
    }

    /** Starts the main class, for the caller to write to and end. */
    Process start(String classPath, Class<?> main, Path output) throws IOException {
        command.addAll(List.of("-cp", classPath, main.getName()));
        return builder.command(command).redirectOutput(output.toFile()).start();
    }

    /** Runs the main class to its end, and returns all that it has printed. */
    String run(Class<?> main, String... args) throws IOException, InterruptedException {
        return runOnClassPath(System.getProperty("java.class.path"), main, args);
    }

    String runOnClassPath(String classPath, Class<?> main, String... args)
            throws IOException, InterruptedException {
        return runOnClassPath(classPath, main.getName(), args);
    }

    String runOnClassPath(String classPath, String main, String... args)
            throws IOException, InterruptedException {
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(Arrays.asList(args));
        Path output = Files.createTempFile("spawn4j", ".out");
        try {
            Process process = builder.command(command).redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            try {
                if (!process.waitFor(limitS, TimeUnit.SECONDS)) {
                    throw new AssertionError(
                            "not ended after "
                                    + limitS
                                    + " s: "
                                    + command
                                    + "\n"
                                    + Files.readString(output));
                }
            } finally {
                process.destroyForcibly();
            }
            return Files.readString(output).strip() + exit(process.exitValue());
        } finally {
            Files.delete(output);
        }
    }

    private static String exit(int code) {
        return code == 0 ? "" : "\nexit code " + code;
    }
}
