// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.os.Errno;
import java.io.File;
import java.io.IOException;
import java.util.List;

/**
 * A description as a {@link ProcessBuilder} has it, which refuses by name what that cannot express.
 * Immutable.
 */
final class JdkCommand {
    private final ProcessBuilder builder;
    private final String program;

    /** Null for the JVM's. */
    private final String directory;

    private JdkCommand(EmptyProcess process) {
        program = process.program;
        directory = process.directory;
        builder = new ProcessBuilder(process.command());
        process.environment.applyTo(builder.environment());
        if (directory != null) {
            builder.directory(new File(directory));
        }
        builder.redirectInput(process.streams[0].ofJdk(0));
        builder.redirectOutput(process.streams[1].ofJdk(1));
        builder.redirectErrorStream(process.streams[2].isMerged());
        builder.redirectError(process.streams[2].ofJdk(2));
    }

    /**
     * What the JDK would start.
     *
     * @throws SpawnException if it would not be what is described
     */
    static JdkCommand of(EmptyProcess process) throws SpawnException {
        String refused = refused(process);
        if (refused != null) {
            throw refusal(process, refused);
        }
        return new JdkCommand(process);
    }

    /** What a start says that the JDK has nothing for: which strategies have, or why none has. */
    static SpawnException refusal(ProcessSettings<?> asked, String refused) {
        boolean changesIds = asked.changeOfIds() != null;
        return SpawnException.of(
                asked.program,
                asked.directory,
                new LaunchException(
                        "strategy JDK cannot express " + refused,
                        -1,
                        Errno.EOPNOTSUPP,
                        "",
                        SpawnStrategy.CLONE3
                                .unsupported()
                                .orElseGet(() -> Outcome.alternatives(changesIds))));
    }

    /** The first thing that the JDK has nothing for, or null. */
    private static String refused(EmptyProcess process) {
        Teardown teardown = process.teardown;
        if (teardown != null && teardown.refusedByJdk() != null) {
            return teardown.refusedByJdk();
        }
        if (process.sandbox != null) {
            return "a sandbox";
        }
        if (process.terminal != null) {
            return "a terminal";
        }
        if (process.cgroup != null) {
            return "a cgroup";
        }
        if (!process.actions.isEmpty()) {
            return "actions";
        }
        if (!process.mapped.isEmpty()) {
            return "mapFd";
        }
        List<String> attributes = process.attributes();
        if (!attributes.isEmpty()) {
            return attributes.get(0);
        }
        if (process.inheritsDescriptors) {
            return "inheritDescriptors";
        }
        if (process.inheritsSignals) {
            return "inheritSignals";
        }
        if (process.hasInterruptibleStreams) {
            return "interruptibleStreams";
        }
        if (process.isSearchedByChild()) {
            return "searchInChild";
        }
        if (process.hasOtherName()) {
            return "arg0";
        }
        for (int fd = 0; fd < process.streams.length; fd++) {
            if (process.streams[fd].ofJdk(fd) == null) {
                return process.streams[fd].toString();
            }
        }
        return null;
    }

    Process start() throws SpawnException {
        try {
            return builder.start();
        } catch (IOException e) {
            throw SpawnException.ofJdk(program, directory, e);
        }
    }

    /** Starts them with the JDK's pipes between them, all or none. */
    static List<Process> start(List<JdkCommand> stages) throws SpawnException {
        try {
            return ProcessBuilder.startPipeline(
                    stages.stream().map(stage -> stage.builder).toList());
        } catch (IOException e) {
            throw SpawnException.ofJdk(null, null, e);
        }
    }
}
