// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.zaxxer.nuprocess.NuProcessBuilder;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The ways to be told of an exit without waiting for it, in the order in which they are shown. */
public enum ExitNotifier {
    JDK {
        @Override
        public void start(List<String> command, Runnable exited) throws IOException {
            new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.from(NULL))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .thenRun(exited);
        }
    },

    NUPROCESS {
        @Override
        public void start(List<String> command, Runnable exited) throws IOException {
            NuProcesses.start(
                    new NuProcessBuilder(
                            new NuProcessSpawner.CloseStdin() {
                                @Override
                                public void onExit(int exitCode) {
                                    exited.run();
                                }
                            },
                            command));
        }
    },

    SPAWN4J {
        @Override
        public void start(List<String> command, Runnable exited) throws IOException {
            PidfdProcess.builder(command.get(0))
                    .args(command.subList(1, command.size()))
                    .stdin(Redirect.DISCARD)
                    .stdout(Redirect.DISCARD)
                    .stderr(Redirect.DISCARD)
                    .start()
                    .onExit()
                    .thenRun(exited);
        }
    };

    private static final File NULL = new File("/dev/null");

    /**
     * Starts a program that is told nothing and says nothing.
     *
     * @param command a path and arguments
     * @param exited run once, when the exit is known, on a thread of the notifier's choice
     */
    public abstract void start(List<String> command, Runnable exited) throws IOException;

    /** Whether it is somebody else's, who may not support the JVM that runs us. */
    public boolean isForeign() {
        return this == NUPROCESS;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
