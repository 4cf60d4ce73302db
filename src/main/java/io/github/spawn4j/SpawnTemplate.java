// SPDX-License-Identifier: Apache-2.0
package io.github.spawn4j;

import io.github.spawn4j.internal.access.Access;
import io.github.spawn4j.internal.launch.PinnedExecutable;
import io.github.spawn4j.internal.launch.ProgramLookup;
import io.github.spawn4j.internal.os.Errno;
import io.github.spawn4j.internal.os.ErrnoException;
import io.github.spawn4j.internal.os.Leftovers;
import io.github.spawn4j.internal.start.ExecutableSource;
import io.github.spawn4j.internal.start.TemplateProgram;
import io.github.spawn4j.internal.warm.WarmProgram;
import io.github.spawn4j.warm.ColdReason;
import io.github.spawn4j.warm.Warm;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A program that was found, opened and identified once and is spawned many times: {@code
 * spawn_template_create} and {@code spawn_template_spawn} of the kernel proposal, made practical.
 * Thread-safe.
 *
 * <pre>{@code
 * try (SpawnTemplate git = SpawnTemplate.builder("git").args("-C", repo).env("LC_ALL", "C").build()) {
 *   PidfdProcess status = git.spawn("status", "--short");
 *   PidfdProcess diff = git.prepare().args("diff").stdout(Redirect.to(file)).start();
 * }
 * }</pre>
 *
 * <p>At every spawn the path must still lead to the same file: same device, inode, size, mode,
 * owner, group, ctime and mtime. If not, the template is stale and the spawn fails with ESTALE;
 * build another one. What runs is the file that was opened (Linux 6.14 and newer, ELF programs), so
 * nothing can be put in its place between check and execution; for scripts and on older kernels it
 * is what the path leads to right after the check.
 *
 * <p>Close a template when you no longer need it. A spawn that is going on then finishes; the next
 * one fails with EBADF. Closing twice does nothing. A template that is dropped is closed when it is
 * collected.
 */
public final class SpawnTemplate implements AutoCloseable {
    private final Builder settings;

    /** Null where the JDK starts its processes. */
    private final TemplateProgram held;

    private volatile boolean closed;

    /** One of settings that the JDK starts processes of, which needs nothing to be open. */
    private SpawnTemplate(Builder settings) {
        this.settings = settings;
        held = null;
    }

    private SpawnTemplate(Builder settings, TemplateProgram held) {
        this.settings = settings;
        this.held = held;
        held.closeWithDropped(this);
    }

    /**
     * Begins a template.
     *
     * @param program a path if it contains a slash, else the name of a program in PATH; see {@link
     *     EmptyProcess}
     * @return a builder
     * @throws IllegalArgumentException if {@code program} is empty or contains NUL
     */
    public static Builder builder(String program) {
        return new Builder(program);
    }

    /**
     * Begins a template of a command that is given as one list.
     *
     * <pre>{@code
     * SpawnTemplate.builder(List.of("git", "-C", "/srv/repo")).build();
     * }</pre>
     *
     * @param command the program, as for {@link #builder(String)}, and arguments; later changes of
     *     the list have no effect
     * @return a builder
     * @throws IllegalArgumentException if {@code command} or the program is empty, or if a string
     *     contains NUL
     */
    public static Builder builder(List<String> command) {
        return new Builder(ProcessSettings.program(command)).arguments(command);
    }

    /**
     * Starts a process with the template's settings.
     *
     * @param args arguments behind the template's
     * @return the running process
     * @throws SpawnException if it cannot be started; with ESTALE if the program has changed, with
     *     EBADF if the template is closed
     * @throws IllegalArgumentException if an argument contains NUL
     */
    public PidfdProcess spawn(String... args) throws SpawnException {
        return prepare().args(args).start();
    }

    /**
     * Runs a process with the template's settings to its end, as {@link EmptyProcess#run} does.
     *
     * @param options how
     * @param args arguments behind the template's
     * @return how it ended
     * @throws SpawnException as for {@link #spawn}
     * @throws CommandException if it did not end as {@code options} demand
     * @throws InterruptedException if the thread was or is interrupted; the process is gone then
     */
    public CommandResult run(RunOptions options, String... args)
            throws SpawnException, CommandException, InterruptedException {
        return prepare().args(args).run(options);
    }

    /**
     * Begins to {@linkplain #run run} a process, and does not wait.
     *
     * @param options how
     * @param args arguments behind the template's
     * @return as {@link EmptyProcess#runAsync} has it
     */
    public RunningCommand runAsync(RunOptions options, String... args) {
        return prepare().args(args).runAsync(options);
    }

    /**
     * An empty process with the template's settings, which can be changed for this one process.
     *
     * @return the process, to be started by the caller
     */
    public EmptyProcess prepare() {
        return new EmptyProcess(settings, new Source(this));
    }

    /**
     * How the starts were made, if the template is {@linkplain Builder#warm kept warm}. For other
     * templates nothing is counted.
     *
     * @return the numbers
     */
    public Statistics statistics() {
        return held == null ? Statistics.NONE : Statistics.of(held.warm());
    }

    @Override
    public void close() {
        closed = true;
        if (held != null) {
            held.close();
        }
    }

    /**
     * How the starts of a program that is {@linkplain Warm kept warm} were made. Immutable. Each
     * number is right, but a start that is still going on may be in one number and not yet in
     * another.
     *
     * <pre>{@code
     * Statistics statistics = template.statistics();
     * double share = (double) (statistics.warm() + statistics.parked()) / statistics.starts();
     * }</pre>
     *
     * @param warm starts of a child that the helper cloned for it
     * @param parked starts of a child that was waiting
     * @param coldStarts how many starts were cold, by reason; reasons that have not occurred are
     *     left out
     * @param helperPid the helper's pid, or 0 if there is none
     * @param refusal why the last attempt to make a helper has failed, if it has
     */
    public record Statistics(
            long warm,
            long parked,
            Map<ColdReason, Long> coldStarts,
            long helperPid,
            Optional<ColdReason> refusal) {
        static final Statistics NONE = new Statistics(0, 0, Map.of(), 0, Optional.empty());

        /**
         * Copies {@code coldStarts}.
         *
         * @param warm starts of a child that the helper cloned for it
         * @param parked starts of a child that was waiting
         * @param coldStarts how many starts were cold for which reason
         * @param helperPid the helper's pid, or 0
         * @param refusal why there is none
         */
        public Statistics {
            coldStarts = Map.copyOf(coldStarts);
        }

        /** Of a program that may be null, which means that it is not kept warm. */
        static Statistics of(WarmProgram program) {
            if (program == null) {
                return NONE;
            }
            Map<ColdReason, Long> cold = new EnumMap<>(ColdReason.class);
            for (ColdReason reason : ColdReason.values()) {
                long count = program.cold(Access.warm().code(reason));
                if (count > 0) {
                    cold.put(reason, count);
                }
            }
            int refusal = program.refusal();
            return new Statistics(
                    program.cloned(),
                    program.parked(),
                    cold,
                    program.helperPid(),
                    refusal == WarmProgram.NOT_READY
                            ? Optional.empty()
                            : Optional.of(Access.warm().reason(refusal)));
        }

        /**
         * All cold starts.
         *
         * @return how many
         */
        public long cold() {
            return coldStarts.values().stream().mapToLong(Long::longValue).sum();
        }

        /**
         * All starts.
         *
         * @return how many
         */
        public long starts() {
            return warm + parked + cold();
        }
    }

    /**
     * Always the same executable. Keeps the template from being collected before the process has
     * been started.
     */
    private record Source(SpawnTemplate template) implements ExecutableSource {
        @Override
        public TemplateProgram current() throws IOException {
            if (template.held == null) {
                throw new ErrnoException("strategy other than the template's", Errno.EOPNOTSUPP);
            }
            return template.held;
        }

        @Override
        public void checkOpen() throws IOException {
            if (template.closed) {
                throw new ErrnoException("template is closed", Errno.EBADF);
            }
        }

        @Override
        public boolean replace(TemplateProgram program) {
            return false;
        }

        @Override
        public ExecutableSource another() {
            return this;
        }
    }

    @Override
    public String toString() {
        return "template of " + settings.program;
    }

    /**
     * Describes the processes of a template. One thread at a time.
     *
     * <pre>{@code
     * SpawnTemplate.builder("rg").args("--json").stdin(Redirect.DISCARD).build();
     * }</pre>
     */
    public static final class Builder extends ProcessSettings<Builder> {
        private boolean deniesWrite;

        /** Null where the program is not kept warm. */
        private Warm warm;

        private Builder(String program) {
            super(program);
        }

        private Builder(Builder other) {
            super(other);
        }

        @Override
        Builder changeable() {
            return this;
        }

        /**
         * Lets nobody write to the program while the template is open: open(2) for writing and
         * truncate(2) fail with ETXTBSY; replacing the file by rename works. Costs a process that
         * never runs: it is stopped, traced, at its first instruction. ELF programs only; {@code
         * doctor} of the tools says whether it can be had.
         *
         * @return this
         */
        public Builder denyWrite() {
            deniesWrite = true;
            return this;
        }

        /**
         * Keeps the program warm: processes are cloned from one that has executed and linked it.
         * The helper is made in the background when the template is built, and ends when it is
         * closed.
         *
         * @param settings how; {@link Warm} says what it needs, what it costs and what is different
         * @return this
         */
        public Builder warm(Warm settings) {
            warm = Objects.requireNonNull(settings, "settings");
            return this;
        }

        /**
         * Finds, opens and identifies the program. Later changes of this builder have no effect on
         * the template.
         *
         * <p>Where {@linkplain SpawnStrategy#JDK the JDK} starts the processes, it finds the
         * program anew for each of them, and the template is never stale.
         *
         * @return the template, to be closed by the caller
         * @throws SpawnException if there is no such program, if it may not be executed, or if
         *     writers cannot be denied
         */
        public SpawnTemplate build() throws SpawnException {
            if (isStartedByJdk()) {
                return new SpawnTemplate(settingsForJdk());
            }
            requireNativeHalf();
            try {
                byte[] path =
                        ProgramLookup.findAbsolute(
                                program, encodedDirectory, environment.searchPath());
                Leftovers.prepare();
                PinnedExecutable executable = new PinnedExecutable(path);
                TemplateProgram made =
                        TemplateProgram.of(executable, deniesWrite, warmProgram(executable));
                SpawnTemplate template = new SpawnTemplate(new Builder(this), made);
                if (made.warm() != null) {
                    made.warm().ask();
                }
                return template;
            } catch (IOException e) {
                throw SpawnException.of(program, directory, e);
            }
        }

        private Builder settingsForJdk() throws SpawnException {
            if (deniesWrite) {
                throw JdkCommand.refusal(this, "denyWrite");
            }
            return new Builder(this);
        }

        private WarmProgram warmProgram(PinnedExecutable executable) {
            return warm == null
                    ? null
                    : Access.warm()
                            .program(
                                    warm,
                                    executable.path(),
                                    arguments,
                                    environment.encoded(),
                                    0,
                                    null);
        }
    }
}
