// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.cgroup.MemoryWatch;
import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.FirstUse;
import io.github.spawn4j.internal.start.ExecutableSource;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.teardown.Shutdown;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that is configured but does not exist yet: what {@link PidfdProcess#builder} and {@link
 * SpawnTemplate#prepare} give, and {@link #start} runs, once. One thread at a time.
 *
 * <pre>{@code
 * PidfdProcess make = PidfdProcess.builder("make", "-j8").directory(project).stderr(Redirect.STDOUT).start();
 * }</pre>
 *
 * <p>What a child has by default:
 *
 * <table>
 * <caption>Defaults</caption>
 * <tr><th>Standard streams</th><td>pipes to the JVM; they block, ours do not</td></tr>
 * <tr><th>Other descriptors</th><td>none, whatever the JVM has open</td></tr>
 * <tr><th>Environment</th><td>that of the JVM when the library was first used, byte for byte</td></tr>
 * <tr><th>Directory, root, umask, limits, ids, cgroup, session, process group</th><td>the JVM's</td></tr>
 * <tr><th>Soft limit of open files</th><td>what the JVM {@linkplain #inheritLimits was started
 *     with}, if that is known</td></tr>
 * <tr><th>Signals</th><td>none blocked, default dispositions for all</td></tr>
 * <tr><th>Niceness, scheduling, affinity</th><td>those of the calling thread</td></tr>
 * </table>
 *
 * <p>If the program's name contains a slash, it is a path, relative to {@link
 * #directory(java.nio.file.Path) directory}. Otherwise it is searched in PATH: the child's if that
 * was changed here, else the JVM's. Empty entries of PATH are skipped; without PATH it is {@code
 * /bin:/usr/bin}. A file that the kernel cannot execute (a script without {@code #!}) is an error,
 * ENOEXEC. {@link #from} does both as {@link ProcessBuilder} does.
 *
 * <p>It is empty first, and then running or dead. After a start every method throws {@link
 * IllegalStateException}, whether the start has succeeded or failed. After a failure there is no
 * process, and nothing to clean up.
 */
public final class EmptyProcess extends ProcessSettings<EmptyProcess> {
    private enum State {
        EMPTY,
        RUNNING,
        DEAD
    }

    /** Null where the program is looked up at the start. */
    final ExecutableSource source;

    private State state = State.EMPTY;

    private boolean isRun;

    /** Of its sandbox, once it is being started; or null. */
    private Enclosure enclosure;

    /** Whether the program is found, and failures are told, as {@link ProcessBuilder} does it. */
    final boolean isLikeProcessBuilder;

    EmptyProcess(String program) {
        this(program, false);
    }

    private EmptyProcess(String program, boolean isLikeProcessBuilder) {
        super(program);
        this.isLikeProcessBuilder = isLikeProcessBuilder;
        source = null;
    }

    EmptyProcess(ProcessSettings<?> template, ExecutableSource source) {
        super(template);
        this.source = source;
        isLikeProcessBuilder = false;
    }

    private EmptyProcess(EmptyProcess other) {
        super(other);
        source = other.source == null ? null : other.source.another();
        isLikeProcessBuilder = other.isLikeProcessBuilder;
    }

    /**
     * Another process with the same description; later changes of either do not affect the other.
     * So one description that is never started itself can serve any number of processes. Unlike a
     * {@link SpawnTemplate}, it holds nothing open and looks its program up at each start.
     *
     * <pre>{@code
     * EmptyProcess lint = PidfdProcess.builder("ruff", "check", "--quiet").directory(repo);
     * for (Path file : changed) {
     *   lint.copy().args(file.toString()).run(RunOptions.timeout(ofSeconds(30)));
     * }
     * }</pre>
     *
     * <p>Several threads may copy a description at once, as long as nobody changes it.
     *
     * @return an empty process
     * @throws IllegalStateException if this one was started before, or could not be
     */
    public EmptyProcess copy() {
        return new EmptyProcess(changeable());
    }

    /**
     * Takes over command, environment, directory and redirects of a {@link ProcessBuilder}, and how
     * it finds and runs a program:
     *
     * <ul>
     *   <li>a name without a slash is searched in the JVM's PATH, also where the child has another
     *       one; empty and relative directories in it count from the child's directory;
     *   <li>a file that is no program, a script without {@code #!}, is run by {@code /bin/sh};
     *   <li>variables that were not changed keep their bytes;
     *   <li>{@linkplain #inheritLimits limits} are the JVM's;
     *   <li>a file for standard error is opened even if standard error is merged;
     *   <li>what fails is an {@link java.io.IOException} with the text and the kind of cause that
     *       JDK 17 has, and more text behind it.
     * </ul>
     *
     * <pre>{@code
     * Process process = EmptyProcess.from(processBuilder).start(); // was: processBuilder.start()
     * }</pre>
     *
     * <p>{@code docs/differences.md} lists what is different.
     *
     * @param builder the builder; later changes of it have no effect. It is not changed, but it is
     *     asked for its {@link ProcessBuilder#environment() environment}, and from then on its own
     *     {@code start()} passes on variables only
     * @return a process that would do the same
     * @throws IllegalArgumentException if the command is empty, or contains what no process can
     *     have; or if the name of a file or directory cannot be encoded, so that the JDK would open
     *     another one
     */
    public static EmptyProcess from(ProcessBuilder builder) {
        List<String> command = builder.command();
        EmptyProcess process = new EmptyProcess(program(command), true);
        process.searchedByChild = Environment.inheritedSearchPath();
        process.inheritLimits();
        process.arguments(command);
        process.environment.replaceLikeProcessBuilder(builder.environment());
        File directory = builder.directory();
        if (directory != null) {
            Text.encodeName("directory", directory.getPath());
            process.directory(directory.toPath());
        }
        process.stdin(Redirect.like(builder.redirectInput()));
        process.stdout(Redirect.like(builder.redirectOutput()));
        process.stderr(
                builder.redirectErrorStream()
                        ? Redirect.merged(builder.redirectError())
                        : Redirect.like(builder.redirectError()));
        return process;
    }

    @Override
    EmptyProcess changeable() {
        if (state != State.EMPTY) {
            throw new IllegalStateException(
                    state == State.RUNNING
                            ? "the process has been started"
                            : "the start has failed");
        }
        return this;
    }

    /**
     * Starts the process and waits until it executes its program.
     *
     * <p>The calling thread is suspended meanwhile. An interrupt does not end that.
     *
     * @return the running process
     * @throws SpawnException if it cannot be started; nothing is left of it then. Before anything
     *     is done, with EOPNOTSUPP, if its strategy cannot express it, and with ENOSYS if the
     *     strategy is not {@linkplain SpawnStrategy#isSupported() supported} here
     * @throws IllegalStateException if {@code start} was called before; or, with nothing done and
     *     still to be put right, if {@link #terminal(WindowSize) terminal} is contradicted: by no
     *     stream that leads there, by one that leads there without it, or by a {@link #processGroup
     *     processGroup} that exists already
     */
    public PidfdProcess start() throws SpawnException {
        return start(
                new Adoption<>() {
                    @Override
                    public PidfdProcess adopt(Newborn newborn) throws IOException {
                        return EmptyProcess.this.adopt(newborn);
                    }
                });
    }

    /** The process that has just been started as this says. */
    PidfdProcess adopt(Newborn newborn) throws IOException {
        return new PidfdProcess(newborn, hasInterruptibleStreams, teardown, cgroup, enclosure);
    }

    /**
     * Starts the process, gives it its input, reads all its output, and waits until both the
     * process and its output have ended. All of this happens at the same time, so that no full pipe
     * can block anybody.
     *
     * <pre>{@code
     * String head = PidfdProcess.builder("git", "rev-parse", "HEAD")
     *     .run(RunOptions.timeout(ofSeconds(5))).stdout().text().strip();
     * }</pre>
     *
     * <p>If standard input is a pipe, as it is by default, and {@code options} give no input, it is
     * /dev/null instead. If a run takes too long, fails in another way or is interrupted, the
     * process is {@linkplain #teardown(Teardown) torn down}, and that is over before this method
     * returns. If another process keeps an output open, the run waits for it as long as {@link
     * RunOptions#linger} says, and {@link CapturedOutput#isCut} tells that the output was cut.
     *
     * <p>If the process is on a {@linkplain #terminal(WindowSize) terminal}, standard output is
     * what the terminal shows. The input is typed, including keys that send signals, and after it
     * the end of input, even if there is no input.
     *
     * @param options how
     * @return how it ended
     * @throws SpawnException if it cannot be started
     * @throws CommandException if it did not end as {@code options} demand
     * @throws InterruptedException if the thread was or is interrupted; the process is gone then
     * @throws IllegalStateException if {@code start} or {@code run} was called before, or if there
     *     is an input but standard input is no pipe, nor a terminal that it can be typed on
     */
    public CommandResult run(RunOptions options)
            throws SpawnException, CommandException, InterruptedException {
        return new Pipeline(this).run(options);
    }

    /**
     * Begins to {@linkplain #run run} the process, and does not wait; no thread waits for it
     * either.
     *
     * <pre>{@code
     * RunningCommand build = PidfdProcess.builder("make", "-j8").runAsync(RunOptions.noTimeout());
     * build.thenAccept(result -> log.info("built in {}", result.duration()));
     * stopButton.onClick(() -> build.cancel(true)); // tears it down
     * }</pre>
     *
     * @param options how
     * @return completed, by a thread of the library, with what {@code run} would return or throw;
     *     it has the pid, and takes signals and input. Cancelling it tears the process down
     * @throws IllegalStateException as for {@code run}
     */
    public RunningCommand runAsync(RunOptions options) {
        return new Pipeline(this).runAsync(options);
    }

    /** Makes sure that it is not started any more. */
    void useUp() {
        if (state == State.EMPTY) {
            state = State.DEAD;
        }
    }

    /** Has it started by a run, which reads its output. */
    void beRun() {
        isRun = true;
    }

    /** Of its sandbox, or null. */
    Enclosure enclosure() {
        return enclosure;
    }

    /** What is made of an output. */
    Capture within(Capture capture) {
        return sandbox == null ? capture : capture.within(sandbox.output());
    }

    /** Has its teardown reach all that can be reached. */
    void leaveNobody() {
        teardown = teardownOrDefault().widened(cgroup != null);
        checkTeardown();
    }

    /** Refuses what {@link #leaveNobody} could not do. */
    void checkLeaveNobody() {
        if (teardownOrDefault().widened(cgroup != null).needsGroup()) {
            checkOwnGroup();
        }
    }

    Teardown teardownOrDefault() {
        return teardown == null ? Teardown.DEFAULT : teardown;
    }

    /** What is made of a child that has just been started. */
    interface Adoption<T> {
        T adopt(Newborn newborn) throws IOException;
    }

    /** Starts the process for {@code adoption}. */
    <T> T start(Adoption<T> adoption) throws SpawnException {
        check();
        if (isStartedByJdk()) {
            return adoptOfJdk(jdkCommand().start(), adoption, pipes());
        }
        requireNativeHalf();
        FirstUse.prepare(FirstUse.START);
        if (terminal != null) {
            FirstUse.prepare(FirstUse.TERMINAL);
        }
        if (teardown != null || cgroup != null || sandbox != null) {
            FirstUse.prepare(FirstUse.GROUP);
        }
        Launched launched = new Launched();
        try {
            if (sandbox != null) {
                enclosure = Enclosure.around(this, isRun);
            }
            state = State.DEAD;
            launched.memory(memoryWatch());
            KernelCommand.launch(this, launched);
            T adopted = adoption.adopt(new KernelNewborn(launched));
            state = State.RUNNING;
            return adopted;
        } catch (LaunchException e) {
            boolean isFile = e.step().equals(Outcome.OPEN) && e.index() < 0;
            throw isLikeProcessBuilder && isFile
                    ? SpawnException.ofFile(program, directory, e)
                    : SpawnException.of(program, directory, e);
        } catch (IOException e) {
            throw SpawnException.of(program, directory, e);
        } finally {
            if (state != State.RUNNING) {
                state = State.DEAD;
                launched.abandon(); // whatever it was that has come in between
                if (enclosure != null) {
                    enclosure.remove();
                }
            }
        }
    }

    /** Null where nobody can tell what it dies of. */
    private MemoryWatch memoryWatch() {
        return ownCgroup == null
                ? null
                : MemoryWatch.begin(Access.control().memoryKills(ownCgroup));
    }

    /**
     * What the JDK is to start; whatever comes of that, this is used up.
     *
     * @throws SpawnException if it cannot express what is described, or the template is closed
     */
    JdkCommand jdkCommand() throws SpawnException {
        JdkCommand command = JdkCommand.of(this);
        try {
            if (source != null) {
                source.checkOpen();
            }
        } catch (IOException e) {
            throw SpawnException.of(program, directory, e);
        }
        state = State.DEAD;
        return command;
    }

    /**
     * Has {@code adoption} take over what the JDK has started.
     *
     * @param pipes which of its standard streams lead here
     */
    <T> T adoptOfJdk(Process process, Adoption<T> adoption, boolean... pipes)
            throws SpawnException {
        try {
            T adopted = adoption.adopt(new JdkNewborn(process, pipes));
            state = State.RUNNING;
            return adopted;
        } catch (IOException e) {
            throw SpawnException.of(program, directory, e);
        } finally {
            if (state != State.RUNNING) {
                process.destroyForcibly(); // as nobody else can
            }
        }
    }

    /** Which standard streams are pipes. */
    private boolean[] pipes() {
        boolean[] pipes = new boolean[Launched.STREAMS];
        for (int fd = 0; fd < Launched.STREAMS; fd++) {
            pipes[fd] = streams[fd].isPipe();
        }
        return pipes;
    }

    /** Whether the child itself is to search, as somebody has asked for that. */
    boolean isSearchedByChild() {
        return searchedByChild != null && !isLikeProcessBuilder;
    }

    /** Refuses what cannot be, before anything is started. */
    void check() {
        changeable();
        checkTerminal();
        checkTeardown();
    }

    private void checkTeardown() {
        if (teardown != null && teardown.needsGroup()) {
            leadGroup();
        }
        if (teardown != null && teardown.needsCgroup() && cgroup == null) {
            throw new IllegalStateException("a teardown of a cgroup, but no cgroup to start in");
        }
        if (teardown != null && teardown.isAtShutdown() && Shutdown.hasBegun()) {
            throw new IllegalStateException("a teardown at shutdown, which has begun already");
        }
    }

    private void checkTerminal() {
        boolean isUsed = false;
        for (Redirect stream : streams) {
            isUsed |= stream == Redirect.TERMINAL;
        }
        if (terminal == null) {
            refuse(isUsed, "Redirect.TERMINAL without terminal(size)");
            return;
        }
        refuse(!isUsed, "terminal(size), but no stream is Redirect.TERMINAL");
        refuse(group > 0, "terminal(size) and processGroup(" + group + "): it starts a session");
        if (group == 0) {
            // The leader of a session has a group of its own, and setpgid(2) refuses it even that.
            withoutAttribute(RequestLayout.PROCESS_GROUP);
        }
    }

    private static void refuse(boolean condition, String what) {
        if (condition) {
            throw new IllegalStateException(what);
        }
    }

    /** The program and how many arguments it gets, but not which: one may be a password. */
    @Override
    public String toString() {
        return describe(command());
    }

    /** Program and arguments, as they were given. */
    List<String> command() {
        List<String> command = new ArrayList<>(1 + shownArguments.size());
        command.add(program);
        command.addAll(shownArguments);
        return List.copyOf(command);
    }

    /** What a message may show of a command. */
    static String describe(List<String> command) {
        int arguments = command.size() - 1;
        String count =
                switch (arguments) {
                    case 0 -> "";
                    case 1 -> " with 1 argument";
                    default -> " with " + arguments + " arguments";
                };
        return "\"" + Text.printable(command.get(0)) + "\"" + count;
    }
}
