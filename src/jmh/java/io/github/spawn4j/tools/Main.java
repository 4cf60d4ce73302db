package io.github.spawn4j.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The command line of the tools jar. */
@Command(
        name = Main.NAME,
        description = "Starts Linux processes with spawn4j, and measures what that costs.",
        subcommands = {
            RunCommand.class,
            DoctorCommand.class,
            CompareCommand.class,
            ExitsCommand.class,
            LiveCommand.class,
            VirtualThreadsCommand.class,
            AgentToolsCommand.class,
            JmhCommand.class
        })
public final class Main {
    static final String NAME = "spawn4j-tools";

    @Mixin HelpOption help;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine commandLine =
                new CommandLine(new Main())
                        // "@file" among the arguments of a program is the program's.
                        .setExpandAtFiles(false)
                        .setUsageHelpAutoWidth(true)
                        .setParameterExceptionHandler(Main::refuse)
                        .setExecutionExceptionHandler(Main::fail);
        // Options behind the program are the program's, even where "--" was forgotten.
        commandLine.getSubcommands().get(RunCommand.NAME).setStopAtPositional(true);
        commandLine
                .getSubcommands()
                .get(JmhCommand.NAME)
                .setUnmatchedOptionsArePositionalParams(true);
        return commandLine;
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
                .println(command.getCommandSpec().qualifiedName() + ": " + cause.getMessage());
        return ExitCode.SOFTWARE;
    }
}
