// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** The command line of the tools jar. */
@Command(
        name = Main.NAME,
        description = "Starts Linux processes with spawn4j, and measures what that costs.",
        subcommands = {
            RunCommand.class,
            DoctorCommand.class,
            CompareCommand.class,
            ColdCommand.class,
            ExitsCommand.class,
            LiveCommand.class,
            ThreadsCommand.class,
            VirtualThreadsCommand.class,
            AgentToolsCommand.class,
            WarmCommand.class,
            ReportCommand.class,
            AgreeCommand.class,
            PublishCommand.class,
            JmhCommand.class
        })
public final class Main {
    static final String NAME = "spawn4j-tools";

    @Mixin HelpOption help;

    private Main() {}

    public static void main(String[] args) {
        OpenFiles.prepare();
        System.exit(run(args));
    }

    private static int run(String[] args) {
        try {
            return commandLine().execute(args);
        } catch (RuntimeException | LinkageError e) {
            // The command line itself is made of classes, which are read from files.
            Optional<String> shortage = OpenFiles.shortage();
            if (shortage.isEmpty()) {
                throw e;
            }
            System.err.println(NAME + ": " + shortage.get());
            return ExitCode.SOFTWARE;
        }
    }

    static CommandLine commandLine() {
        CommandLine commandLine =
                new CommandLine(new Main())
                        // "@file" among the arguments of a program is the program's.
                        .setExpandAtFiles(false)
                        .setUsageHelpAutoWidth(true)
                        .setParameterExceptionHandler(Main::refuse)
                        .setExecutionExceptionHandler(Main::fail)
                        .setExecutionStrategy(Main::runLast);
        // Options behind the program are the program's, even where "--" was forgotten.
        commandLine.getSubcommands().get(RunCommand.NAME).setStopAtPositional(true);
        commandLine
                .getSubcommands()
                .get(JmhCommand.NAME)
                .setUnmatchedOptionsArePositionalParams(true);
        return commandLine;
    }

    /** How it was called, by which it can be called again. */
    static String invocation(CommandSpec command) {
        return command.root().commandLine().getParseResult().originalArgs().stream()
                .map(Shell::quote)
                .collect(Collectors.joining(" ", "java -jar target/" + NAME + ".jar ", ""));
    }

    private static int refuse(ParameterException e, String[] args) {
        CommandLine command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + e.getMessage());
        command.getErr().println("Try '" + name + " --help'.");
        return ExitCode.USAGE;
    }

    /** What went wrong outside is one line; what went wrong in here is a stack trace. */
    private static int fail(Exception e, CommandLine command, ParseResult result) throws Exception {
        Throwable cause = e instanceof UncheckedIOException ? e.getCause() : e;
        if (!(cause instanceof IOException)) {
            throw e;
        }
        command.getErr()
                .println(
                        command.getCommandSpec().qualifiedName()
                                + ": "
                                + (isEnding() ? "interrupted" : text((IOException) cause)));
        return ExitCode.SOFTWARE;
    }

    /** Whether the JVM was told to end: what fails then, as its files are gone, is no news. */
    private static boolean isEnding() {
        try {
            Runtime.getRuntime().removeShutdownHook(new Thread());
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** The JDK says of some files only what they are called. */
    static String text(IOException e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file";
        }
        if (e instanceof AccessDeniedException) {
            return e.getMessage() + ": permission denied";
        }
        return e.getMessage();
    }

    /** A library that cannot be loaded is nothing that went wrong in here either. */
    private static int runLast(ParseResult result) {
        try {
            return new RunLast().execute(result);
        } catch (LinkageError e) {
            List<CommandLine> commands = result.asCommandLineList();
            CommandLine command = commands.get(commands.size() - 1);
            command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + reason(e));
            return ExitCode.SOFTWARE;
        }
    }

    /** What it began with, and what was tried before. */
    private static String reason(Throwable error) {
        Throwable first = error;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        return Stream.concat(
                        Stream.of(first.getMessage()),
                        Stream.of(first.getSuppressed()).map(Throwable::toString))
                .collect(Collectors.joining("; "));
    }
}
