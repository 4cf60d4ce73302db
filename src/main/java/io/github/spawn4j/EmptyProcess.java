package io.github.spawn4j;

import io.github.spawn4j.internal.io.Child;
import io.github.spawn4j.internal.io.PipeInput;
import io.github.spawn4j.internal.io.PipeOutput;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.Outcome;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.launch.RequestEncoder;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.ErrnoException;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

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
 * <tr><th>Signals</th><td>none blocked, default dispositions for all</td></tr>
 * <tr><th>Niceness, scheduling, affinity</th><td>those of the calling thread</td></tr>
 * </table>
 *
 * <p>The program is a path if its name contains a slash, relative to {@link #directory directory};
 * else it is searched in PATH: that of the child where it was changed here, else the JVM's. Empty
 * entries of PATH are skipped; without PATH it is {@code /bin:/usr/bin}. A file that the kernel
 * cannot execute (a script without {@code #!}) is an error, ENOEXEC.
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

    private final PinnedExecutable pinned;
    private State state = State.EMPTY;

    EmptyProcess(String program) {
        super(program);
        pinned = null;
    }

    EmptyProcess(ProcessSettings<?> template, PinnedExecutable pinned) {
        super(template);
        this.pinned = pinned;
    }

    /**
     * Takes over command, environment, directory and redirects of a {@link ProcessBuilder}.
     *
     * @param builder the builder; it is not changed, and later changes of it have no effect
     * @return a process that would do the same
     * @throws IllegalArgumentException if the command is empty, or contains what no process can
     *     have
     */
    public static EmptyProcess from(ProcessBuilder builder) {
        List<String> command = builder.command();
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command is empty");
        }
        EmptyProcess process = new EmptyProcess(Objects.requireNonNull(command.get(0), "program"));
        process.args(command.subList(1, command.size()));
        process.environment(builder.environment());
        File directory = builder.directory();
        if (directory != null) {
            process.directory(directory.toPath());
        }
        process.stdin(from(builder.redirectInput()));
        process.stdout(from(builder.redirectOutput()));
        process.stderr(
                builder.redirectErrorStream() ? Redirect.STDOUT : from(builder.redirectError()));
        return process;
    }

    private static Redirect from(ProcessBuilder.Redirect redirect) {
        switch (redirect.type()) {
            case PIPE:
                return Redirect.PIPE;
            case INHERIT:
                return Redirect.INHERIT;
            case READ:
                return Redirect.from(redirect.file().toPath());
            case WRITE:
                return Redirect.to(redirect.file().toPath());
            default:
                return Redirect.appendTo(redirect.file().toPath());
        }
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
     * @throws SpawnException if it cannot be started; nothing is left of it then
     * @throws IllegalStateException if {@code start} was called before
     */
    public PidfdProcess start() throws SpawnException {
        changeable();
        state = State.DEAD;
        try {
            PidfdProcess process = launch();
            state = State.RUNNING;
            return process;
        } catch (LaunchException e) {
            throw failure(e);
        } catch (ErrnoException e) {
            throw failure(new LaunchException(e.call(), -1, e.errno(), ""));
        } catch (IOException e) {
            throw new AssertionError("only system calls fail here", e);
        }
    }

    private PidfdProcess launch() throws IOException {
        if (directory != null) {
            ProgramLookup.checkDirectory(directory);
        }
        byte[] path =
                pinned != null
                        ? pinned.path()
                        : ProgramLookup.find(program, directory, environment.searchPath());
        Child.prepare();
        // Streams, the directory and the descriptor of a template need a source or an action each,
        // and each action of the caller may
        // need a source and leave a gap to be closed.
        int most = STREAMS + 2 + actions.size();
        try (RequestEncoder request =
                new RequestEncoder(most, most + RequestEncoder.maxClosing(actions.size()))) {
            int[] pipes = encode(request, path);
            if (pinned == null) {
                return adopt(request.launch(strategy.code()), pipes);
            }
            try (PinnedExecutable.Use use = pinned.use()) {
                use.encode(request, strategy != SpawnStrategy.POSIX_SPAWN);
                return adopt(request.launch(strategy.code()), pipes);
            }
        }
    }

    /** Writes the request. Returns the sources of the pipes. */
    private int[] encode(RequestEncoder request, byte[] path) throws LaunchException {
        int[] pipes = new int[STREAMS];
        for (int fd = 0; fd < STREAMS; fd++) {
            pipes[fd] = streams[fd].encode(fd, request);
        }
        if (directory != null) {
            request.chdir(Text.encode("directory", directory));
        }
        for (int i = 0; i < actions.size(); i++) {
            request.index(i);
            actions.get(i).encode(request);
        }
        request.closeOthers();
        request.program(path, arguments, environment.encoded());
        return pipes;
    }

    private static PidfdProcess adopt(Outcome outcome, int[] pipes) throws IOException {
        outcome.check();
        Child child =
                Child.watch(
                        outcome.pid(),
                        outcome.pidfd(),
                        pipes[0] == Redirect.NO_SOURCE
                                ? null
                                : new PipeOutput(outcome.pipe(pipes[0])),
                        input(outcome, pipes[1]),
                        input(outcome, pipes[2]));
        return new PidfdProcess(child);
    }

    private static PipeInput input(Outcome outcome, int source) {
        return source == Redirect.NO_SOURCE ? null : new PipeInput(outcome.pipe(source));
    }

    private SpawnException failure(LaunchException e) {
        return SpawnException.of(program, directory, e);
    }

    /** What the request says, in words; for display. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(program);
        shownArguments.forEach(argument -> text.append(' ').append(argument));
        return text.toString();
    }
}
