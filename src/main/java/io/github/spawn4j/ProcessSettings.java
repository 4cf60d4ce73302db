// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.control.Cgroup;
import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.launch.Action;
import io.github.spawn4j.internal.launch.Attribute;
import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.internal.launch.LaunchException;
import io.github.spawn4j.internal.launch.PathBytes;
import io.github.spawn4j.internal.launch.RequestLayout;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.NativeHalf;
import io.github.spawn4j.internal.start.Launched;
import io.github.spawn4j.strict.SpawnAction;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What a template and an empty process have in common: the description of a process. One thread at
 * a time.
 */
abstract class ProcessSettings<S extends ProcessSettings<S>> extends ConfinementSettings<S> {
    /** The most actions that the proposal allows. */
    private static final int MOST_ACTIONS = 256;

    static final int NO_GROUP = -1;

    // What a template has is shared by all processes that are prepared from it: arrays, lists and
    // maps are replaced rather than changed.

    final String program;
    final Environment environment;
    Redirect[] streams;
    List<Action> actions;

    /** Descriptors besides the streams, by the numbers that the child has them under. */
    Map<Integer, Redirect> mapped;

    /** Arguments, the program's name first. */
    Strings arguments;

    /** For display only; {@link #arguments} is what counts. */
    List<String> shownArguments;

    /** Null for the JVM's; for display, {@link #encodedDirectory} is what counts. */
    String directory;

    byte[] encodedDirectory;

    /** The process group asked for; -1 for none. */
    int group = NO_GROUP;

    /** The window of the child's terminal; null where it gets none. */
    WindowSize terminal;

    Path cgroup;

    /** What {@link #cgroup} is the directory of; null where only that is known. */
    Cgroup ownCgroup;

    /** Null where nobody has asked for one. */
    Teardown teardown;

    /** Null for none. */
    Sandbox sandbox;

    boolean inheritsDescriptors;

    boolean inheritsSignals;

    boolean hasInterruptibleStreams;

    /** Directories, encoded; null where the JVM searches. */
    byte[] searchedByChild;

    /** Null where nobody has chosen one. */
    SpawnStrategy strategy;

    ProcessSettings(String program) {
        Objects.requireNonNull(program, "program");
        if (program.isEmpty()) {
            throw new IllegalArgumentException("program is empty");
        }
        this.program = program;
        arguments = Strings.NONE.plus(Text.encodeName("program", program));
        shownArguments = List.of();
        environment = new Environment();
        streams = new Redirect[] {Redirect.PIPE, Redirect.PIPE, Redirect.PIPE};
        actions = List.of();
        mapped = Map.of();
    }

    ProcessSettings(ProcessSettings<?> other) {
        super(other);
        program = other.program;
        arguments = other.arguments;
        shownArguments = other.shownArguments;
        environment = new Environment(other.environment);
        streams = other.streams;
        actions = other.actions;
        mapped = other.mapped;
        directory = other.directory;
        encodedDirectory = other.encodedDirectory;
        group = other.group;
        terminal = other.terminal;
        cgroup = other.cgroup;
        ownCgroup = other.ownCgroup;
        teardown = other.teardown;
        sandbox = other.sandbox;
        inheritsDescriptors = other.inheritsDescriptors;
        inheritsSignals = other.inheritsSignals;
        hasInterruptibleStreams = other.hasInterruptibleStreams;
        searchedByChild = other.searchedByChild;
        strategy = other.strategy;
    }

    /**
     * Adds arguments.
     *
     * @param args the arguments, after those that were added before
     * @return this
     * @throws IllegalArgumentException if one contains NUL or a character that cannot be encoded
     */
    public S args(String... args) {
        return args.length == 0 ? changeable() : args(Arrays.asList(args));
    }

    /**
     * Adds arguments.
     *
     * @param args the arguments, after those that were added before
     * @return this
     * @throws IllegalArgumentException if one contains NUL or a character that cannot be encoded
     */
    public S args(List<String> args) {
        S self = changeable();
        Objects.requireNonNull(args, "args");
        if (!args.isEmpty()) {
            arguments = arguments.plus("argument", args);
            shownArguments = plus(shownArguments, args);
        }
        return self;
    }

    /** The program of a command. */
    static String program(List<String> command) {
        if (Objects.requireNonNull(command, "command").isEmpty()) {
            throw new IllegalArgumentException("command is empty");
        }
        return Objects.requireNonNull(command.get(0), "program");
    }

    /** Adds what of {@code command} is behind its program. */
    S arguments(List<String> command) {
        return args(command.subList(1, command.size()));
    }

    private static <T> List<T> plus(List<T> list, List<? extends T> more) {
        List<T> longer = new ArrayList<>(list.size() + more.size());
        longer.addAll(list);
        longer.addAll(more);
        return longer;
    }

    /**
     * Sets a variable of the child's environment, which at first is the JVM's. A name or value that
     * {@link System#getenv()} cannot show as text keeps the JVM's bytes.
     *
     * @param name the name
     * @param value the value
     * @return this
     * @throws IllegalArgumentException if the name is empty or contains {@code =}, if either
     *     contains NUL, or if several of the JVM's names or values, which are no text, would look
     *     like it
     */
    public S env(String name, String value) {
        S self = changeable();
        environment.put(name, value);
        return self;
    }

    /**
     * Sets several variables of the child's environment, and leaves the others as they are; {@code
     * environment} replaces them all.
     *
     * <pre>{@code
     * PidfdProcess.builder("cargo", "build").env(Map.of("LC_ALL", "C", "CARGO_TERM_COLOR", "never")).start();
     * }</pre>
     *
     * @param variables values by names; later changes of the map have no effect
     * @return this
     * @throws IllegalArgumentException as for {@link #env(String, String)}; those before the wrong
     *     one are set then
     */
    public S env(Map<String, String> variables) {
        S self = changeable();
        Objects.requireNonNull(variables, "variables");
        variables.forEach(environment::put);
        return self;
    }

    /**
     * Removes a variable from the child's environment, if it is there.
     *
     * @param name the name
     * @return this
     * @throws IllegalArgumentException if the name is empty or contains {@code =} or NUL
     */
    public S unsetEnv(String name) {
        S self = changeable();
        environment.remove(name);
        return self;
    }

    /**
     * Keeps the variables of the child's environment whose names match one of the patterns, and
     * removes all others. Variables that are set afterwards are not affected. Without a pattern the
     * environment is empty.
     *
     * <pre>{@code
     * PidfdProcess.builder("make").keepEnv("PATH", "HOME", "LC_*").env("CC", "clang").start();
     * }</pre>
     *
     * @param patterns names, in which {@code *} stands for any number of characters, even none
     * @return this
     * @throws IllegalArgumentException if a pattern contains NUL or a character that cannot be
     *     encoded
     */
    public S keepEnv(String... patterns) {
        S self = changeable();
        environment.removeMatching(false, patterns);
        return self;
    }

    /**
     * Removes the variables from the child's environment whose names match one of the patterns.
     * Variables that are set afterwards are not affected.
     *
     * <pre>{@code
     * PidfdProcess.builder("npm", "test").dropEnv("AWS_*", "*_TOKEN", "*_SECRET").start();
     * }</pre>
     *
     * @param patterns as for {@link #keepEnv}
     * @return this
     * @throws IllegalArgumentException as for {@link #keepEnv}
     */
    public S dropEnv(String... patterns) {
        S self = changeable();
        environment.removeMatching(true, patterns);
        return self;
    }

    /**
     * Replaces the child's whole environment. A name or value that {@link System#getenv()} cannot
     * show as text keeps the JVM's bytes.
     *
     * @param variables all variables of the child, by name
     * @return this
     * @throws IllegalArgumentException as for {@link #env}; the environment is then empty or
     *     incomplete
     */
    public S environment(Map<String, String> variables) {
        S self = changeable();
        environment.replace(variables);
        return self;
    }

    /**
     * Sets the directory that the child starts in, which otherwise is the JVM's. A relative path
     * counts from the JVM's, as the kernel knows it.
     *
     * @param directory the directory; it must exist when the process starts
     * @return this
     * @throws IllegalArgumentException if it is a path of another file system than the default one
     */
    public S directory(Path directory) {
        S self = changeable();
        encodedDirectory = PathBytes.of("directory", directory);
        this.directory = directory.toString().isEmpty() ? "." : directory.toString();
        return self;
    }

    /**
     * Sets where standard input comes from; a pipe by default.
     *
     * @param source the redirect
     * @return this
     * @throws IllegalArgumentException for {@link Redirect#STDOUT}
     */
    public S stdin(Redirect source) {
        return stream(0, source);
    }

    /**
     * Sets where standard output leads; a pipe by default.
     *
     * @param destination the redirect
     * @return this
     * @throws IllegalArgumentException for {@link Redirect#STDOUT}
     */
    public S stdout(Redirect destination) {
        return stream(1, destination);
    }

    /**
     * Sets where standard error leads; a pipe by default.
     *
     * @param destination the redirect; {@link Redirect#STDOUT} to merge it into standard output
     * @return this
     */
    public S stderr(Redirect destination) {
        return stream(2, destination);
    }

    /**
     * Gives the child the JVM's own standard streams.
     *
     * @return this
     */
    public S inheritIO() {
        return stdin(Redirect.INHERIT).stdout(Redirect.INHERIT).stderr(Redirect.INHERIT);
    }

    /**
     * Gives the child a new pseudo-terminal (see pty(7)): as all three standard streams, which can
     * be changed one by one afterwards ({@link Redirect#TERMINAL}), and as the controlling terminal
     * of a session of its own, of which it is the foreground process group. Not with {@link
     * SpawnStrategy#POSIX_SPAWN}, and not with a {@link #processGroup processGroup} that exists
     * already. Linux 4.13.
     *
     * <p>{@link Process#getInputStream() getInputStream} then reads what the terminal shows, and
     * {@link Process#getOutputStream() getOutputStream} writes what is typed, each unless that
     * standard stream is a pipe. {@link Process#getErrorStream() getErrorStream} is empty if
     * standard error is no pipe; but if only standard output is a pipe, it reads what the terminal
     * shows. Do read what is shown: a terminal holds a few KiB, and then the child waits. As on
     * every terminal, until the child changes its mode,
     *
     * <ul>
     *   <li>what is typed is echoed and read by lines of up to 4095 bytes, and a newline is shown
     *       as {@code \r\n};
     *   <li>byte 127 (Backspace) erases a whole character of UTF-8, whatever the child's locale is
     *       (IUTF8 of termios(3), which {@code stty -iutf8} clears);
     *   <li>some bytes are keys that signal: 3 (^C) is SIGINT to the foreground group, 28 (^\)
     *       SIGQUIT, 26 (^Z) SIGTSTP, 4 (^D) the end of input.
     * </ul>
     *
     * <p>What is shown ends when no process has the terminal open. Closing {@code getOutputStream}
     * types the end of input once, if the child reads by lines at that moment. A program that reads
     * keys (an editor, a shell's line editing) does not notice it. When both are closed, by {@link
     * Process#destroy() destroy} too, the terminal hangs up: the child and the foreground group get
     * SIGHUP.
     *
     * <pre>{@code
     * PidfdProcess vim = PidfdProcess.builder("vim", "notes.txt")
     *         .env("TERM", "xterm").terminal(new WindowSize(24, 80)).start();
     * }</pre>
     *
     * @param size the size of its window at first; see {@link PidfdProcess#windowSize(WindowSize)}
     * @return this
     */
    public S terminal(WindowSize size) {
        changeable();
        terminal = Objects.requireNonNull(size, "size");
        return newSession()
                .stdin(Redirect.TERMINAL)
                .stdout(Redirect.TERMINAL)
                .stderr(Redirect.TERMINAL);
    }

    private S stream(int fd, Redirect redirect) {
        S self = changeable();
        Objects.requireNonNull(redirect, "redirect");
        if (redirect == Redirect.STDOUT && fd != 2) {
            throw new IllegalArgumentException(
                    "only standard error can be merged into standard output");
        }
        streams = streams.clone();
        streams[fd] = redirect;
        return self;
    }

    /**
     * Gives the child an open descriptor of the JVM under this number. Each mapped number means the
     * JVM's descriptor, whatever the other calls map: two descriptors can change places, and one
     * can appear under several numbers, its own included.
     *
     * <pre>{@code
     * PidfdProcess.builder("worker").mapFd(database, 3).mapFd(log, 4).start();
     * }</pre>
     *
     * @param ours the number in the JVM, 0 or higher; it must be open when the process starts
     * @param theirs the number in the child, 3 or higher; that of an earlier call is replaced
     * @return this
     * @throws IllegalArgumentException if a number is too low, or there are more than 256
     */
    public S mapFd(int ours, int theirs) {
        return mapFd(Redirect.descriptor(ours), theirs);
    }

    /**
     * The same for a {@linkplain Redirect#channel channel}, a {@linkplain Redirect#socket socket}
     * or a file.
     *
     * <pre>{@code
     * PidfdProcess.builder("httpd").mapFd(Redirect.channel(listener), 3).env("LISTEN_FDS", "1").start();
     * }</pre>
     *
     * @param ours what the child gets; not a pipe, nor anything else that only a standard stream
     *     can be
     * @param theirs the number in the child, 3 or higher; that of an earlier call is replaced
     * @return this
     * @throws IllegalArgumentException if {@code ours} cannot be mapped, {@code theirs} is too low,
     *     or there are more than 256
     */
    public S mapFd(Redirect ours, int theirs) {
        S self = changeable();
        if (!ours.canBeMapped()) {
            throw new IllegalArgumentException(ours + " can only be a standard stream");
        }
        if (theirs < Launched.STREAMS) {
            throw new IllegalArgumentException(
                    "descriptor " + theirs + " of the child is a standard stream");
        }
        Map<Integer, Redirect> more = new TreeMap<>(mapped);
        more.put(theirs, ours);
        if (more.size() > MOST_ACTIONS) {
            throw new IllegalArgumentException("more than " + MOST_ACTIONS + " descriptors");
        }
        mapped = more;
        return self;
    }

    /**
     * Lets an interrupt end a read or write on the streams of the {@link PidfdProcess}, as with an
     * {@link java.nio.channels.InterruptibleChannel}: the stream is closed, and the thread gets a
     * {@link java.nio.channels.ClosedByInterruptException} and keeps its interrupt status. The same
     * happens to a thread that was interrupted earlier, once it has to wait.
     *
     * <p>Without this an interrupt changes nothing, as with the streams of {@link ProcessBuilder}:
     * the thread waits on, gets its bytes, and keeps its interrupt status. Closing the stream ends
     * its wait. A {@linkplain EmptyProcess#run run} can be interrupted either way.
     *
     * <pre>{@code
     * PidfdProcess tail = PidfdProcess.builder("tail", "-f", "log").interruptibleStreams().start();
     * Thread reader = new Thread(() -> follow(tail.inputReader()));
     * reader.start();
     * reader.interrupt(); // ends it, and tail with it, by SIGPIPE, when it writes again
     * }</pre>
     *
     * @return this
     */
    public S interruptibleStreams() {
        S self = changeable();
        hasInterruptibleStreams = true;
        return self;
    }

    /**
     * Adds a step that the child takes before exec.
     *
     * @param action the step, after those that were added before; 256 at most
     * @return this
     * @throws IllegalArgumentException if there are 256 already
     */
    public S action(SpawnAction action) {
        S self = changeable();
        Objects.requireNonNull(action, "action");
        if (actions.size() == MOST_ACTIONS) {
            throw new IllegalArgumentException("more than " + MOST_ACTIONS + " actions");
        }
        actions = plus(actions, List.of(Access.strict().action(action)));
        return self;
    }

    /**
     * Sets the child's name for itself, {@code argv[0]}, which by default is the program as it was
     * given.
     *
     * @param name the name
     * @return this
     * @throws IllegalArgumentException if it contains NUL or a character that cannot be encoded
     */
    public S arg0(String name) {
        S self = changeable();
        arguments = arguments.withFirst(Text.encode("argument 0", name));
        return self;
    }

    /**
     * Starts a new session, of which the child is the leader, without a controlling terminal; see
     * setsid(2), and {@link #terminal(WindowSize) terminal} and {@link
     * SpawnAction#controllingTerminal} for one with it.
     *
     * @return this
     */
    public S newSession() {
        return attribute(Attribute.session());
    }

    /**
     * Puts the child into a process group; see setpgid(2).
     *
     * <p>Only the foreground group of a terminal may read from it. A child that leads a group of
     * its own and reads the JVM's standard input ({@link #inheritIO}) is given the foreground where
     * that is a terminal and the JVM has it, and the JVM takes it back when the child has ended.
     * Until then keys that send signals, such as ^C, reach the child and not the JVM, and the JVM
     * must not read from the terminal. A child that ^Z has stopped waits for {@link Signal#CONT}.
     * Not with {@link SpawnStrategy#POSIX_SPAWN}.
     *
     * @param group the group's id, or 0 for a new one of which the child is the leader
     * @return this
     * @throws IllegalArgumentException if {@code group} is negative
     */
    public S processGroup(int group) {
        if (group < 0) {
            throw new IllegalArgumentException("process group " + group + " is negative");
        }
        changeable();
        this.group = group;
        return attribute(Attribute.processGroup(group));
    }

    /** Makes the process a leader of its group, if it is not asked to be in somebody else's. */
    void leadGroup() {
        if (hasAttribute(RequestLayout.SESSION)) {
            return;
        }
        checkOwnGroup();
        processGroup(0);
    }

    /** Refuses a group of somebody else. */
    void checkOwnGroup() {
        if (group > 0 && !hasAttribute(RequestLayout.SESSION)) {
            throw new IllegalStateException(
                    "the process is to join process group "
                            + group
                            + ", and to be torn down with a group of its own");
        }
    }

    /**
     * Makes the effective user and group ids of the child the real ones, so that a program that
     * runs set-user-id passes on no privilege.
     *
     * @return this
     */
    public S resetIds() {
        return attribute(Attribute.resetIds());
    }

    /**
     * Starts the child in a cgroup (version 2), where it is born, so that not even its first page
     * is charged elsewhere; CLONE_INTO_CGROUP, Linux 5.7. Not with {@link
     * SpawnStrategy#POSIX_SPAWN}.
     *
     * <p>Where the kernel or a filter refuses that, and where it would kill the child (seen on
     * Linux 6.18, in a cgroup that {@code cgroup.kill} was written to), the child moves itself
     * before it executes its program. A start fails with step {@code clone into cgroup} or {@code
     * move into cgroup} and an error number of its own: ENOENT or ENODEV if the cgroup has been
     * removed, EOPNOTSUPP below a threaded one, EBUSY if it hands on controllers and so takes no
     * process, EACCES if the user may not, EAGAIN if its {@code pids.max} is reached; with step
     * {@code start in cgroup} and EBUSY if it is frozen. One that is frozen while a child is being
     * started in it holds the calling thread until it is thawed.
     *
     * @param directory the cgroup's directory below the mount of the cgroup2 file system
     * @return this
     */
    public S cgroup(Path directory) {
        S self = changeable();
        cgroup = Objects.requireNonNull(directory, "directory");
        ownCgroup = null;
        return self;
    }

    /**
     * The same in a cgroup that was made here. The exit status then also tells that the process was
     * killed because memory ran out: {@link ExitStatus.OutOfMemory}.
     *
     * @param cgroup the cgroup, which stays the caller's
     * @return this
     */
    public S cgroup(Cgroup cgroup) {
        S self = cgroup(cgroup.directory());
        ownCgroup = cgroup;
        return self;
    }

    /**
     * Says how the process is ended by a timeout or an interrupt of a run, by {@link
     * PidfdProcess#close()} and {@link PidfdProcess#teardown()}, and perhaps at the JVM's end.
     *
     * <p>Without this it is {@link Teardown#DEFAULT}, and {@code close} waits for the process to
     * end by itself, as {@link Process} does. A teardown {@linkplain Teardown#ofGroup of the group}
     * makes the child the leader of a new process group, if it does not get a session.
     *
     * @param teardown the teardown
     * @return this
     */
    public S teardown(Teardown teardown) {
        S self = changeable();
        this.teardown = Objects.requireNonNull(teardown, "teardown");
        return self;
    }

    /**
     * Starts the process in a sandbox. The sandbox's directory is also the child's directory and
     * the value of TMPDIR; both can be changed afterwards. Other settings stay, unless the sandbox
     * sets them too. Not with a {@code cgroup}.
     *
     * <p>A start fails at step {@code sandbox} with EOPNOTSUPP if a limit cannot be enforced.
     *
     * @param sandbox what it may use
     * @return this
     */
    public S sandbox(Sandbox sandbox) {
        directory(sandbox.scratch());
        S self = env("TMPDIR", sandbox.scratch().toString());
        this.sandbox = sandbox;
        return self;
    }

    @Override
    public List<String> attributes() {
        return sandbox == null
                ? super.attributes()
                : plus(List.of(sandbox.toString()), super.attributes());
    }

    /**
     * Sends the child a signal when the JVM ends, in whatever way, even by SIGKILL;
     * PR_SET_PDEATHSIG, see prctl(2). A child whose JVM has died while it was being started ends at
     * once. Children of the child get nothing. Not with {@link SpawnStrategy#POSIX_SPAWN}.
     *
     * <pre>{@code
     * PidfdProcess.builder("node", "server.js").parentDeathSignal(Signal.KILL).start();
     * }</pre>
     *
     * <p>The kernel ties this to the thread that starts the child, so one thread of the library,
     * which lives as long as the JVM, starts all such children. They take turns: an action that
     * waits, for example on a FIFO, keeps the others waiting. And the child inherits from that
     * thread, rather than from the calling one, whatever belongs to a thread: niceness, scheduling,
     * affinity; also ids, capabilities and namespaces, should native code have given the calling
     * thread its own. {@link #inheritSignals} means the mask of the calling thread all the same.
     *
     * <p>The setting survives exec, except that of a program that gains privileges by it
     * (set-user-ID, set-group-ID, file capabilities): the kernel then clears it, and the child
     * outlives the JVM. A child can clear or change it itself, and block or ignore any signal but
     * SIGKILL.
     *
     * @param signal the signal; SIGKILL is the one that no process escapes
     * @return this
     */
    public S parentDeathSignal(Signal signal) {
        return attribute(Attribute.parentDeath(signal.number()));
    }

    /**
     * Gives the child all descriptors of the JVM that are not close-on-exec, as fork(2) and
     * posix_spawn(3) do, rather than none; files that Java opens are not. The whole descriptor
     * table is then copied, whatever the strategy.
     *
     * @return this
     */
    public S inheritDescriptors() {
        S self = changeable();
        inheritsDescriptors = true;
        return self;
    }

    /**
     * Gives the child the signal mask of the calling thread, and lets it ignore what the JVM
     * ignores, as fork(2) and posix_spawn(3) do, rather than a fresh start.
     *
     * @return this
     */
    public S inheritSignals() {
        S self = changeable();
        inheritsSignals = true;
        return self;
    }

    /**
     * Lets the child itself search a program without a slash, after its actions, one execve(2) for
     * each directory: nothing can change between search and execution. Without this the JVM
     * searches, in PATH. Not with a template.
     *
     * @param directories the directories, parted by colons; empty ones are skipped
     * @return this
     * @throws IllegalArgumentException if they contain NUL or a character that cannot be encoded
     */
    public S searchInChild(String directories) {
        S self = changeable();
        searchedByChild = Text.encodeName("directories", directories);
        return self;
    }

    @Override
    final boolean canLimit() {
        SpawnStrategy used = strategy == null ? SpawnStrategy.automatic() : strategy;
        return used != SpawnStrategy.JDK && used != SpawnStrategy.POSIX_SPAWN;
    }

    /** Decides for a mechanism if nobody has. Returns whether it is the JDK's. */
    final boolean isStartedByJdk() {
        if (strategy == null) {
            strategy = SpawnStrategy.automatic();
        }
        return strategy == SpawnStrategy.JDK;
    }

    /**
     * The same in the directories of the JVM's PATH, whatever the child's PATH is, as
     * posix_spawnp(3) does.
     *
     * @return this
     */
    public S searchInChild() {
        S self = changeable();
        searchedByChild = Environment.inheritedSearchPath();
        return self;
    }

    /**
     * Makes sure that what all strategies but the JDK's take is here.
     *
     * @throws SpawnException with ENOSYS if it is not
     */
    final void requireNativeHalf() throws SpawnException {
        String absence = NativeHalf.absence();
        if (absence != null) {
            throw SpawnException.of(
                    program,
                    directory,
                    new LaunchException("strategy " + strategy, -1, Errno.ENOSYS, "", absence));
        }
    }

    /** Whether the first argument is something other than the program. */
    final boolean hasOtherName() {
        byte[] name = Text.encodeName("program", program);
        return !Arrays.equals(
                name,
                0,
                name.length,
                arguments.bytes(),
                0,
                Math.min(name.length, arguments.bytes().length));
    }

    /**
     * Chooses the mechanism; {@link SpawnStrategy#automatic} by default. One that is chosen is
     * never replaced by another.
     *
     * @param strategy the mechanism
     * @return this
     */
    public S strategy(SpawnStrategy strategy) {
        S self = changeable();
        this.strategy = Objects.requireNonNull(strategy, "strategy");
        return self;
    }
}
