// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that is started as a user would start it, and that runs to its end. */
final class JavaCommand {
    private static final long LIMIT_S = 60;

    /** Short-lived. */
    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m");

    private final List<String> command = new ArrayList<>();

    private JavaCommand(Path home) {
        command.add(home.resolve("bin/java").toString());
        command.addAll(OPTIONS);
    }

    /** The JVM that runs the tests. */
    static JavaCommand ofTests() {
        return of(Path.of(System.getProperty("java.home")));
    }

    /** The JVM of an image that jlink has made, for example. */
    static JavaCommand of(Path home) {
        return new JavaCommand(home);
    }

    /** Lets a module load a native library, where the JDK asks for that. */
    JavaCommand allowNativeAccess(String module) {
        return Runtime.version().feature() < 22 ? this : with("--enable-native-access=" + module);
    }

    /** What the framework of OSGi uses, of which newer JDKs warn. */
    JavaCommand allowUnsafe() {
        return Runtime.version().feature() < 23
                ? this
                : with("--sun-misc-unsafe-memory-access=allow");
    }

    JavaCommand with(Object... arguments) {
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return this;
    }

    /** Returns all that it has printed, to either output. */
    String run() throws IOException, InterruptedException {
        Path output = Files.createTempFile("spawn4j", ".out");
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) {
                    throw new AssertionError("not ended after " + LIMIT_S + " s: " + command);
                }
            } finally {
                process.destroyForcibly();
            }
            int exit = process.exitValue();
            return Files.readString(output) + (exit == 0 ? "" : "exit code " + exit);
        } finally {
            Files.delete(output);
        }
    }
}
