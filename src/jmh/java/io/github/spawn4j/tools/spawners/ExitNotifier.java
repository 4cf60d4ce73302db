// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.zaxxer.nuprocess.NuProcessBuilder;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Redirect;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.ExecuteException;
import org.apache.commons.exec.ExecuteResultHandler;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;
import org.zeroturnaround.exec.listener.ProcessListener;

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

    ZT_EXEC {
        @Override
        public void start(List<String> command, Runnable exited) throws IOException {
            new ProcessExecutor(command)
                    .addListener(
                            new ProcessListener() {
                                @Override
                                public void afterStop(Process process) {
                                    exited.run();
                                }
                            })
                    .start();
        }
    },

    COMMONS_EXEC {
        @Override
        public void start(List<String> command, Runnable exited) throws IOException {
            CommandLine line = new CommandLine(command.get(0));
            line.addArguments(command.subList(1, command.size()).toArray(new String[0]), false);
            DefaultExecutor executor = DefaultExecutor.builder().get();
            executor.setStreamHandler(new PumpStreamHandler(null, null, null));
            executor.execute(
                    line,
                    new ExecuteResultHandler() {
                        @Override
                        public void onProcessComplete(int exitCode) {
                            exited.run();
                        }

                        @Override
                        public void onProcessFailed(ExecuteException e) {
                            exited.run();
                        }
                    });
        }
    },

    PTY4J {
        @Override
        public void start(List<String> command, Runnable exited) throws IOException {
            PtyProcess process = new PtyProcessBuilder(command.toArray(new String[0])).start();
            process.onExit()
                    .thenRun(exited)
                    .whenComplete(
                            (told, failure) -> process.destroy()); // which closes the terminal
        }
    },

    SMALLRYE {
        @Override
        public void start(List<String> command, Runnable exited) {
            io.smallrye.common.process.ProcessBuilder.newBuilder(
                            Path.of(command.get(0)), command.subList(1, command.size()))
                    .input()
                    .empty()
                    .error()
                    .discard()
                    .output()
                    .discard()
                    .runAsync()
                    .thenRun(exited);
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

    /** Those of {@code exits}: the others wrap a process of the JDK, or are for terminals. */
    public static Set<ExitNotifier> usual() {
        return EnumSet.of(JDK, NUPROCESS, SPAWN4J);
    }

    /** Whether it is somebody else's, who may not support the JVM that runs us. */
    public boolean isForeign() {
        return this != JDK && this != SPAWN4J;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
