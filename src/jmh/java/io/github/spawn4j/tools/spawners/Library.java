// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools.spawners;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import com.zaxxer.nuprocess.NuProcessBuilder;
import io.github.spawn4j.Capture;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.RunOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.exec.CommandLine;
import org.apache.commons.exec.DefaultExecutor;
import org.apache.commons.exec.PumpStreamHandler;
import org.zeroturnaround.exec.ProcessExecutor;

/**
 * The libraries, each with what it has to run a program and to take what it prints. To add one: a
 * constant.
 */
public enum Library {
    SPAWN4J {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most)
                throws Exception {
            return PidfdProcess.builder(command.get(0))
                    .args(arguments(command))
                    .environment(environment)
                    .run(RunOptions.noTimeout().stdout(Capture.failBeyond(most)))
                    .stdout()
                    .bytes();
        }
    },

    /** What has to be written by hand, as the JDK has no such call. */
    JDK {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most)
                throws Exception {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().clear();
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            return readBoth(process);
        }
    },

    NUPROCESS {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most)
                throws Exception {
            NuProcessOutput output = new NuProcessOutput();
            NuProcessBuilder builder = new NuProcessBuilder(command, environment);
            builder.setProcessListener(output);
            NuProcesses.start(builder);
            return output.await();
        }
    },

    /** It puts the error output into the output. */
    ZT_EXEC {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most)
                throws Exception {
            return new ProcessExecutor(command)
                    .environment(environment)
                    .readOutput(true)
                    .exitValueNormal()
                    .execute()
                    .getOutput()
                    .getBytes();
        }
    },

    COMMONS_EXEC {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most)
                throws Exception {
            CommandLine line = new CommandLine(command.get(0));
            arguments(command).forEach(argument -> line.addArgument(argument, false));
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            DefaultExecutor executor = DefaultExecutor.builder().get();
            executor.setStreamHandler(new PumpStreamHandler(output, new ByteArrayOutputStream()));
            executor.execute(line, environment);
            return output.toByteArray();
        }
    },

    /** On a terminal, which has one output; what is left there is lost unless it is asked for. */
    PTY4J {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most)
                throws Exception {
            PtyProcess process =
                    new PtyProcessBuilder(command.toArray(new String[0]))
                            .setEnvironment(environment)
                            .setUnixOpenTtyToPreserveOutputAfterTermination(true)
                            .start();
            return readBoth(process);
        }
    },

    SMALLRYE {
        @Override
        public byte[] run(List<String> command, Map<String, String> environment, int most) {
            return io.smallrye.common.process.ProcessBuilder.newBuilder(
                            Path.of(command.get(0)), arguments(command))
                    .environment(environment)
                    .output()
                    .processBytesWith(InputStream::readAllBytes)
                    .run();
        }
    };

    /**
     * Runs a program to its end, and returns what it has printed.
     *
     * @param command a path and arguments
     * @param environment all of its variables
     * @param most it prints no more bytes than that
     * @throws Exception if it cannot be started or does not exit with 0; of the library's own type
     */
    public abstract byte[] run(List<String> command, Map<String, String> environment, int most)
            throws Exception;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> arguments(List<String> command) {
        return command.subList(1, command.size());
    }

    private static byte[] readBoth(Process process) throws IOException, InterruptedException {
        byte[] bytes = process.getInputStream().readAllBytes();
        process.getErrorStream().readAllBytes();
        int code = process.waitFor();
        process.getInputStream().close();
        process.getErrorStream().close();
        process.getOutputStream().close();
        if (code != 0) {
            throw new IOException(process + " has exited with " + code);
        }
        return bytes;
    }
}
