// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j.tools;

import io.github.spawn4j.EmptyProcess;
import io.github.spawn4j.ExitStatus;
import io.github.spawn4j.PidfdProcess;
import io.github.spawn4j.Signal;
import io.github.spawn4j.SpawnException;
import io.github.spawn4j.SpawnStrategy;
import io.github.spawn4j.SpawnTemplate;
import io.github.spawn4j.Teardown;
import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.tools.spawners.WarmTemplates;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one program with our own standard streams and exits as it did. */
@Command(
        name = RunCommand.NAME,
        customSynopsis = "spawn4j-tools run [OPTIONS] -- PROGRAM [ARGS...]",
        description = "Runs a program with inherited standard streams and exits with its code.",
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            " n:the program's own",
            " 128+n:the program was ended by signal n",
            " 2:the command line is wrong",
            " 123:the program's own was 0, but --leave-nobody or --cgroup has left somebody",
            " 124:the time was up, whether or not the program could be ended",
            " 125:the program could not be started for another reason than the next two",
            " 126:the program cannot be executed",
            " 127:there is no such program"
        })
final class RunCommand implements Callable<Integer> {
    static final String NAME = "run";

    private static final int SURVIVED = 123;
    private static final int TIMED_OUT = 124;
    private static final int NOT_STARTED = 125;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;

    private static final int ENOENT = 2;

    /** How long a program that has been asked to end may take before it is ended. */
    static final Duration GRACE = Duration.ofSeconds(2);

    @Spec CommandSpec spec;

    @Mixin HelpOption help;

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            converter = StrategyConverter.class,
            completionCandidates = StrategyConverter.class,
            description =
                    "How the process is made: ${COMPLETION-CANDIDATES}. Default: clone3, or jdk"
                            + " where that cannot be had (doctor says why).")
    SpawnStrategy chosen;

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where it starts. Default: the current directory.")
    Path directory;

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "Sets an environment variable. May be repeated.")
    Map<String, String> environment = new LinkedHashMap<>();

    @Mixin AttributeOptions attributes;

    @Mixin SandboxOptions sandbox;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "Ends the program with SIGTERM after this time (500ms, 5s, 2m, PT1M), and with"
                            + " SIGKILL 2 seconds later.")
    Duration timeout;

    @Option(
            names = "--cgroup",
            description =
                    "Runs it in a cgroup of its own, which is removed afterwards with all processes"
                            + " in it.")
    boolean cgroup;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Runs it in a cgroup of its own that may have so much memory (512m, 2g). Without"
                            + " the controller nothing is run.")
    Long memory;

    @Option(
            names = "--leave-nobody",
            description =
                    "Ends all processes that are left when it has ended: those of its cgroup, or"
                            + " without one those of its process group, which daemons leave.")
    boolean leaveNobody;

    @Option(
            names = "--warm",
            description =
                    "Links the program ahead, in a helper process, and starts a clone of that;"
                            + " --explain and --stats say whether it could be done, or why not.")
    boolean warm;

    @Option(
            names = "--explain",
            description = "Says in words what is asked for, on standard error, before it runs.")
    boolean explain;

    @Option(
            names = "--stats",
            description =
                    "Afterwards says pid, exit status, wall and CPU time and peak memory, on"
                            + " standard error.")
    boolean stats;

    @Parameters(
            arity = "1..*",
            paramLabel = "PROGRAM ARGS",
            description = "A path, or a name that is searched in PATH, and its arguments.")
    List<String> command;

    /** Null without {@link #hasCgroup}. */
    private Cgroup place;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!hasCgroup()) {
            return runInPlace();
        }
        try {
            place = Cgroup.create();
        } catch (IOException e) {
            return fail(e);
        }
        int exitCode;
        boolean isRemoved;
        try {
            exitCode = runInCgroup();
        } finally {
            isRemoved = removePlace();
        }
        return exitCode == 0 && !isRemoved ? SURVIVED : exitCode;
    }

    private int runInCgroup() throws InterruptedException {
        try {
            if (memory != null) {
                place.memoryMax(memory);
            }
            return runInPlace();
        } catch (IOException e) {
            return fail(e);
        }
    }

    /** Ends all who are in it. Returns false if it is left, as when somebody has survived. */
    private boolean removePlace() {
        try {
            place.close();
            return true;
        } catch (IOException e) {
            say("the cgroup is left: " + e.getMessage());
            return false;
        }
    }

    boolean hasCgroup() {
        return cgroup || (memory != null && !sandbox.isAsked());
    }

    private Integer runInPlace() throws IOException, InterruptedException {
        if (!warm) {
            return run(request(), null);
        }
        try (SpawnTemplate template = template()) {
            WarmTemplates.settle(template);
            return run(checked(() -> configured(template.prepare())), template);
        } catch (SpawnException e) {
            return fail(e);
        }
    }

    /** Starts the request, of a template if that is not null, and waits for its end. */
    private int run(EmptyProcess request, SpawnTemplate template)
            throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        if (explain) {
            err.print(Explanation.of(this, request.attributes(), template));
            err.flush();
        }
        long beganNs = System.nanoTime();
        PidfdProcess process;
        try {
            process = request.start();
        } catch (SpawnException e) {
            return fail(e);
        }
        boolean inTime = await(process);
        if (process.isAlive()) {
            return TIMED_OUT; // it has survived, and there is no more to tell of it
        }
        boolean isCleared = !inTime || !leaveNobody || clear(process);
        Duration wall = Duration.ofNanos(System.nanoTime() - beganNs);
        if (stats) {
            err.print(Statistics.of(process, wall));
            err.flush();
        }
        if (process.exitStatus() instanceof ExitStatus.OutOfMemory) {
            say("it was killed, as it wanted more memory than it may have");
        }
        if (!inTime) {
            return TIMED_OUT;
        }
        int exitCode = process.exitValue();
        return exitCode == 0 && !isCleared ? SURVIVED : exitCode;
    }

    private int fail(IOException e) {
        say(e.getMessage());
        return e instanceof SpawnException failed ? exitCode(failed) : NOT_STARTED;
    }

    private void say(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + what);
        err.flush();
    }

    /** Ends all processes that are left. Returns false if one has survived. */
    private boolean clear(PidfdProcess process) {
        try {
            process.teardown().join();
            return true;
        } catch (CompletionException e) {
            say(e.getCause().getMessage());
            return false;
        }
    }

    private Teardown teardown() {
        // Whoever ends us means the program.
        Teardown gentle = Teardown.first(Signal.TERM, GRACE).then(Signal.KILL, GRACE).atShutdown();
        if (place != null) {
            return gentle.ofCgroup();
        }
        return leaveNobody ? gentle.ofGroup() : gentle;
    }

    private EmptyProcess request() {
        return checked(() -> configured(PidfdProcess.builder(program())));
    }

    /** What the dynamic linker reads of the environment must be that of the process. */
    private SpawnTemplate template() throws SpawnException {
        SpawnTemplate.Builder builder =
                checked(
                        () -> {
                            SpawnTemplate.Builder made =
                                    SpawnTemplate.builder(program()).warm(Warm.on().parked(1));
                            environment.forEach(made::env);
                            return directory == null ? made : made.directory(directory);
                        });
        return builder.build();
    }

    private EmptyProcess configured(EmptyProcess request) {
        request.args(arguments()).strategy(strategy()).teardown(teardown()).inheritIO();
        sandbox.apply(request, memory); // first: it has a directory, too
        if (place != null && sandbox.isAsked()) {
            throw new IllegalArgumentException("--sandbox has a cgroup of its own");
        }
        if (place != null) {
            request.cgroup(place);
        }
        environment.forEach(request::env);
        attributes.apply(request);
        return directory == null ? request : request.directory(directory);
    }

    /** Does what the command line may have got wrong. */
    private <T> T checked(Supplier<T> step) {
        try {
            return step.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    SpawnStrategy strategy() {
        return chosen == null ? SpawnStrategy.automatic() : chosen;
    }

    String program() {
        return command.get(0);
    }

    List<String> arguments() {
        return command.subList(1, command.size());
    }

    /** Waits for the exit. Returns false if the time was up and the program was to be ended. */
    private boolean await(PidfdProcess process) throws InterruptedException {
        if (timeout == null) {
            process.waitFor();
            return true;
        }
        boolean inTime = process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (!inTime) {
            end(process);
        }
        return inTime;
    }

    /** By its teardown. Somebody who survives that changes no exit code, as with timeout(1). */
    private void end(PidfdProcess process) {
        try {
            process.close();
        } catch (IOException e) {
            say(e.getMessage());
        }
    }

    /** As env(1) and timeout(1) have it. */
    private static int exitCode(SpawnException e) {
        switch (e.step()) {
            case "exec":
            case "posix_spawn":
                return e.errno() == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
            default:
                return NOT_STARTED;
        }
    }
}
