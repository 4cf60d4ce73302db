// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.os.Fd;
import io.github.spawn4j.internal.os.FirstUse;
import io.github.spawn4j.internal.os.Io;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Several processes, each of which reads what the one before it writes. They are joined by pipes of
 * the kernel, so nothing passes through the JVM, and each process has only the two ends that it
 * needs. One thread at a time.
 *
 * <pre>{@code
 * CommandResult result = Pipeline.of(
 *         PidfdProcess.builder("git", "log", "--format=%an"),
 *         PidfdProcess.builder("sort"),
 *         PidfdProcess.builder("uniq", "-c"))
 *     .run(RunOptions.timeout(ofSeconds(10)));
 * }</pre>
 *
 * <p>Streams that lead to no other stage keep their redirects: standard input of the first stage,
 * standard output of the last one, standard error of all. If there are several stages, none can
 * have a terminal. A pipeline can be started once; its stages are then used up, even if the start
 * fails.
 */
public final class Pipeline {
    private static final String[] STREAM_NAMES = {
        "standard input", "standard output", "standard error"
    };

    private final List<EmptyProcess> stages;
    private boolean sharesStderr;

    private Pipeline(List<EmptyProcess> stages) {
        this.stages = stages;
    }

    /** The pipeline of one process. */
    Pipeline(EmptyProcess stage) {
        this(List.of(stage));
    }

    /**
     * Begins a pipeline.
     *
     * @param stages the processes, each to be started by the pipeline and nobody else
     * @return the pipeline
     * @throws IllegalArgumentException if there is no stage, or one comes twice
     */
    public static Pipeline of(EmptyProcess... stages) {
        List<EmptyProcess> all = List.copyOf(Arrays.asList(stages));
        if (all.isEmpty()) {
            throw new IllegalArgumentException("a pipeline needs a stage");
        }
        if (all.stream().distinct().count() < all.size()) {
            throw new IllegalArgumentException("one process is given as two stages");
        }
        return new Pipeline(all);
    }

    /**
     * Begins the pipeline that {@link ProcessBuilder#startPipeline} would start.
     *
     * <pre>{@code
     * List<PidfdProcess> stages = Pipeline.from(builders).start(); // was: ProcessBuilder.startPipeline(builders)
     * }</pre>
     *
     * @param builders the processes, each as {@link EmptyProcess#from} takes it over
     * @return the pipeline
     * @throws IllegalArgumentException if there is no builder, or one is redirected where the
     *     pipeline needs a pipe, or as for {@link EmptyProcess#from}
     */
    public static Pipeline from(List<ProcessBuilder> builders) {
        for (int i = 0; i < builders.size(); i++) {
            ProcessBuilder builder = builders.get(i);
            refuse(i > 0, "redirectInput()", "first", builder.redirectInput());
            refuse(i + 1 < builders.size(), "redirectOutput()", "last", builder.redirectOutput());
        }
        return of(builders.stream().map(EmptyProcess::from).toArray(EmptyProcess[]::new));
    }

    private static void refuse(
            boolean isLinked, String stream, String exception, ProcessBuilder.Redirect redirect) {
        if (isLinked && redirect.type() != ProcessBuilder.Redirect.Type.PIPE) {
            throw new IllegalArgumentException(
                    "builder "
                            + stream
                            + " must be PIPE except for the "
                            + exception
                            + " builder: "
                            + redirect);
        }
    }

    /**
     * Gives the same pipe to all stages whose standard error is a pipe, so that their messages
     * arrive in the order in which they were written. It is read as the last stage's standard
     * error.
     *
     * @return this
     */
    public Pipeline sharedStderr() {
        sharesStderr = true;
        return this;
    }

    /** What becomes of the processes. */
    interface Adopter<T> {
        /** Takes over a process that has just been started. */
        T adopt(EmptyProcess process, Newborn newborn) throws IOException;

        /** Ends a process, as a later one could not be started. */
        void discard(T started);
    }

    /**
     * Starts the processes.
     *
     * @return the running processes, in the order of the pipeline
     * @throws SpawnException if one cannot be started; those that had been are killed, and have
     *     ended
     * @throws IllegalStateException if a stage has been started before, if it is redirected where
     *     the pipeline needs a pipe, or if {@linkplain SpawnStrategy#JDK the JDK} is to start some
     *     stages and not others; nothing has been started then
     */
    public List<PidfdProcess> start() throws SpawnException {
        check();
        return start(
                new Adopter<>() {
                    @Override
                    public PidfdProcess adopt(EmptyProcess process, Newborn newborn)
                            throws IOException {
                        return process.adopt(newborn);
                    }

                    @Override
                    public void discard(PidfdProcess started) {
                        started.discard();
                        started.onExit().join(); // SIGKILL does not take long
                    }
                });
    }

    /**
     * Runs the processes to their end, as {@link EmptyProcess#run} does; the input is the first
     * one's, standard output the last one's, standard error each one's own unless they share one.
     * All are torn down together, each by its own teardown.
     *
     * @param options how
     * @return how it ended
     * @throws SpawnException if a process cannot be started
     * @throws CommandException if it was not as {@code options} demand; it names the stage
     * @throws InterruptedException if the thread was or is interrupted; nobody is left then
     * @throws IllegalStateException as for {@link #start}, or if an input is given that the first
     *     stage does not read
     */
    public CommandResult run(RunOptions options)
            throws SpawnException, CommandException, InterruptedException {
        options.checkIsWaitedFor();
        return begin(options).await();
    }

    /**
     * Begins to {@linkplain #run run} the processes, and does not wait.
     *
     * @param options how
     * @return completed, by a thread of the library, with what {@code run} would return or throw;
     *     it has the pids, and takes signals and input. Cancelling it tears the processes down
     * @throws IllegalStateException as for {@code run}
     */
    public RunningCommand runAsync(RunOptions options) {
        try {
            return begin(options).future();
        } catch (SpawnException e) {
            return RunningCommand.failed(e);
        }
    }

    private Run begin(RunOptions options) throws SpawnException {
        check();
        if (options.leavesNobody()) {
            stages.forEach(EmptyProcess::checkLeaveNobody); // all of them, before one is changed
            stages.forEach(EmptyProcess::leaveNobody);
        }
        return begun(within(options));
    }

    /** The same, with the time that the sandboxes leave, of which nobody may be left either. */
    private RunOptions within(RunOptions options) {
        RunOptions narrowed = options;
        for (EmptyProcess stage : stages) {
            stage.beRun();
            if (stage.sandbox != null) {
                narrowed = narrowed.within(stage.sandbox);
            }
        }
        return narrowed;
    }

    private Run begun(RunOptions options) throws SpawnException {
        FirstUse.prepare(FirstUse.RUN);
        Run run = new Run(options, stages.size());
        run.connectInput(stages.get(0));
        run.begin(start(run), sharesStderr);
        return run;
    }

    private <T> List<T> start(Adopter<T> adopter) throws SpawnException {
        if (stages.get(0).isStartedByJdk()) {
            return startByJdk(adopter);
        }
        // With room for all: to add one that runs must not want memory.
        List<T> started = new ArrayList<>(stages.size());
        try (Plumbing plumbing = new Plumbing()) {
            for (EmptyProcess stage : stages) {
                boolean isLast = started.size() + 1 == stages.size();
                plumbing.connect(stage, isLast);
                started.add(
                        stage.start(
                                newborn ->
                                        adopter.adopt(
                                                stage,
                                                isLast ? plumbing.complete(newborn) : newborn)));
            }
            return started;
        } catch (SpawnException | RuntimeException | Error e) {
            started.forEach(process -> discard(adopter, process, e));
            throw e;
        } finally {
            stages.forEach(EmptyProcess::useUp);
        }
    }

    /** The JDK makes the pipes, and starts all stages or none. */
    private <T> List<T> startByJdk(Adopter<T> adopter) throws SpawnException {
        EmptyProcess first = stages.get(0);
        if (sharesStderr && stages.size() > 1) {
            throw JdkCommand.refusal(first, "sharedStderr");
        }
        List<T> started = new ArrayList<>(stages.size());
        List<Process> processes = new ArrayList<>();
        try {
            List<JdkCommand> commands = new ArrayList<>();
            for (EmptyProcess stage : stages) {
                commands.add(stage.jdkCommand());
            }
            processes.addAll(JdkCommand.start(commands));
            for (int i = 0; i < stages.size(); i++) {
                EmptyProcess stage = stages.get(i);
                boolean isLast = i + 1 == stages.size();
                started.add(
                        stage.adoptOfJdk(
                                processes.get(i),
                                newborn -> adopter.adopt(stage, newborn),
                                i == 0 && stage.streams[0].isPipe(),
                                isLast && stage.streams[1].isPipe(),
                                stage.streams[2].isPipe()));
            }
            return started;
        } catch (SpawnException | RuntimeException | Error e) {
            started.forEach(process -> discard(adopter, process, e));
            processes.forEach(Process::destroyForcibly);
            throw e;
        } finally {
            stages.forEach(EmptyProcess::useUp);
        }
    }

    /** Whatever goes wrong with one, the others are to be ended as well. */
    private static <T> void discard(Adopter<T> adopter, T started, Throwable reason) {
        try {
            adopter.discard(started);
        } catch (RuntimeException | Error e) {
            reason.addSuppressed(e);
        }
    }

    private void check() {
        for (int i = 0; i < stages.size(); i++) {
            stages.get(i).check();
            if (stages.size() > 1 && stages.get(i).terminal != null) {
                throw new IllegalStateException(
                        "stage " + i + " (" + stages.get(i) + ") is to have a terminal");
            }
            if (stages.get(i).isStartedByJdk() != stages.get(0).isStartedByJdk()) {
                throw new IllegalStateException(
                        "the JDK would start some stages of the pipeline, and not others");
            }
            if (i > 0) {
                checkPipe(i, 0);
            }
            if (i + 1 < stages.size()) {
                checkPipe(i, 1);
            }
        }
    }

    private void checkPipe(int stage, int fd) {
        Redirect redirect = stages.get(stage).streams[fd];
        if (!redirect.isPipe()) {
            throw new IllegalStateException(
                    "stage "
                            + stage
                            + " ("
                            + stages.get(stage)
                            + ") has "
                            + STREAM_NAMES[fd]
                            + " "
                            + redirect
                            + ", not the pipeline's");
        }
    }

    /** The pipes of one start. Our copies are closed as soon as the processes have theirs. */
    private final class Plumbing implements AutoCloseable {
        /** What the stage that is being started reads and writes; null where that is not ours. */
        private Fd stdin;

        private Fd stdout;

        /** What the next stage will read. */
        private Fd next;

        /** Null until the first stage writes to it. */
        private Io.Pipe stderr;

        /** What we read of it; null if nobody shares it, and when the last process has it. */
        private Fd shared;

        void connect(EmptyProcess stage, boolean isLast) throws SpawnException {
            close(stdin);
            close(stdout);
            stdin = next;
            stdout = null;
            next = null;
            try {
                if (!isLast) {
                    Io.Pipe pipe = Io.pipe();
                    next = pipe.reader();
                    stdout = pipe.writer();
                    stage.stdout(Redirect.link(stdout.number()));
                }
                if (stdin != null) {
                    stage.stdin(Redirect.link(stdin.number()));
                }
                if (sharesStderr && stage.streams[2].isPipe()) {
                    if (stderr == null) {
                        stderr = Io.pipe();
                    }
                    stage.stderr(Redirect.link(stderr.writer().number()));
                }
                if (isLast && stderr != null) {
                    shared = Io.unblocked(stderr.reader()); // now, when failing harms nobody yet
                }
            } catch (IOException e) {
                throw SpawnException.of(stage.program, stage.directory, e);
            }
        }

        /** Gives the last process what all share. */
        Newborn complete(Newborn newborn) {
            if (shared != null) {
                newborn.stderr(shared);
                shared = null; // it is the process' now
            }
            return newborn;
        }

        @Override
        public void close() {
            close(stdin);
            close(stdout);
            close(next);
            close(shared);
            if (stderr != null) {
                close(stderr.reader());
                close(stderr.writer());
            }
        }

        private static void close(Fd fd) {
            if (fd != null) {
                fd.close();
            }
        }
    }
}
