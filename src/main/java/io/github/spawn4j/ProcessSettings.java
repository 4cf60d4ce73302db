package io.github.spawn4j;

import io.github.spawn4j.internal.launch.Environment;
import io.github.spawn4j.internal.launch.Strings;
import io.github.spawn4j.internal.launch.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a template and an empty process have in common: the description of a process. One thread at
 * a time.
 */
abstract class ProcessSettings<S extends ProcessSettings<S>> {
    static final int STREAMS = 3;

    /** The most actions that the proposal allows. */
    private static final int MOST_ACTIONS = 256;

    final String program;
    final Environment environment;
    final Redirect[] streams;
    final List<SpawnAction> actions;

    /** Arguments, the program's name first. */
    Strings arguments;

    /** For display only; {@link #arguments} is what counts. */
    final List<String> shownArguments;

    String directory;
    SpawnStrategy strategy = SpawnStrategy.CLONE3;

    ProcessSettings(String program) {
        Objects.requireNonNull(program, "program");
        if (program.isEmpty()) {
            throw new IllegalArgumentException("program is empty");
        }
        this.program = program;
        arguments = Strings.NONE.plus(Text.encode("program", program));
        shownArguments = new ArrayList<>();
        environment = new Environment();
        streams = new Redirect[] {Redirect.PIPE, Redirect.PIPE, Redirect.PIPE};
        actions = new ArrayList<>();
    }

    ProcessSettings(ProcessSettings<?> other) {
        program = other.program;
        arguments = other.arguments;
        shownArguments = new ArrayList<>(other.shownArguments);
        environment = new Environment(other.environment);
        streams = other.streams.clone();
        actions = new ArrayList<>(other.actions);
        directory = other.directory;
        strategy = other.strategy;
    }

    /** This, or an exception if it cannot be changed any more. */
    abstract S changeable();

    /**
     * Adds arguments.
     *
     * @param args the arguments, after those that were added before
     * @return this
     * @throws IllegalArgumentException if one contains NUL or a character that cannot be encoded
     */
    public S args(String... args) {
        return args(Arrays.asList(args));
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
        arguments = arguments.plus("argument", args);
        shownArguments.addAll(args);
        return self;
    }

    /**
     * Sets a variable of the child's environment, which at first is the JVM's.
     *
     * @param name the name
     * @param value the value
     * @return this
     * @throws IllegalArgumentException if the name is empty or contains {@code =}, or if either
     *     contains NUL
     */
    public S env(String name, String value) {
        S self = changeable();
        environment.put(name, value);
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
     * Replaces the child's whole environment.
     *
     * @param variables all variables that the child is to have, by name
     * @return this
     * @throws IllegalArgumentException as for {@link #env}; the environment is then empty or
     *     incomplete
     */
    public S environment(Map<String, String> variables) {
        S self = changeable();
        environment.clear();
        variables.forEach(environment::put);
        return self;
    }

    /**
     * Sets the directory that the child starts in, which otherwise is the JVM's. A relative path
     * counts from the JVM's.
     *
     * @param directory the directory; it must exist when the process starts
     * @return this
     * @throws IllegalArgumentException if it contains NUL or a character that cannot be encoded
     */
    public S directory(Path directory) {
        S self = changeable();
        String path = directory.toString();
        Text.encode("directory", path);
        this.directory = path.isEmpty() ? "." : path;
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
     * Sets where standard output leads to; a pipe by default.
     *
     * @param destination the redirect
     * @return this
     * @throws IllegalArgumentException for {@link Redirect#STDOUT}
     */
    public S stdout(Redirect destination) {
        return stream(1, destination);
    }

    /**
     * Sets where standard error leads to; a pipe by default.
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

    private S stream(int fd, Redirect redirect) {
        S self = changeable();
        Objects.requireNonNull(redirect, "redirect");
        if (redirect == Redirect.STDOUT && fd != 2) {
            throw new IllegalArgumentException(
                    "only standard error can be merged into standard output");
        }
        streams[fd] = redirect;
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
        actions.add(action);
        return self;
    }

    /**
     * Chooses the mechanism; {@link SpawnStrategy#CLONE3} by default.
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
