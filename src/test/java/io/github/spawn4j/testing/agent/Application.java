// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.testing.agent;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Map;

/** An application that knows nothing of the library, and starts {@code echo} in each way. */
public final class Application {
    private Application() {}

    public static void main(String[] args) throws Exception {
        tell("start", new ProcessBuilder("echo", "1").start());
        tell("exec", Runtime.getRuntime().exec(new String[] {"echo", "2"}));
        tell("other class", Other.start());
        List<Process> stages =
                ProcessBuilder.startPipeline(
                        List.of(new ProcessBuilder("echo", "3"), new ProcessBuilder("cat")));
        tell("pipeline", stages.get(1));
    }

    private static void tell(String how, Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes()).strip();
        System.out.println(
                how
                        + ": "
                        + out
                        + " by "
                        + process.getClass().getName()
                        + ", "
                        + process.waitFor());
    }

    /** Is asked for by its name. */
    public static final class Other {
        private Other() {}

        static Process start() throws IOException {
            return new ProcessBuilder("/bin/echo", "other").start();
        }
    }

    /** Starts nothing. */
    public static final class Idle {
        private Idle() {}

        public static void main(String[] args) {
            System.out.println("idle");
        }
    }

    /** Starts one process, writes to it, and tells who it is. */
    public static final class Echo {
        private Echo() {}

        public static void main(String[] args) throws Exception {
            ProcessBuilder builder = new ProcessBuilder("cat").redirectError(Redirect.INHERIT);
            builder.environment().putAll(Map.of("NAME", "value"));
            Process process = builder.start();
            try (var in = process.getOutputStream()) {
                in.write("text".getBytes());
            }
            tell("echo", process);
        }
    }
}
