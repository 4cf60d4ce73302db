// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.cgroup.MemoryWatch;
import io.github.spawn4j.internal.child.Child;
import io.github.spawn4j.internal.launch.Action;
import io.github.spawn4j.internal.launch.ActionEncoder;
import io.github.spawn4j.internal.launch.Attribute;
import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.OpenCgroup;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.FirstUse;
import io.github.spawn4j.internal.os.Foreground;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.os.Pty;
import io.github.spawn4j.internal.start.ExecutableSource;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.internal.start.TemplateProgram;
import io.github.spawn4j.internal.teardown.Shutdown;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A process that is configured but does not exist yet: what {@link PidfdProcess#builder} and {@link
 * SpawnTemplate#prepare} give, and {@link #start} runs, once. One thread at a time.
 *
 * <pre>{@code
 * PidfdProcess make = PidfdProcess.builder("make", "-j8").directory(project).stderr(Redirect.STDOUT).start();
 * }</pre>
 *
 * <p>What a child has if nothing else is said:
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
 * <p>The program is a path if its name contains a slash, relative to {@link
 * #directory(java.nio.file.Path) directory}; else it is searched in PATH: that of the child where
 * it was changed here, else the JVM's. Empty entries of PATH are skipped; without PATH it is {@code
 * /bin:/usr/bin}. A file that the kernel cannot execute (a script without {@code #!}) is an error,
 * ENOEXEC. {@link #from} does both as {@link ProcessBuilder} does.
 *
 * <p>States: empty, then running or dead. After a start that has succeeded every method throws
 * {@link IllegalStateException}, after one that has failed too; there is then no process, and
 * nothing to clean up.
 */
public final class EmptyProcess extends ProcessSettings<EmptyProcess> {
    private enum State {
        EMPTY,
        RUNNING,
        DEAD
    }

    /** Null where the program is looked up at the start. */
    private final ExecutableSource source;

    private State state = State.EMPTY;

    private boolean isRun;

    /** Of its sandbox, once it is being started; or null. */
    private Enclosure enclosure;

    /** Whether the program is found, and failures are told, as {@link ProcessBuilder} does it. */
    private final boolean isLikeProcessBuilder;

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
     * Another process of the same description, which can be changed without a change of this one: a
     * description that is never started itself serves any number of processes. Unlike a {@link
     * SpawnTemplate} it holds nothing open, and looks its program up at each start.
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
     *     asked for its {@link ProcessBuilder#environment() environment}, after which its own
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
     * <p>The calling thread is suspended meanwhile; an interrupt does not end that, as no system
     * call knows of it.
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
     * process and its output have ended. All of it at once, so that no pipe is ever full while
     * somebody waits.
     *
     * <pre>{@code
     * String head = PidfdProcess.builder("git", "rev-parse", "HEAD")
     *     .run(RunOptions.timeout(ofSeconds(5))).stdout().text().strip();
     * }</pre>
     *
     * <p>Standard input that is a pipe, as it is by default, and for which {@code options} have
     * nothing is /dev/null instead. A run that takes too long, or goes wrong otherwise, ends with
     * the {@linkplain #teardown(Teardown) teardown} of the process, as does an interrupt; it is
     * over before this method returns. Output that somebody else keeps open is waited for as long
     * as {@link RunOptions#linger} says, and {@link CapturedOutput#isCut} tells that it was cut.
     *
     * <p>Of a process on a {@linkplain #terminal(WindowSize) terminal}, standard output is what the
     * terminal shows. The input is typed, keys that signal among it, and then the end of input,
     * also where there is none.
     *
     * @param options how
     * @return how it ended
     * @throws SpawnException if it cannot be started
     * @throws CommandException if it was not as {@code options} demand
     * @throws InterruptedException if the thread was or is interrupted; the process is gone then
     * @throws IllegalStateException if {@code start} or {@code run} was called before, or if there
     *     is an input but standard input is no pipe, nor a terminal that it can be typed on
     */
    public CommandResult run(RunOptions options)
            throws SpawnException, CommandException, InterruptedException {
        return new Pipeline(this).run(options);
    }

    /**
     * Begins to {@linkplain #run run} the process, and does not wait; there is no thread for it.
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
            launch(launched);
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

    private void launch(Launched launched) throws IOException {
        if (terminal != null && strategy == SpawnStrategy.POSIX_SPAWN) {
            throw new LaunchException(
                    "posix_spawn cannot express terminal",
                    -1,
                    Errno.EOPNOTSUPP,
                    "",
                    Outcome.alternatives(changeOfIds() != null));
        }
        if (strategy == SpawnStrategy.VFORK && changeOfIds() != null) {
            throw new LaunchException(
                    "vfork cannot express " + changeOfIds(),
                    -1,
                    Errno.EOPNOTSUPP,
                    "",
                    Outcome.alternatives(true));
        }
        if (directory != null && !isLikeProcessBuilder) {
            ProgramLookup.checkDirectory(encodedDirectory, directory);
        }
        if (source == null) {
            launch(launched, find(), null);
            return;
        }
        while (true) {
            TemplateProgram current = source.current();
            PinnedExecutable executable = current.executable();
            launched.warm(current.warm());
            try (PinnedExecutable.Use use = executable.use()) {
                launch(launched, executable.path(), use);
                return;
            } catch (LaunchException e) {
                if (!PinnedExecutable.isStale(e) || !source.replace(current)) {
                    throw e;
                }
            }
        }
    }

    /** Starts the program at {@code path}, or the one that {@code use} holds open. */
    private void launch(Launched launched, byte[] path, PinnedExecutable.Use use)
            throws IOException {
        Child.prepare();
        if (teardownOrDefault().isToBeReleased()) {
            Leftovers.prepare(); // as it is released when the process is dropped
        }
        Collection<Attribute> attributes = taken();
        RequestEncoder request =
                new RequestEncoder(sources(use != null), attributes.size() + 1, records());
        try (OpenCgroup.Use group = openCgroup();
                Pty pty = terminal == null ? null : Pty.open(terminal.rows(), terminal.columns())) {
            if (inheritsSignals) {
                request.inheritSignals();
            }
            if (group != null) {
                group.encode(request); // first: it is born there
            }
            if (!attributes.isEmpty()) {
                attributes.forEach(request::attribute);
            }
            if (pty != null) {
                request.actions().terminal(pty.peer());
            }
            Foreground foreground = foregroundToLend();
            int[] sources = encodeActions(request, foreground != null);
            request.program(path, arguments, environment.encoded());
            if (searches()) {
                request.search(searchDirectories());
            }
            if (isLikeProcessBuilder) {
                request.asExecvp();
            }
            if (use != null) {
                use.encode(request, strategy != SpawnStrategy.POSIX_SPAWN);
            }
            launched.launch(request, strategy.code(), pty, foreground, sources);
        }
    }

    /** Null where the child stays in the JVM's cgroup. */
    private OpenCgroup.Use openCgroup() throws IOException {
        if (ownCgroup != null) {
            return Access.control().use(ownCgroup);
        }
        return cgroup == null ? null : OpenCgroup.once(cgroup);
    }

    /**
     * Null unless it would be stopped by its first read: in a group of its own, but on our
     * terminal.
     */
    private Foreground foregroundToLend() {
        boolean isReader = streams[0] == Redirect.INHERIT && group == 0;
        boolean isInSession = !hasAttribute(RequestLayout.SESSION);
        return isReader && isInSession && strategy != SpawnStrategy.POSIX_SPAWN
                ? Foreground.toLend()
                : null;
    }

    /**
     * Streams, the terminal and the descriptor of a template need a source each, and each action
     * may need one.
     */
    private int sources(boolean isOfTemplate) {
        return Launched.STREAMS
                + (terminal == null ? 0 : 1)
                + (isOfTemplate ? 1 : 0)
                + mapped.size()
                + actions.size();
    }

    /**
     * Streams, the file of a merged one, terminal or foreground, directory and an inherited signal
     * mask are an action each, and what an action leaves open parts what is closed in the end.
     */
    private int records() {
        int own = 0;
        for (int i = 0; i < actions.size(); i++) {
            own += actions.get(i).records();
        }
        int kept = mapped.size() + actions.size();
        return Launched.STREAMS + 4 + mapped.size() + own + ActionEncoder.maxClosing(kept);
    }

    private boolean searches() {
        return searchDirectories() != null && source == null && program.indexOf('/') < 0;
    }

    /**
     * Where the child is to search; null where the JVM does. In another root only the child can.
     */
    private byte[] searchDirectories() {
        return searchedByChild == null && hasAttribute(RequestLayout.CHROOT)
                ? environment.searchPath()
                : searchedByChild;
    }

    private byte[] find() throws LaunchException {
        boolean movable = !program.startsWith("/") && program.indexOf('/') >= 0;
        boolean isElsewhere = hasAttribute(RequestLayout.CHROOT);
        if (isLikeProcessBuilder || isElsewhere || searches() || (movable && changesDirectory())) {
            return Text.encodeName("program", program); // only the child can know what it means
        }
        return ProgramLookup.find(program, encodedDirectory, environment.searchPath());
    }

    private boolean changesDirectory() {
        for (Action action : actions) {
            if (action.changesDirectory()) {
                return true;
            }
        }
        return false;
    }

    /** Writes streams, directory and actions. Returns the sources of the streams. */
    private int[] encodeActions(RequestEncoder request, boolean takesForeground)
            throws LaunchException {
        int[] sources = new int[Launched.STREAMS];
        ActionEncoder encoder = request.actions();
        if (isLikeProcessBuilder) {
            // The JDK opens files in the JVM: /dev/stdout must not be what the child has by then.
            encodeFiles(request, sources);
        }
        for (int fd = 0; fd < Launched.STREAMS; fd++) {
            if (!isLikeProcessBuilder || !streams[fd].isFile()) {
                sources[fd] = streams[fd].encode(fd, request);
            }
        }
        if (!mapped.isEmpty()) {
            for (Map.Entry<Integer, Redirect> entry : mapped.entrySet()) {
                entry.getValue().encode(entry.getKey(), request);
            }
        }
        if (takesForeground) {
            encoder.tcsetpgrp(0);
        }
        if (directory != null) {
            encoder.chdir(encodedDirectory);
        }
        for (int i = 0; i < actions.size(); i++) {
            encoder.index(i);
            actions.get(i).encode(encoder);
        }
        if (inheritsDescriptors) {
            request.inheritDescriptors();
        } else {
            encoder.closeOthers();
        }
        return sources;
    }

    private void encodeFiles(RequestEncoder request, int[] sources) throws LaunchException {
        for (int fd = 0; fd < Launched.STREAMS; fd++) {
            if (streams[fd].isFile()) {
                sources[fd] = streams[fd].encode(fd, request);
            }
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
